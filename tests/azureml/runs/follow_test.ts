import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { type FollowEvent, followJob } from "../../../src/azureml/runs/follow_job.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { run } from "../../../src/cli/command_line.ts";
import { loadCloud } from "../../../src/core/net/clouds.ts";
import { createEmulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import type { FaultKind } from "../../fakes/emulator/faults.ts";
import type { UserError } from "../../../src/core/errors.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { type FakeContext, fakeContext } from "../../fakes/context.ts";
import { GOLDEN_WORKSPACE, SERVICE_PRINCIPAL, SIGNED_IN, TINY_SEED } from "../../fakes/seed.ts";

type FollowOptions = Parameters<typeof followJob>[2];

const PROJECT = fileURLToPath(new URL("../../golden/projects/tiny", import.meta.url));

Deno.test("followJob() reports each change of a step once", async () => {
  const events = await follow({});
  const changes = events.map((event) =>
    event.type === "step"
      ? `${event.run.step} ${event.run.status}`
      : event.type === "end"
      ? `end ${event.status}`
      : event.type
  );
  const once = changes.filter((change) => change !== "status" && change !== "tick");
  equal(new Set(once).size, once.length, once.join(", "));
  ok(changes.includes("clean Completed") && changes.includes("count Completed"), changes.join(", "));
  equal(changes.at(-1), "end Completed");
});

Deno.test("followJob() reports Azure's reason for a failed step", async () => {
  const events = await follow({ outcome: { failingSteps: { count: "KeyError: 'price'" } } });
  const failures = events.flatMap((event) => event.type === "failure" ? [event] : []);
  deepStrictEqual(failures.map(({ run }) => run.step), ["count"]);
  match(failures[0]!.failure.message ?? "", /KeyError: 'price'/);
  ok((failures[0]!.failure.logTail ?? "").length > 0);
  const end = events.at(-1)!;
  equal(end.type === "end" && end.status, "Failed");
});

Deno.test("followJob() reports each log line once", async () => {
  const events = await follow({ pace: { stepMs: 8000 } }, { logs: true });
  const [first] = events;
  deepStrictEqual(
    first?.type === "steps" && first.steps.map(({ key, needs }) => [key, needs]),
    [["clean", []], ["count", ["clean"]]],
  );
  const lines = events.flatMap((event) => event.type === "log" ? [event.text] : []).join("").trimEnd().split(
    "\n",
  );
  equal(lines.length, new Set(lines).size);
  equal(lines.filter((line) => line.includes("completed successfully")).length, 2);
  ok(lines.filter((line) => line.includes("clean has run for")).length >= 5, lines.join("\n"));
});

Deno.test("followJob() continues after three refused sign-ins", async () => {
  const events = await follow(
    {
      faults: [{
        method: "GET",
        url: /\/jobs\//,
        after: 2,
        times: 3,
        happens: { kind: "status", status: 401 },
      }],
    },
    { timeoutMs: 3_600_000, tickMs: 1000 },
    (ctx) => {
      const { sleep } = ctx.clock;
      let count = 0;
      ctx.clock.sleep = (ms, signal) => sleep(++count === 3 ? 8 * 3_600_000 : ms, signal);
    },
  );
  ok(events.some(({ type }) => type === "tick"));
  const end = events.at(-1)!;
  equal(end.type === "end" && end.status, "Completed");
});

/** Final status of a job, and the exit code for it. */
const ends: readonly [string, EmulatorOptions["outcome"], number][] = [
  ["Completed", {}, 0],
  ["Failed", { failingSteps: { clean: "no" } }, 1],
  ["Canceled", { afterFirstStep: "Canceled" }, 7],
  ["NotResponding", { afterFirstStep: "NotResponding" }, 1],
];

for (const [status, outcome, exit] of ends) {
  Deno.test(`submit --wait-for-completion exits ${exit} if the job is ${status}`, async () => {
    const sent = await submit({ outcome: outcome! }, ["--wait-for-completion"]);
    equal(sent.exit, exit, sent.ctx.stderr());
    equal(sent.azure.jobStatus(sent.azure.resources("jobs")[0]!.name), status);
  });
}

async function submit(
  options: EmulatorOptions,
  words: readonly string[],
  change: (ctx: FakeContext) => void = () => {},
) {
  const fetch = (request: Request) => azure.fetch(request);
  const ctx = fakeContext({ fs: systemFs, cwd: PROJECT, env: SIGNED_IN, fetch });
  const azure = createEmulator({
    seed: { ...SERVICE_PRINCIPAL, ...TINY_SEED },
    clock: ctx.clock,
    ...options,
  });
  change(ctx);
  return {
    azure,
    ctx,
    exit: await run(["submit", "-j", "main", "--allow", "dataset.not_uploaded", ...words], ctx),
  };
}

async function follow(
  options: EmulatorOptions,
  how: FollowOptions = {},
  change: (ctx: FakeContext) => void = () => {},
): Promise<FollowEvent[]> {
  const { azure, ctx, exit } = await submit(options, [], change);
  equal(exit, 0, ctx.stderr());
  const cloud = await loadCloud(ctx);
  const tokens = { getToken: async () => ({ token: azure.issueToken(cloud.resourceManager) }) };
  const workspace = openWorkspace({ ...ctx, cloud, config: GOLDEN_WORKSPACE, tokens });
  return await Array.fromAsync(followJob(workspace, azure.resources("jobs")[0]!.name, how));
}

/** Follows a job; `polls` are the sleeps before each request for the job, `error` is what it ends with. */
async function polling(options: EmulatorOptions, how: FollowOptions, takesMs = 0) {
  const polls: number[] = [];
  const events: string[] = [];
  let slept = 0;
  const error = await follow(options, how, (ctx) => {
    const [{ fetch }, { sleep }] = [ctx, ctx.clock];
    ctx.clock.sleep = (ms, signal) => {
      slept += ms;
      return sleep(ms, signal);
    };
    Object.assign(ctx, {
      async fetch(request: Request) {
        if (request.method === "GET" && /\/jobs\/[^/]+$/.test(new URL(request.url).pathname)) {
          polls.push(slept);
          slept = 0;
          await sleep(takesMs);
        }
        return await fetch(request);
      },
    });
  }).then((all) => void events.push(...all.map(({ type }) => type)), (thrown) => thrown);
  return { polls: polls.slice(1), events, error };
}

/** A job whose steps take ten minutes each. */
const LONG = { pace: { stepMs: 600_000 } };
/** Requests for the job fail, after the first one. */
const failing = (happens: FaultKind, times = Infinity) => ({
  faults: [{ method: "GET", url: /\/jobs\//, after: 1, times, happens }],
});
const PAGE = { kind: "page" } as const;
const UNAUTHORIZED = { kind: "status", status: 401 } as const;
const countOf = (events: readonly string[], type: string) => events.filter((one) => one === type).length;

Deno.test("followJob() polls less often while nothing changes", async () => {
  const { polls } = await polling(LONG, {});
  const growing = [2000, 3000, 4500, 6750, 10_125, 15_000];
  deepStrictEqual(polls.slice(0, 8), [2000, ...growing, 15_000]);
  const change = polls.indexOf(2000, 2);
  deepStrictEqual(polls.slice(change, change + 6), growing);
});

for (
  const [what, happens, count, code] of [
    ["without contact", PAGE, 241, "network.answer"],
    ["that refuse the token", UNAUTHORIZED, 21, "azure.unauthorized"],
  ] as const
) {
  Deno.test(`followJob() gives up after ${count} polls ${what}`, async () => {
    const lost = await polling(failing(happens), {});
    deepStrictEqual([lost.polls.length, lost.error?.code], [count, code]);
    const found = await polling(failing(happens, count - 1), {});
    deepStrictEqual([found.error, countOf(found.events, "warnings")], [undefined, 1]);
    equal(found.events.at(-1), "end");
  });
}

Deno.test("followJob() stops after its timeout", async () => {
  const timed = await polling(LONG, { timeoutMs: 100_000 });
  const { code, exit, message, hint } = timed.error as UserError;
  deepStrictEqual([code, exit], ["job.timed_out", 8]);
  match(message, /^Stopped following job "\w+" after 1 min 40 s; it has not ended$/);
  match(hint!, /`kedro-azureml job follow \w+`/);
  equal(timed.polls.reduce((sum, ms) => sum + ms), 100_000);
  const late = await polling(failing(PAGE), { timeoutMs: 10_000 });
  deepStrictEqual([late.error?.code, late.polls.slice(3)], [
    "job.timed_out",
    [500, 10_125, 15_000, 15_000, 15_000, 15_000],
  ]);
  // One poll without contact and then refused ones, the first of them at the limit.
  const mixed = { faults: [...failing(PAGE, 1).faults, ...failing(UNAUTHORIZED).faults] };
  const both = await polling(mixed, { timeoutMs: 4000 });
  deepStrictEqual([both.error?.code, both.polls.slice(0, 2), both.polls.length], [
    "job.timed_out",
    [2000, 2000],
    7,
  ]);
});

for (const [tickMs, ticks] of [[1000, 2], [1250, 1], [2500, 0], [3000, 1]] as const) {
  Deno.test(`followJob() with tickMs ${tickMs} ticks ${ticks} times in 2,500 ms`, async () => {
    const how = { tickMs, pollMs: 2500 };
    const { polls, events } = await polling({ pace: { stepMs: 60_000 } }, how);
    deepStrictEqual([...new Set(polls)], [2500]);
    equal(countOf(events, "tick"), ticks * polls.length);
  });
}
