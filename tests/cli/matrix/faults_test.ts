import { ok } from "node:assert/strict";
import type { Fault } from "../../fakes/emulator/faults.ts";
import { makeWorld, type World } from "../world.ts";
import { dealt } from "./dealt.ts";

/** Faults of a request. */
const FAULTS: Readonly<Record<string, Fault["happens"]>> = {
  "a connection cut before the server": { kind: "cut", afterServer: false },
  "a connection cut after the server": { kind: "cut", afterServer: true },
  "status 408": { kind: "status", status: 408 },
  "status 429": { kind: "throttle", retryAfterSeconds: 3 },
  "status 500": { kind: "status", status: 500 },
  "status 503": { kind: "status", status: 503 },
  "a response after half an hour": { kind: "delay", delayMs: 30 * 60_000 },
  // The SAS of an upload is valid for an hour, a token for a day.
  "a response after the SAS expired": { kind: "delay", delayMs: 2 * 3_600_000 },
  "a response after the token expired": { kind: "delay", delayMs: 25 * 3_600_000 },
  "a rejected token": {
    kind: "refuse",
    status: 401,
    code: "ExpiredAuthenticationToken",
    message: "The access token expiry UTC time is earlier than current UTC time.",
  },
  "an HTML page of a proxy": { kind: "page" },
  "status 403": { kind: "refuse", status: 403, code: "AuthorizationFailed", message: "It is not allowed." },
};
const LINE = "submit -j main --snapshot /snapshot.json";
/** Requests to Azure are attempted five times. */
const ATTEMPTS = 5;

const snapshot = await snapshotOf();
const quiet = open([]);
await quiet.kedroAzureml(LINE);
const requests = quiet.azure.requests.map(({ method, url }) => ({ method, url }));
const uploaded = quiet.azure.blobs().size;

Deno.test("submit without faults sends more than 15 requests", () => ok(requests.length > 15));

/** Requests that write what must be there once: they get every fault. */
const writes = requests.filter(({ method, url }) =>
  method === "PUT" && (/\/jobs\//.test(url) || url.includes(".blob."))
);
const kinds = Object.keys(FAULTS);
const pairs = [...dealt(writes, kinds, kinds.length), ...dealt(requests, kinds, 2)];

for (const [kind, happens] of Object.entries(FAULTS)) {
  for (const times of isRetried(happens) ? [1, ATTEMPTS] : [1]) {
    Deno.test(`submit succeeds after ${kind}${times === 1 ? "" : ", five times"}`, async () => {
      for (const request of new Set(pairs.filter(([, one]) => one === kind).map(([one]) => one))) {
        const what = `${kind} at ${request.method} ${request.url.split("?")[0]}`;
        await assertSurvives(what, { at: requests.indexOf(request), times, happens });
      }
    });
  }
}

function isRetried({ kind }: Fault["happens"]): boolean {
  return kind !== "refuse" && kind !== "delay" && kind !== "page";
}

Deno.test("submit finds its job if the response is lost and a retry rejected", async () => {
  const job = { method: "PUT", url: /\/jobs\// };
  const refused = { kind: "refuse", status: 403, code: "AuthorizationFailed", message: "no" } as const;
  const world = open([{ ...job, happens: { kind: "cut", afterServer: true } }, { ...job, happens: refused }]);
  ok(await world.kedroAzureml(LINE) === 0, world.ctx.stderr());
  ok(world.azure.resources("jobs").length === 1);
});

Deno.test("submit --output-file keeps a job with a lost response", async () => {
  const job = { url: /\/jobs\//, happens: { kind: "cut", afterServer: true } } as const;
  const refused = { kind: "refuse", status: 403, code: "AuthorizationFailed", message: "no" } as const;
  const world = open([{ method: "PUT", ...job }, { method: "PUT", url: /\/jobs\//, happens: refused }, {
    method: "GET",
    ...job,
    times: ATTEMPTS,
  }]);
  ok(await world.kedroAzureml(`${LINE} --output-file /jobs.json`) === 4, world.ctx.stderr());
  const { jobs } = JSON.parse(new TextDecoder().decode(world.ctx.files.get("/jobs.json")));
  ok(jobs.length === 1 && jobs[0].name === world.azure.resources("jobs")[0]!.name);
  ok(await world.kedroAzureml("job cancel --from /jobs.json") === 0, world.ctx.stderr());
});

/** Asserts that no job is lost or duplicated, and that the next submit succeeds. */
async function assertSurvives(
  what: string,
  { at, times, happens }: { readonly at: number } & Required<Pick<Fault, "times" | "happens">>,
): Promise<void> {
  const world = open([fault(at, times, happens)]);
  const { azure, ctx, kedroAzureml } = world;
  const exit = await kedroAzureml(LINE);
  const jobs = azure.resources("jobs").length;
  ok(exit === 0 ? jobs === 1 : jobs === 0, `${what}: exit ${exit}, and ${jobs} jobs\n${ctx.stderr()}`);
  ok(times > 1 || !isRetried(happens) || exit === 0, `${what}: exit ${exit}\n${ctx.stderr()}`);
  ok(!/sig=|Bearer |eyJ|golden-secret/.test(ctx.stderr() + ctx.stdout()), `${what} tells a secret`);
  const next = await kedroAzureml(LINE);
  ok(next === 0, `${what}: the next submit ends with ${next}\n${ctx.stderr()}`);
  ok(azure.resources("jobs").length === jobs + 1, `${what}: the next submit made no job of its own`);
  ok(azure.resources("codes/versions").length === 1, `${what}: code is there twice`);
  ok(exit !== 70, `${what}: a defect\n${ctx.stderr()}`);
  ok(isWhole(world), `${what}: a file of the code is missing`);
}

/** Returns whether the registered code has every uploaded file. */
function isWhole({ azure }: World): boolean {
  const uri = String(azure.resources("codes/versions")[0]!.properties.codeUri);
  const folder = `${uri.split("/").slice(-2).join("/")}/`;
  return [...azure.blobs().keys()].filter((name) => name.includes(folder)).length === uploaded;
}

/** Creates a fault that starts at a request; a retry is another request to the same URL. */
function fault(at: number, times: number, happens: Fault["happens"]): Fault {
  const { method, url } = requests[at]!;
  if (times === 1) return { url: /./, after: at, happens };
  const path = (text: string) =>
    text.split("?")[0]!.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\w+_\w+_[a-z0-9]{10}/g, "[^/]+");
  const before = requests.slice(0, at).filter((one) => one.method === method && path(one.url) === path(url));
  return {
    method,
    url: new RegExp(`^${path(url).replaceAll(".", "\\.")}(\\?|$)`),
    after: before.length,
    times,
    happens,
  };
}

function open(faults: readonly Fault[]): World {
  const world = makeWorld({ emulator: { faults } });
  for (const path of world.ctx.files.keys()) {
    if (/telemetry|nocode|settings|__init__/.test(path)) world.ctx.files.delete(path);
  }
  world.ctx.files.set("/snapshot.json", snapshot);
  return world;
}

async function snapshotOf(): Promise<Uint8Array<ArrayBuffer>> {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("inspect --json");
  return new TextEncoder().encode(ctx.stdout());
}
