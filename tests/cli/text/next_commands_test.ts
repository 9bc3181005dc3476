import { deepEqual } from "node:assert/strict";
import type { RunResult } from "../../../src/app/runs/follow_runs.ts";
import { nextCommands } from "../../../src/cli/text/run_results.ts";

const submitted = (name: string, status = "Starting", studioUrl = `https://ml.azure.com/runs/${name}`) => ({
  type: "submitted",
  job: { name, status, studioUrl },
});
const rerun = (name: string, status = "Starting") => ({
  type: "rerun",
  run: { name, status, studioUrl: `https://ml.azure.com/runs/${name}` },
});
const ended = (name: string, status: string) => ({ type: "ended", run: { name, status } });

const CASES: readonly (readonly [what: string, results: readonly unknown[], next: readonly string[]])[] = [
  ["no results", [], []],
  ["a submitted job", [submitted("fox")], ["Run `kedro-azureml job follow fox` to follow it"]],
  ["a rerun", [rerun("fox")], ["Run `kedro-azureml job follow fox` to follow it"]],
  [
    "two submitted jobs",
    [submitted("fox"), submitted("owl")],
    ["Run `kedro-azureml job follow fox owl` to follow them"],
  ],
  ["a job that ended before", [submitted("fox", "Completed")], []],
  ["a completed job", [submitted("fox"), ended("fox", "Completed")], []],
  ["a silent job", [submitted("fox"), ended("fox", "NotResponding")], [
    "Azure ML got no heartbeat of job fox lately, but it may go on; run `kedro-azureml job follow fox` later",
  ]],
  ["a canceled job", [submitted("fox"), ended("fox", "Canceled")], []],
  [
    "a job of a temporary emulator",
    [submitted("fox", "Running", "https://127.0.0.1:1/runs/fox"), ended("fox", "Failed")],
    ["Steps were only simulated, by an emulator that ended with this command; `kedro-azureml rehearse` runs them, and `kedro-azureml emulator start` starts an emulator that stays"],
  ],
  [
    "a failed job and a running job",
    [submitted("fox"), ended("fox", "Failed"), submitted("owl"), { type: "skipped", job: "a", because: "b" }],
    [
      "Run `kedro-azureml job follow owl` to follow it",
      "Run `kedro-azureml job logs fox --failed` to see why it failed",
      "Run `kedro-azureml rerun fox --from-failed` to run the steps that did not complete, with the same code",
    ],
  ],
  [
    "two failed jobs",
    [ended("fox", "Failed"), ended("owl", "Failed")],
    [
      "Run `kedro-azureml job logs fox owl --failed` to see why they failed",
      "Run `kedro-azureml rerun fox --from-failed` to run the steps that did not complete, with the same code",
      "Run `kedro-azureml rerun owl --from-failed` to run the steps that did not complete, with the same code",
    ],
  ],
];

for (const [what, results, next] of CASES) {
  Deno.test(`hints suggest ${next.length || "no"} command${next.length === 1 ? "" : "s"} after ${what}`, () =>
    deepEqual(nextCommands(results as RunResult[]), next));
}
