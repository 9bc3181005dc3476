import { deepEqual } from "node:assert/strict";
import { listEnvironments } from "../../../src/azureml/resources/kinds.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

/** A workspace that lists these resources. */
const listing = (...value: readonly object[]) => workspaceOf(() => Response.json({ value }));

Deno.test("listEnvironments() omits archived and curated environments", async () => {
  const workspace = listing(
    { name: "shop", properties: { isArchived: false } },
    { name: "bikes" },
    { name: "CliV2AnonymousEnvironment", properties: { isArchived: false } },
    { name: "old", properties: { isArchived: true } },
    { name: "AzureML-sklearn", properties: { isArchived: false } },
    { name: "AzureML-old", properties: { isArchived: true } },
    { properties: {} },
  );
  deepEqual(await listEnvironments(workspace), ["bikes", "shop"]);
});
