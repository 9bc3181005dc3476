import assert from "node:assert/strict";
import { deniedActions } from "../../../src/app/emulator/role.ts";
import { tinyEmulator } from "../../emulator/client.ts";
import { ask } from "../../emulator/client.ts";

/** The status of a read, of a write, and of a write to a compute, by role. */
async function statuses(role: string): Promise<readonly number[]> {
  const { emulator } = tinyEmulator({ deniedActions: deniedActions(role) });
  const environment = { properties: { image: "mcr.example.com/base:1" } };
  return [
    (await ask(emulator, "GET", "computes/cpu-cluster")).status,
    (await ask(emulator, "PUT", "environments/e/versions/1", { body: environment })).status,
    (await ask(emulator, "POST", "datastores/workspaceblobstore/listSecrets")).status,
  ];
}

Deno.test("a reader reads, a data scientist writes, and with no role nothing is allowed", async () => {
  assert.deepEqual(await statuses("reader"), [200, 403, 403]);
  assert.deepEqual(await statuses("data-scientist"), [200, 201, 200]);
  assert.deepEqual(await statuses("none"), [403, 403, 403]);
});

Deno.test("an unknown role is refused with the known ones", () => {
  assert.throws(() => deniedActions("owner"), { code: "emulator.role", hint: /reader, data-scientist/ });
});
