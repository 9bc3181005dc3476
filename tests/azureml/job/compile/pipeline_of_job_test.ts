import { deepStrictEqual, throws } from "node:assert/strict";
import {
  type CompileInput,
  type JobOverrides,
  pipelineOfJob,
} from "../../../../src/azureml/job/compile/input.ts";
import { compile } from "../../../../src/azureml/job/compile/compile.ts";
import { parseGroupMode } from "../../../../src/core/group_mode.ts";
import type { FoundJob } from "../../../../src/config/jobs.ts";
import type { Selection } from "../../../../src/config/schema.ts";
import type { ProjectSnapshot } from "../../../../src/kedro/snapshot.ts";
import { CONFIG, JOB, node } from "../../../fakes/plain_job.ts";

const NODES = [
  node({ name: "load", inputs: ["raw"], outputs: ["table"], tags: ["data"] }),
  node({ name: "train", inputs: ["table"], outputs: ["model"], tags: ["ml"], namespace: "fit" }),
  node({ name: "score", inputs: ["model"], outputs: ["report"], tags: ["ml"] }),
];
const pipelineOf = (names: readonly string[]) => ({
  nodes: NODES.filter(({ name }) => names.includes(name)),
  inputs: [],
  outputs: [],
});
const SNAPSHOT = {
  version: 1,
  project: { env: "local" },
  pipeline_names: ["p", "ml"],
  pipelines: { p: pipelineOf(["load", "train", "score"]), ml: pipelineOf(["train", "score"]) },
  catalog: {},
  parameters: {},
  warnings: [],
} as unknown as ProjectSnapshot;

/** A job with filters in azureml.yml, and a selection of the command line. */
function input(filters: Partial<FoundJob["pipeline"]>, selection?: Selection): CompileInput {
  return {
    job: "nightly",
    definition: {
      ...JOB,
      pipeline: { ...JOB.pipeline, ...filters },
      ...(selection !== undefined && { selection }),
    },
    config: CONFIG,
    place: (path) => ({ file: "azureml.yml", line: 1, key: path.join(".") }),
    snapshot: SNAPSHOT,
  };
}

const namesOf = (...given: Parameters<typeof input>) =>
  pipelineOfJob(input(...given)).nodes.map(({ name }) => name);

for (
  const [filters, selection, expected] of [
    [{}, undefined, ["load", "train", "score"]],
    [{ tags: ["ml"] }, undefined, ["train", "score"]],
    [{ pipeline_name: "ml" }, undefined, ["train", "score"]],
    [{}, { tags: ["ml"] }, ["train", "score"]],
    [{}, { node_names: ["load", "score"] }, ["load", "score"]],
    [{ tags: ["ml"] }, { node_names: ["load", "score"] }, ["score"]],
    [{ tags: ["ml"] }, { pipelines: ["ml"] }, ["train", "score"]],
    [{}, { pipelines: ["ml"], to_nodes: ["train"] }, ["train"]],
  ] as const
) {
  const shown = (one: object) => Object.entries(one).map(([key, value]) => `${key} ${value}`).join(" and ");
  const job = `a job with ${shown(filters) || "no filters"}`;
  const selected = selection === undefined ? "" : ` and the selection ${shown(selection)}`;
  Deno.test(`pipelineOfJob() returns ${expected.join(", ")} for ${job}${selected}`, () =>
    deepStrictEqual(namesOf(filters, selection as Selection), expected));
}

for (
  const [filters, selection, selected] of [
    [{ tags: ["data"] }, { tags: ["ml"] }, "--tags ml: 2 nodes (train, score)"],
    [{ tags: ["data"] }, { pipelines: ["ml", "ml"] }, "-p ml,ml: 2 nodes (train, score)"],
    [{ tags: ["data"] }, { node_namespaces: ["fit"] }, "--namespaces fit: 1 node (train)"],
  ] as const
) {
  Deno.test(`pipelineOfJob() rejects a job that has no node of ${selected.split(":")[0]}`, () =>
    throws(() => namesOf(filters, selection as unknown as Selection), {
      code: "pipeline.empty",
      message: 'Job "nightly" runs none of the selected nodes',
      details: [selected, "job nightly: 1 node (load)"],
      hint: 'Omit "nightly" to run the selected nodes without a job of azureml.yml',
    }));
}

/** The steps of a job, beside a sum of pipelines that is not registered. */
function stepsOf(pipeline: string, selection: Selection, overrides: JobOverrides = {}) {
  const pipelines = { ...SNAPSHOT.pipelines, "ml+p": SNAPSHOT.pipelines.p! };
  const one = { ...input({ pipeline_name: pipeline }, selection), snapshot: { ...SNAPSHOT, pipelines } };
  return compile(one, overrides).spec.steps;
}

const pipelineIn = ({ command }: { readonly command: string }) => /--pipeline=(\S+)/.exec(command)![1];

Deno.test("compile() gives each step a registered pipeline of its nodes", () => {
  deepStrictEqual(stepsOf("p", { pipelines: ["p"] }).map(pipelineIn), ["p", "p", "p"]);
  deepStrictEqual(stepsOf("ml+p", { pipelines: ["ml", "p"] }).map(pipelineIn), ["p", "ml", "ml"]);
  deepStrictEqual(stepsOf("ml+p", { pipelines: ["p", "ml"] }).map(pipelineIn), ["p", "p", "p"]);
  const grouped = stepsOf("ml+p", { pipelines: ["ml", "p"] }, { groupBy: parseGroupMode("all") });
  deepStrictEqual(grouped.map(pipelineIn), ["p"], "ml lacks the first node of the step");
});

Deno.test("compile() rejects a step whose nodes no registered pipeline has", () => {
  const groupBy = parseGroupMode("all");
  const pipelines = { ...SNAPSHOT.pipelines, data: pipelineOf(["load"]) };
  const snapshot = { ...SNAPSHOT, pipeline_names: ["ml", "data"], pipelines } as unknown as ProjectSnapshot;
  const one = { ...input({ pipeline_name: "p" }, { pipelines: ["ml", "data"] }), snapshot };
  throws(() => compile(one, { groupBy }), {
    code: "pipeline.no_sum",
    message: 'No registered pipeline has all nodes of one step: "load", "train", "score"',
    hint: "Omit `--group-by`, or register the sum of the pipelines in register_pipelines()",
  });
});

Deno.test("compile() sets no working directory if code is uploaded", () => {
  const starts = (code: string | null, folder: string | null, options: JobOverrides = {}) => {
    const execution = { ...CONFIG.execution, code_directory: code, working_directory: folder };
    return compile({ ...input({}), config: { ...CONFIG, execution } }, options).spec.steps[0]!.command.split(
      "kedro",
    )[0];
  };
  deepStrictEqual([starts(null, "/srv/app"), starts(null, null), starts(null, ""), starts(".", "/srv/app")], [
    "cd /srv/app && ",
    "",
    "",
    "",
  ]);
  const several = starts(null, "/srv/app", { groupBy: parseGroupMode("all") });
  deepStrictEqual(several!.startsWith("cd /srv/app || exit; "), true, several);
});
