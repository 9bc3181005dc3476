import assert from "node:assert/strict";
import { behaviorRequest } from "../../../src/cli/commands/emulator.ts";
import { ask, tinyEmulator, WORKSPACE_ID } from "../../emulator/client.ts";

/** Returns the statuses of a read, a write and `listSecrets` for a role. */
async function statuses(role: string): Promise<readonly number[]> {
  const { emulator } = tinyEmulator({ deniedActions: behaviorRequest({ role }).deniedActions! });
  const environment = { properties: { image: "mcr.example.com/base:1" } };
  return [
    (await ask(emulator, "GET", "computes/cpu-cluster")).status,
    (await ask(emulator, "PUT", "environments/e/versions/1", { body: environment })).status,
    (await ask(emulator, "POST", "datastores/workspaceblobstore/listSecrets")).status,
  ];
}

Deno.test("behaviorRequest() denies readers any write, data scientists nothing, and role none everything", async () => {
  assert.deepEqual(await statuses("reader"), [200, 403, 403]);
  assert.deepEqual(await statuses("data-scientist"), [200, 201, 200]);
  assert.deepEqual(await statuses("none"), [403, 403, 403]);
});

Deno.test("emulator --role data-scientist denies what Azure's role of that name does", async () => {
  const { deniedActions } = behaviorRequest({ role: "data-scientist" });
  const { emulator } = tinyEmulator({ deniedActions: deniedActions! });
  const scope = `${WORKSPACE_ID}/providers/Microsoft.Authorization/permissions`;
  const { body } = await ask(emulator, "GET", scope, { query: "api-version=2022-04-01" });
  const ml = "Microsoft.MachineLearningServices/workspaces";
  const denied = (body.value[0].notActions as string[]).filter((action) => action.startsWith(ml));
  assert.deepEqual(denied.map((action) => action.slice(ml.length)).sort(), [
    ...["/computes/*/delete", "/computes/*/write", "/computes/listKeys/action"],
    ...["/delete", "/listKeys/action", "/write"],
  ]);
});
