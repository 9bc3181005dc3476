import { deepEqual, equal } from "node:assert/strict";
import type { RunResult } from "../../../src/app/runs/follow.ts";
import { mainMetricsText } from "../../../src/cli/text/run_results.ts";
import { renderResults, rerunStepsText } from "../../../src/cli/text/run_results.ts";
import { UserError } from "../../../src/core/errors.ts";

import { WORKSPACE } from "../../fakes/seed.ts";

const URL = "https://ml.azure.com/runs/fox";
const JOB = { job: "main", name: "fox", status: "Starting", studioUrl: URL, wasThere: false };
const stepOf = (label: string) => ({ key: label.replace(".", "_"), label, compute: undefined, needs: [] });
const RERUN = {
  ...JOB,
  of: "owl",
  planned: { steps: [stepOf("b"), stepOf("c")], leftOut: [stepOf("eu.a")] },
};
const ENDED = { job: "main", name: "fox", status: "Completed", durationMs: 61_000, steps: [], metrics: [] };
const ERROR = new UserError("It is not there\nat all", { code: "a.b", exit: 5, hint: "Look" });
const workspace = WORKSPACE as unknown as Extract<RunResult, { type: "submitted" }>["workspace"];

const WORKSPACE_DATA = {
  subscriptionId: WORKSPACE.subscription_id,
  resourceGroup: WORKSPACE.resource_group,
  name: WORKSPACE.name,
};
const ERROR_DATA = {
  error: {
    code: "a.b",
    message: "It is not there\nat all",
    exit: 5,
    hint: "Look",
    place: undefined,
    details: [],
  },
};
const ENDED_DATA = { job: "main", name: "fox", status: "Completed", durationMs: 61_000, steps: [] };

/** A result, its text, its exit code and its data. */
const CASES: readonly (readonly [
  what: string,
  result: unknown,
  text: string,
  exit: number | undefined,
  data: object,
])[] = [
  [
    "a submitted job",
    { type: "submitted", job: JOB, workspace },
    `✓ Submitted job main as fox\n${URL}\n`,
    undefined,
    { ...JOB, workspace: WORKSPACE_DATA },
  ],
  [
    "a job of an emulator that ends with the command",
    { type: "submitted", job: { ...JOB, studioUrl: "https://127.0.0.1:1/runs/fox" }, workspace },
    "✓ Submitted job main as fox\n",
    undefined,
    { ...JOB, studioUrl: "https://127.0.0.1:1/runs/fox", workspace: WORKSPACE_DATA },
  ],
  [
    "a job that had been submitted before",
    { type: "submitted", job: { ...JOB, wasThere: true }, workspace },
    `✓ Job main was already submitted as fox (Starting); nothing was sent\n${URL}\n`,
    undefined,
    { ...JOB, wasThere: true, workspace: WORKSPACE_DATA },
  ],
  [
    "a rerun",
    { type: "rerun", run: RERUN, workspace },
    `✓ Rerunning job owl as fox: 2 steps; skipping eu.a (completed)\n${URL}\n`,
    undefined,
    { ...JOB, workspace: WORKSPACE_DATA, rerunOf: "owl", steps: ["b", "c"], leftOut: ["eu_a"] },
  ],
  [
    "a rerun that had been submitted before",
    { type: "rerun", run: { ...RERUN, wasThere: true }, workspace },
    `✓ Job owl was already rerun as fox (Starting); nothing was sent\n${URL}\n`,
    undefined,
    {
      ...{ ...JOB, wasThere: true, workspace: WORKSPACE_DATA },
      ...{ rerunOf: "owl", steps: ["b", "c"], leftOut: ["eu_a"] },
    },
  ],
  [
    "the output of a callback",
    { type: "callback", job: JOB, callback: "a:f", printed: "hi\n" },
    "hi\n",
    undefined,
    { job: "main", name: "fox", callback: "a:f", printed: "hi\n" },
  ],
  [
    "a failed callback",
    { type: "callback_failed", job: JOB, callback: "a:f", error: ERROR },
    "✗ Job main is running, but its callback failed\n  error: It is not there\n    at all\n  hint: Look\n",
    5,
    { job: "main", name: "fox", callback: "a:f", ...ERROR_DATA },
  ],
  [
    "a job that was not submitted",
    { type: "failed", job: "main", error: ERROR },
    "✗ Job main was not submitted\n  error: It is not there\n    at all\n  hint: Look\n",
    5,
    { job: "main", ...ERROR_DATA },
  ],
  [
    "a job that was submitted, but not followed to its end",
    { type: "failed", job: "main", name: "fox", error: ERROR },
    "✗ Job main (fox) was submitted, but not followed to its end\n  error: It is not there\n    at all\n  hint: Look\n",
    5,
    { job: "main", name: "fox", ...ERROR_DATA },
  ],
  [
    "a skipped job",
    { type: "skipped", job: "late", because: "main" },
    "· Skipped job late because main failed; use `--concurrent` to submit all jobs\n",
    undefined,
    { job: "late", skipped: true, because: "main" },
  ],
  [
    "a completed job",
    { type: "ended", run: ENDED },
    "✓ Job main (fox): Completed after 1 min 1 s\n",
    0,
    ENDED_DATA,
  ],
  [
    "a completed job with metrics",
    {
      type: "ended",
      run: {
        ...ENDED,
        metrics: [{ step: "fit", name: "mae", value: 1.5 }, { step: undefined, name: "loss", value: NaN }],
      },
    },
    "✓ Job main (fox): Completed after 1 min 1 s\n  mae   1.5  fit\n  loss  NaN\n",
    0,
    {
      ...ENDED_DATA,
      metrics: [{ step: "fit", metric: "mae", value: 1.5 }, { metric: "loss", value: "NaN" }],
    },
  ],
  [
    "a failed run without a job",
    { type: "ended", run: { ...ENDED, job: "fox", status: "Failed" } },
    "✗ Job fox: Failed after 1 min 1 s\n",
    1,
    { ...ENDED_DATA, job: "fox", status: "Failed" },
  ],
  [
    "a canceled job",
    { type: "ended", run: { ...ENDED, status: "Canceled" } },
    "✗ Job main (fox): Canceled after 1 min 1 s\n",
    7,
    { ...ENDED_DATA, status: "Canceled" },
  ],
];

async function rendered(...results: readonly unknown[]) {
  const all = async function* () {
    yield* results as readonly RunResult[];
  };
  return await Array.fromAsync(renderResults(all()));
}

for (const [what, result, text, exit, data] of CASES) {
  Deno.test(`renderResults() prints ${what}`, async () => {
    const [output] = await rendered(result);
    equal(output!.text, text);
    equal(output!.exit, exit);
    deepEqual(output!.data, { type: (result as RunResult).type, ...data });
  });
}

Deno.test("rerunStepsText() names up to ten skipped steps and counts the rest", () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `s.${at}`);
  const leftOut = (count: number) => names(count).map((name) => stepOf(name));
  equal(rerunStepsText({ steps: [stepOf("a")], leftOut: [] }), "1 step");
  equal(
    rerunStepsText({ steps: [stepOf("a")], leftOut: leftOut(10) }),
    `1 step; skipping ${names(10).join(", ")} (completed)`,
  );
  equal(
    rerunStepsText({ steps: [stepOf("a")], leftOut: leftOut(12) }),
    `1 step; skipping ${names(10).join(", ")}, 2 more (completed)`,
  );
});

Deno.test("mainMetricsText() prints up to eight metrics and counts the rest", () => {
  const metrics = (count: number) =>
    Array.from(
      { length: count },
      (_, at) => ({ step: at === 0 ? undefined : "train", name: `m${at}`, value: at / 4 }),
    );
  equal(mainMetricsText([]), "");
  equal(mainMetricsText(metrics(2)), "  m0  0\n  m1  0.25  train\n");
  equal(mainMetricsText(metrics(8)).split("\n").length, 9);
  equal(
    mainMetricsText(metrics(9), "fox").split("\n").at(-2),
    "  and 1 more metric: `kedro-azureml job metrics fox`",
  );
  equal(mainMetricsText(metrics(10)).split("\n").at(-2), "  and 2 more metrics");
});
