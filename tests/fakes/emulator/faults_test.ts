import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { createEmulator } from "../emulator.ts";
import type { Fault, FaultKind } from "./faults.ts";
import { WORKSPACE, WORKSPACE_ID } from "../../emulator/client.ts";

const MANAGEMENT = `https://management.azure.com${WORKSPACE_ID}`;
const OTHER = "http://127.0.0.1:9";

/** Creates an emulator with faults, and sends it requests with a token. */
function faulty(...faults: readonly Fault[]) {
  const waits: number[] = [];
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void waits.push(ms) };
  const emulator = createEmulator({ clock, faults, seed: { workspaces: [WORKSPACE] } });
  const send = async (path = "", method = "GET", body?: object, origin = MANAGEMENT) => {
    const headers = {
      authorization: `Bearer ${emulator.issueToken("https://management.azure.com")}`,
      "content-type": "application/json",
    };
    const url = `${origin}${path}?api-version=2024-04-01`;
    return await emulator.fetch(
      new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    );
  };
  return { send, waits };
}

/** The response to the first request, for which a fault happens. */
async function once(happens: FaultKind, path = "", origin?: string): Promise<Response> {
  return await faulty({ url: /./, happens }).send(path, "GET", undefined, origin);
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

Deno.test("fake emulator simulates failed operations and refusals", async () => {
  const failed = await (await once({ kind: "failed" })).json();
  deepEqual([failed.status, failed.error.code], ["Failed", "UserError"]);
  const told = await (await once({ kind: "failed", code: "Quota", message: "None left." })).json();
  deepEqual(told, { status: "Failed", error: { code: "Quota", message: "None left." } });
  const page = await once({ kind: "page" });
  deepEqual([page.status, page.headers.get("via")], [200, "1.1 proxy"]);
  equal(page.headers.get("x-ms-request-id"), null);
  match(await page.text(), /^<html>/);
  const refused = {
    kind: "refuse",
    status: 403,
    code: "No",
    message: "Never.",
    headers: { "x-a": "b" },
  } as const;
  const answer = await once(refused);
  deepEqual([answer.status, answer.headers.get("x-a")], [403, "b"]);
  deepEqual((await answer.json()).error, { code: "No", message: "Never." });
  const blob = await once(refused, "/c/b", "https://emulatorstore1.blob.core.windows.net");
  deepEqual([blob.status, blob.headers.get("x-ms-error-code")], [403, "No"]);
  match(await blob.text(), /<Message>Never\./);
});

Deno.test("fake emulator names another host in its responses", async () => {
  const answer = await once({ kind: "lie", origin: OTHER }, "/datastores/workspaceblobstore");
  const { properties } = await answer.json();
  deepEqual([answer.status, properties.protocol, properties.endpoint], [200, "http", "127.0.0.1:9"]);
  const described = await (await once({ kind: "lie", origin: OTHER })).text();
  match(described, /"discoveryUrl":"http:\/\/127\.0\.0\.1:9\/discovery"/);
  equal(/https:\/\/[^"]*\.(?:net|ms|com)\//.test(described), false);
  const empty = await once({ kind: "lie", origin: OTHER }, "/computes/gone");
  deepEqual([empty.status, empty.headers.get("content-length")], [404, null]);
});
