import { deepEqual, equal, match, ok } from "node:assert/strict";
import { openBoard } from "../../../src/azureml/runs/follow_job.ts";
import type { FollowedEvent } from "../../../src/app/context.ts";
import { showFollow } from "../../../src/cli/terminal/follow_events.ts";
import { openProgress } from "../../../src/cli/terminal/progress.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

type Event = FollowedEvent["event"];

interface Showing extends FakeOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly logs?: boolean;
  readonly advice?: string;
}

/** Shows events of a run, one each second; returns what is printed, and what is pinned: how many lines, or that they are removed. */
async function shown(
  { json, quiet, logs = false, advice, ...options }: Showing,
  ...events: readonly Event[]
) {
  const ctx = fakeContext(options);
  const pinned: unknown[] = [];
  const pin: typeof ctx.terminal.pin = async (name, frame) => {
    if (name === "fox") {
      pinned.push(frame === undefined ? "removed" : frame({ columns: 100, rows: 20 }).length);
    }
  };
  const terminal = { ...ctx.terminal, pin };
  const how = { ...(json !== undefined && { json }), ...(quiet !== undefined && { quiet }) };
  const board = openBoard(
    Array.from(
      { length: 30 },
      (_, at) => ({ key: `s${at}`, label: `s${at}`, needs: [], compute: undefined }),
    ),
  );
  const show = showFollow({ ...ctx, terminal }, openProgress({ ...ctx, terminal }, how), how);
  for (const event of events) {
    await show({
      type: "follow",
      name: "fox",
      title: "main (fox)",
      board,
      logs,
      event,
      ...(advice && { advice }),
    });
    await ctx.clock.sleep(1000);
  }
  return { text: ctx.stderr(), pinned };
}

const RUN = {
  ...{ id: "1", step: "fit", status: "Failed", compute: "cpu", createdAt: undefined, names: ["fit"] },
  ...{ startedAt: new Date(0), endedAt: new Date(65_000), experimentId: "e", parent: "p" },
};
const step = (change: object = {}): Event => ({
  type: "step",
  job: "fox",
  key: "fit",
  run: { ...RUN, ...change },
});
const failure = (change: object = {}): Event => ({
  ...{ type: "failure", job: "fox", run: RUN },
  failure: { message: "It broke", logName: "log.txt", logTail: "", ...change },
} as Event);
const node = (change: object = {}): Event => ({
  ...{ type: "node", job: "fox", step: "fit", key: "fit" },
  node: { name: "split", status: "Completed", ...change },
} as Event);
const LOG: Event = { type: "log", job: "fox", step: "fit", file: "log.txt", text: "epoch 1\n" };
const CLOSED: Event = { type: "closed" };
const TAIL = Array.from({ length: 15 }, (_, at) => `line ${at}\n`).join("");

for (
  const [what, event, line] of [
    ["a status", { type: "status", job: "fox", status: "Running" }, "  Job fox: Running\n"],
    ["a running step", step({ status: "Running", endedAt: undefined }), "  fit: Running on cpu\n"],
    [
      "a running step without a compute",
      step({ status: "Running", endedAt: undefined, compute: "" }),
      "  fit: Running\n",
    ],
    ["an ended step", step(), "✗ fit: Failed in 1 min 5 s\n"],
    [
      "a canceled step without a start",
      step({ status: "Canceled", startedAt: undefined }),
      /fit: Canceled\n$/,
    ],
    ["a node", node({ durationMs: 3000 }), "✓ fit, node split: Completed in 3 s\n"],
    ["a running node", node({ status: "Running" }), "  fit, node split: Running\n"],
    ["a line of a log", LOG, /^.*fit.* epoch 1\n$/],
    ["a warning", { type: "warnings", warnings: [{ code: "x.y", message: "Odd" }] }, "warning: Odd\n"],
    ["nothing each second", { type: "tick", job: "fox" }, ""],
    ["nothing for the end of a job", { type: "end", job: "fox", status: "Completed", durationMs: 1 }, ""],
    ["nothing when it stops", CLOSED, ""],
  ] as readonly (readonly [string, Event, string | RegExp])[]
) {
  Deno.test(`job follow outside a terminal prints ${what}`, async () => {
    const { text, pinned } = await shown({}, event);
    if (typeof line === "string") equal(text, line);
    else match(text, line);
    deepEqual(pinned, []);
  });
}

Deno.test("job follow prints the last twelve lines of a failed step's log", async () => {
  const { text } = await shown({}, failure({ logTail: TAIL }));
  const lines = text.split("\n").filter((line) => line.startsWith("  │ "));
  deepEqual([lines.length, lines[0], lines.at(-1)], [12, "  │ line 3", "  │ line 14"]);
  match(text, /It broke\n {2}The end of log\.txt:\n/);
  const command = await shown({}, failure({ logTail: "##vso[task.complete]\n##[error]no\n" }));
  match(command.text, / │ # #vso\[task\.complete\]\n {2}│ # #\[error\]no\n$/);
  for (
    const quietly of [await shown({ logs: true }, failure({ logTail: TAIL })), await shown({}, failure())]
  ) {
    match(quietly.text, /It broke/);
    equal(quietly.text.includes("The end of"), false);
  }
});

Deno.test("job follow folds the log of each step in GitHub Actions", async () => {
  const events = [LOG, LOG, { ...LOG, step: "a::b" }, step(), LOG, CLOSED] as const;
  const lines = async (env: Record<string, string>) => (await shown({ env }, ...events)).text.split("\n");
  deepEqual(await lines({ GITHUB_ACTIONS: "true" }), [
    ...["::group::Log of fit", "fit │ epoch 1", "fit │ epoch 1", "::endgroup::"],
    ...["::group::Log of a::b", "a::b │ epoch 1", "::endgroup::"],
    ...["✗ fit: Failed in 1 min 5 s", "::group::Log of fit, continued", "fit │ epoch 1", "::endgroup::", ""],
  ]);
  const azure = await lines({ TF_BUILD: "True" });
  deepEqual(azure.slice(0, 4), ["##[group]Log of fit", "fit │ epoch 1", "fit │ epoch 1", "##[endgroup]"]);
  deepEqual((await lines({ CI: "true" })).length, 6);
});

Deno.test("job follow annotates the failed line in CI", async () => {
  const failed = failure({ cause: { error: "ValueError: b", place: "src/nodes.py:5 in fit" } });
  const first = async (env: Record<string, string>) => (await shown({ env }, failed)).text.split("\n")[0]!;
  const message = "Step fit failed: ValueError: b";
  equal(
    await first({ GITHUB_ACTIONS: "true" }),
    `::error file=src/nodes.py,line=5,title=job.step_failed::${message}`,
  );
  match(await first({ TF_BUILD: "True" }), /^##vso\[task\.logissue type=error;sourcepath=.*linenumber=5;/);
  ok(!(await first({ CI: "true" })).startsWith("::"));
});

Deno.test("job follow prints the end of the same log once", async () => {
  const cause = { error: "ValueError: b", place: "nodes.py:5 in fit" };
  const failed = failure({ cause, logTail: "epoch 1\nValueError: b\n" });
  match((await shown({}, failed)).text, /The end of log\.txt:\n {2}│ epoch 1\n$/);
  equal((await shown({}, failed, failed)).text.split("The end of").length, 2);
  const long = (await shown({}, failure({ cause, logTail: `${TAIL}ValueError: b\n` }))).text.split("\n");
  deepEqual([long.length, long[3], long.at(-2)], [16, "  │ line 3", "  │ line 14"]);
  const bare = await shown({}, failure({ cause, logTail: "ValueError: b\n" }));
  equal(bare.text.includes("The end of"), false);
  match(bare.text, /ValueError: b/);
});

Deno.test("job follow prints the same advice once", async () => {
  const count = async (options: Showing, ...events: readonly Event[]) =>
    (await shown({ advice: "Use more memory", ...options }, ...events)).text.split("Use more memory").length -
    1;
  deepEqual([await count({}, failure(), failure()), await count({}, step())], [1, 0]);
  deepEqual([await count({ json: true }, failure(), failure()), await count({ quiet: true }, failure())], [
    2,
    0,
  ]);
});

Deno.test("job follow draws a table only on a terminal", async () => {
  const whole = await shown({ interactive: true }, step(), LOG, CLOSED, CLOSED);
  deepEqual(whole.pinned, [2, 2, "removed"], "waiting steps are one line");
  match(whole.text, /epoch 1\n {2}Loading, 0 of 30 steps, 1 s: main \(fox\)\n/);
  equal(whole.text.includes("Failed in"), false);
  deepEqual((await shown({ interactive: true, logs: true }, step())).pinned, [2]);
  for (const other of [{ json: true }, { quiet: true }, { env: { CI: "1" } }, { env: { TERM: "dumb" } }]) {
    deepEqual((await shown({ interactive: true, ...other }, step(), CLOSED)).pinned, []);
  }
});
