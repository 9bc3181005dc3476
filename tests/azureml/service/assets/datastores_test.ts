import { rejects } from "node:assert/strict";
import { getDefaultDatastore, openDatastore } from "../../../../src/azureml/service/assets/datastores.ts";
import { workspaceOf } from "../history/odd_answers.ts";

const FILE_SHARE = { name: "files", properties: { datastoreType: "AzureFile", accountName: "sa" } };

Deno.test("getDefaultDatastore() rejects a workspace whose default is not a blob container", async () => {
  const workspace = workspaceOf(() => Response.json({ value: [FILE_SHARE] }));
  await rejects(getDefaultDatastore(workspace), {
    code: "datastore.no_default",
    message: 'Workspace "ws" has no default datastore with a blob container',
  });
});

Deno.test("openDatastore() rejects a datastore that is not a blob container", async () => {
  const workspace = workspaceOf(() => Response.json(FILE_SHARE));
  await rejects(openDatastore(workspace, "files"), { code: "datastore.no_container" });
});

Deno.test("openDatastore() rejects a datastore that does not exist", async () => {
  const error = { code: "UserError", message: "No datastore found" };
  const workspace = workspaceOf(() => Response.json({ error }, { status: 404 }));
  await rejects(openDatastore(workspace, "lost"), {
    code: "datastore.not_found",
    message: 'Datastore "lost" not found in workspace "ws"',
  });
});
