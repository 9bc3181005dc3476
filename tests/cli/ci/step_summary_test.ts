import { equal, match } from "node:assert/strict";
import type { SummarizedJob } from "../../../src/app/context.ts";
import { renderSummary } from "../../../src/cli/terminal/ci.ts";

const STEP = { key: "a", label: "a", status: "Completed", needs: [], compute: undefined };
const JOB = {
  job: "main",
  name: "fox",
  status: "Completed",
  studioUrl: "https://studio/runs/fox",
  workspace: { name: "ws" },
  steps: [STEP],
  graph: "flowchart LR\n",
  metrics: [],
};

function summary(change: object = {}, graph = true): string {
  return renderSummary([{ ...JOB, ...change } as unknown as SummarizedJob], { graph });
}

const HEAD = "### ✓ Job main: Completed\n\n[fox](<https://studio/runs/fox>) in workspace ws";
const GRAPH = "\n\n```mermaid\nflowchart LR\n```";

Deno.test("CI summary has the job, its graph and its steps", () => {
  equal(summary(), `${HEAD}${GRAPH}\n`);
  equal(summary({}, false), `${HEAD}\n`);
  match(summary({ durationMs: 65_000 }), /Completed after 1 min 5 s\n/);
  const [startedAt, endedAt] = [new Date(0), new Date(5000)];
  const nodes = [{ name: "n", status: "Completed", durationMs: 3000 }, { name: "o", status: "Failed" }];
  equal(
    summary({
      steps: [
        { ...STEP, startedAt, endedAt, compute: "cpu" },
        { ...STEP, startedAt, label: "b|c", status: "Running", nodes },
        { ...STEP, label: "d" },
      ],
    }, false).split("\n\n")[2],
    "| step | outcome | duration | compute |\n| --- | --- | --- | --- |\n| ✓ a | Completed | 5 s | cpu |\n" +
      "|   b\\|c | Running |  |  |\n| ✓ ↳ n | Completed | 3 s | |\n| ✗ ↳ o | Failed |  | |\n| ✓ d | Completed |  |  |\n",
  );
});

Deno.test("CI summary prints the reason of a failed step in a code fence", () => {
  const failed = { ...STEP, label: "b", status: "Failed", reason: "~~~~ no\n" };
  const nodes = ["Completed", "NotRun", "Failed"].map((status, at) => ({ name: "lmn"[at], status }));
  match(summary({ steps: [STEP, failed] }), /\n\nStep b failed:\n\n~~~~~text\n~~~~ no\n~~~~~\n$/);
  match(summary({ steps: [{ ...failed, reason: "~~\x1b[0m~~" }] }), /\n\n~~~~~text\n~~~~\n~~~~~\n$/);
  match(
    summary({ steps: [{ ...failed, reason: "no", nodes }] }),
    /\n\nStep b failed in node n:\n\n~~~text\nno\n~~~\n$/,
  );
  match(
    summary({ steps: [{ ...failed, reason: "password=hunter2 refused" }] }),
    /\npassword=\*\*\* refused\n/,
  );
});

Deno.test("CI summary escapes Markdown, HTML and mentions in names", () => {
  equal(
    summary({ job: "a|b\n*c* @ada & <i>\x1b" }).split("\n")[0],
    "### ✓ Job a\\|b \\*c\\* &#64;ada &amp; &lt;i>\ufffd: Completed",
  );
});

Deno.test("CI summary leaves out a graph too large for GitHub", () => {
  const hasGraph = (change: object) => summary(change).includes("```mermaid");
  const steps = (edges: number) => [{ ...STEP, needs: Array(edges).fill("x") }];
  const graphs = [{ graph: "x".repeat(45_000) }, { steps: steps(400) }];
  equal(graphs.every(hasGraph), true);
  equal([{ graph: "x".repeat(45_001) }, { steps: steps(401) }].some(hasGraph), false);
});
