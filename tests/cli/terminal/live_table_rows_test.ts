import { deepEqual } from "node:assert/strict";
import { liveLines } from "../../../src/cli/terminal/follow_events.ts";
import { type StepState, WAITING } from "../../../src/core/runs.ts";

const NOW = new Date(100_000);

const step = (label: string, status: string, more: Partial<StepState> = {}) =>
  ({ label, status, ...more }) as StepState;

const STEPS = [
  step("done", "Completed", { startedAt: new Date(10_000), endedAt: new Date(30_000), compute: "gpu" }),
  step("older", "Completed"),
  step("busy", "Running", { startedAt: new Date(40_000), compute: "cpu" }),
  step("soon", "Queued"),
  step("later", WAITING),
  step("broken", "Failed", { startedAt: new Date(200_000) }),
];

const linesIn = (columns: number, rows: number, steps: readonly StepState[] = STEPS) =>
  liveLines({ title: "main", status: "Running", steps, elapsedMs: 61_000 }, { columns, rows, now: NOW });

Deno.test("the table of steps shows status, duration and compute", () => {
  deepEqual(linesIn(81, 8), [
    "  Running, 2 of 6 steps, 1 min 1 s: main",
    "✓ done    Completed  20 s         gpu",
    "✓ older   Completed",
    "▸ busy    Running    1 min        cpu",
    "  soon    Queued",
    "  later   Waiting",
    "✗ broken  Failed     0 s",
  ]);
});

Deno.test("the table of steps shows failed and running steps first", () => {
  const shown = (rows: number) =>
    linesIn(81, rows).slice(1).map((line) => line.replace(/^(. \w+|\s*…).*/, "$1"));
  deepEqual(shown(7).length, 6);
  deepEqual(shown(6), ["✓ done", "▸ busy", "  soon", "✗ broken", "  …"]);
  deepEqual(shown(4), ["▸ busy", "✗ broken", "  …"]);
  deepEqual(shown(3), ["✗ broken", "  …"]);
  deepEqual(linesIn(81, 3).at(-1), "  … 5 more: 2 completed, 1 running, 1 queued, 1 waiting");
  deepEqual(linesIn(81, 1), ["  Running, 2 of 6 steps, 1 min 1 s: main"]);
});

Deno.test("the table of steps shows the newest completed steps first", () => {
  const [wait, run, done] = [WAITING, "Running", "Completed"];
  const steps = [done, wait, "Queued", run, done, wait, "Failed", "Queued", run, "Failed", done].map((
    status,
    at,
  ) => step(String(at), status, { endedAt: new Date(at) }));
  const added: string[] = [];
  for (let rows = 3; rows <= 11; rows++) {
    const labels = linesIn(81, rows, steps).slice(1, -1).map((line) => /\d+/.exec(line)![0]);
    added.push(...labels.filter((label) => !added.includes(label)));
  }
  deepEqual(added.join(" "), "6 9 3 8 2 7 10 4 0");
  deepEqual(linesIn(81, 12, steps).length, 12);
});

Deno.test("the table of steps drops columns on a narrow terminal", () => {
  const steps = [
    step("a_long_name_of_a_step", "Running", { startedAt: new Date(40_000), compute: "cluster" }),
  ];
  const lineIn = (columns: number) => linesIn(columns, 5, steps)[1];
  deepEqual([57, 50, 47, 40].map(lineIn).map((line) => line?.trim().split(/ {2,}/).length), [4, 3, 3, 2]);
  deepEqual([30, 20, 12].map(lineIn), [
    "▸ a_long_name_of_…  Running",
    "▸ a_lon…  Running",
    "▸ a_lon…  …",
  ]);
});

Deno.test("the table of steps names the running node of a grouped step", () => {
  const nodes = [{ name: "a", status: "Completed" }, { name: "b", status: "Running" }, {
    name: "c",
    status: WAITING,
  }];
  const lineOf = (nodes: StepState["nodes"]) => linesIn(81, 5, [step("all", "Running", { nodes })])[1];
  deepEqual(lineOf(nodes as StepState["nodes"]), "▸ all: b (2 of 3)  Running");
  deepEqual(lineOf(nodes.toSpliced(1, 1) as StepState["nodes"]), "▸ all  Running");
});
