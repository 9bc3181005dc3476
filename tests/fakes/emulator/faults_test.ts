import { deepEqual, equal, rejects } from "node:assert/strict";
import { createEmulator } from "../emulator.ts";
import type { Fault } from "./faults.ts";
import { WORKSPACE, WORKSPACE_ID } from "../../emulator/client.ts";

const MANAGEMENT = `https://management.azure.com${WORKSPACE_ID}`;

/** Creates an emulator with faults, and sends it requests with a token. */
function faulty(...faults: readonly Fault[]) {
  const waits: number[] = [];
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void waits.push(ms) };
  const emulator = createEmulator({ clock, faults, seed: { workspaces: [WORKSPACE] } });
  const send = async (path = "", method = "GET", body?: object) => {
    const headers = {
      authorization: `Bearer ${emulator.issueToken("https://management.azure.com")}`,
      "content-type": "application/json",
    };
    const url = `${MANAGEMENT}${path}?api-version=2024-04-01`;
    return await emulator.fetch(
      new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    );
  };
  return { send, waits };
}

const STATUS = { kind: "status", status: 503 } as const;

/** The status of each of some requests. */
async function statuses(send: ReturnType<typeof faulty>["send"], count: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = 0; at < count; at++) found.push((await send()).status);
  return found;
}

Deno.test("fake emulator applies a fault to a number of requests", async () => {
  deepEqual(await statuses(faulty({ url: /ws/, happens: STATUS }).send, 3), [503, 200, 200]);
  deepEqual(await statuses(faulty({ url: /ws/, times: 2, happens: STATUS }).send, 4), [503, 503, 200, 200]);
  const later = faulty({ url: /ws/, after: 1, times: 2, happens: STATUS });
  deepEqual(await statuses(later.send, 5), [200, 503, 503, 200, 200]);
  deepEqual(await statuses(faulty({ url: /other/, happens: STATUS }).send, 2), [200, 200]);
  deepEqual(await statuses(faulty({ url: /ws/g, times: 3, happens: STATUS }).send, 4), [503, 503, 503, 200]);
});

Deno.test("fake emulator cuts connections before or after it handles a request", async () => {
  for (const [afterServer, status] of [[false, 200], [true, 404]] as const) {
    const { send } = faulty({ method: "DELETE", url: /./, happens: { kind: "cut", afterServer } });
    equal((await send("/computes/c", "PUT", { properties: { computeType: "AmlCompute" } })).status, 201);
    await rejects(send("/computes/c", "DELETE"), { name: "TypeError", message: /connection closed/ });
    equal((await send("/computes/c")).status, status);
  }
});
