import { deepEqual, equal, rejects } from "node:assert/strict";
import { getDefaultDatastore, openDatastore } from "../../../src/azureml/resources/datastores.ts";
import { ExitCode } from "../../../src/core/errors.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const FILE_SHARE = { name: "files", properties: { datastoreType: "AzureFile", accountName: "sa" } };

Deno.test("getDefaultDatastore() rejects a file share as the default", async () => {
  const workspace = workspaceOf(({ url }) => {
    equal(new URL(url).searchParams.get("isDefault"), "true");
    return Response.json({ value: [FILE_SHARE] });
  });
  await rejects(getDefaultDatastore(workspace), {
    code: "datastore.no_default",
    exit: ExitCode.Rejected,
    message: 'Workspace "ws" has no default datastore with a blob container',
    hint: "List them with `az ml datastore list`, and set a blob datastore as the default",
  });
});

Deno.test("openDatastore() opens Data Lake Gen2 as blob storage", async () => {
  const properties = { datastoreType: "AzureDataLakeGen2", accountName: "lake", filesystem: "fs" };
  const resource = { name: "gen2", properties };
  const url = "https://lake.blob.core.windows.net/fs";
  const listing = workspaceOf(() => Response.json({ value: [resource] }));
  deepEqual((await getDefaultDatastore(listing)).url, url);
  deepEqual((await openDatastore(workspaceOf(() => Response.json(resource)), "gen2")).url, url);
});

Deno.test("openDatastore() rejects a file share", async () => {
  const workspace = workspaceOf(() => Response.json(FILE_SHARE));
  await rejects(openDatastore(workspace, "files"), {
    code: "datastore.no_container",
    exit: ExitCode.Rejected,
    message: 'Datastore "files" is not a blob container',
    hint: "Download its data with the tools of that storage, such as `azcopy`",
  });
});

Deno.test("openDatastore() reports a missing datastore", async () => {
  const error = { code: "UserError", message: "No datastore found" };
  const workspace = workspaceOf(() => Response.json({ error }, { status: 404 }));
  await rejects(openDatastore(workspace, "lost"), {
    code: "datastore.not_found",
    exit: ExitCode.Rejected,
    message: 'Datastore "lost" not found in workspace "ws"',
    hint: "List the datastores with `az ml datastore list`",
  });
});

/** A workspace with a datastore, whose secrets are answered like this. */
function withSecrets(answer: () => Response, properties: object = {}) {
  const bodies: unknown[] = [];
  const workspace = workspaceOf(async (request) => {
    if (request.method === "POST") {
      bodies.push(await request.json());
      return answer();
    }
    const blob = { datastoreType: "AzureBlob", accountName: "acc", containerName: "box" };
    return Response.json({ name: "d", properties: { ...blob, ...properties } });
  });
  return { open: () => openDatastore(workspace, "d"), bodies };
}

Deno.test("openDatastore() asks for a SAS of one hour", async () => {
  const { open, bodies } = withSecrets(() => Response.json({ sasToken: "?sig=x" }));
  deepEqual(await open(), {
    ...{ name: "d", account: "acc", container: "box", url: "https://acc.blob.core.windows.net/box" },
    sas: "sig=x",
  });
  deepEqual(bodies, [{ expirableSecret: true, expireAfterHours: 1 }]);
  const refused = () => Response.json({ error: { code: "X", message: "No." } }, { status: 403 });
  for (const answer of [() => Response.json(null), () => Response.json({ sasToken: "" }), refused]) {
    deepEqual((await withSecrets(answer).open()).sas, undefined);
  }
  const busy = () => Response.json({ error: { code: "X", message: "No." } }, { status: 500 });
  await rejects(withSecrets(busy).open(), { code: "azure.unavailable" });
});

Deno.test("openDatastore() keeps the datastore's protocol and endpoint", async () => {
  const urlOf = async (properties: object) =>
    (await withSecrets(() => Response.json(null), properties).open()).url;
  deepEqual(
    await urlOf({ protocol: "http", endpoint: "core.chinacloudapi.cn" }),
    "http://acc.blob.core.chinacloudapi.cn/box",
  );
  deepEqual(await urlOf({ protocol: "", endpoint: "" }), "https://acc.blob.core.windows.net/box");
  deepEqual(await urlOf({ endpoint: "127.0.0.1:4711" }), "https://127.0.0.1:4711/acc/box");
});
