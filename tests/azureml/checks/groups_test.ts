import { deepStrictEqual } from "node:assert/strict";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";
import type { Step } from "../../../src/azureml/job/job_spec.ts";
import type { CatalogEntry } from "../../../src/kedro/snapshot.ts";
import { spec, STEP, subject } from "./subject.ts";

/** Creates a step of two nodes; the second reads what the first writes, possibly under another name. */
function groupedStep(dataset: string, read = dataset): Step {
  return {
    ...STEP,
    nodes: [{ name: "make", inputs: [], outputs: [dataset] }, { name: "use", inputs: [read], outputs: [] }],
  };
}

function findingsOf(step: Step, catalog: Readonly<Record<string, CatalogEntry>> = {}): string[] {
  return runChecks(subject({ specs: [spec({ steps: [step] })], catalog }), OFFLINE_CHECKS)
    .filter(({ code }) => code !== "environment.plugin" && code !== "job.groups")
    .map(({ code, message }) => `${code}: ${message}`);
}

Deno.test("validate counts the container starts saved by grouping", () => {
  const [note] = runChecks(
    subject({ specs: [spec({ steps: [{ ...groupedStep("x"), timeoutSeconds: 600 }] })] }),
    OFFLINE_CHECKS,
  ).filter(({ code }) => code === "job.groups");
  deepStrictEqual(note, {
    severity: "note",
    code: "job.groups",
    message: "2 nodes run in 1 step, which saves 1 container start of half a minute to several minutes each",
    details: ['step "train" runs "make", "use"'],
    hint: "Make sure that `limits.timeout` (600 s) is enough for all nodes of a step",
    jobs: ["main"],
  });
});

Deno.test("validate accepts a local file between nodes of one step", () => {
  deepStrictEqual(
    findingsOf(groupedStep("x"), { x: { type: "pandas.CSVDataset", filepath: "data/x.csv" } }),
    [],
  );
  deepStrictEqual(findingsOf(groupedStep("x"), { x: { type: "MemoryDataset" } }), [
    'dataset.local_between_steps: "x" is saved in memory by node "make"; "use" cannot read it: each node runs in its own process',
  ]);
});
