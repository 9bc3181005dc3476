import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import type { NodeSnapshot } from "../../../../src/kedro/snapshot.ts";
import { node } from "../../../fakes/plain_job.ts";
import { pipelineFrom } from "./random_pipeline.ts";
import { compileGrouped } from "./test_job.ts";

type Options = Parameters<typeof compileGrouped>[2];

function stepsOf(nodes: readonly NodeSnapshot[], mode: string, more: Options = {}) {
  const catalog = {
    raw: { type: "pandas.CSVDataset", filepath: "data/raw.csv" },
    "table@spark": { type: "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset" },
    "table@pandas": { type: "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset" },
  };
  return compileGrouped({ pipeline: pipelineFrom(nodes), catalog }, mode, more).spec.steps;
}

const THREE = [
  node({ name: "load", inputs: ["raw", "params:rate"], outputs: ["table@spark"] }),
  node({
    name: "train",
    inputs: ["table@pandas", "table@pandas", "params:rate"],
    outputs: ["model", "extra"],
  }),
  node({ name: "score", inputs: ["model", "params:rate"], outputs: [], tags: ["gpu"] }),
];

Deno.test("A grouped step notifies at its first and last node", () => {
  const [only] = stepsOf(THREE.map((node) => ({ ...node, tags: [] })), "all", {
    job: { notifications: "team" },
  });
  const { environmentVariables: variables, command } = only!;
  equal(variables.KEDRO_AZUREML_NOTIFY_START, "1");
  equal(variables.KEDRO_AZUREML_NOTIFY_OUTCOME, undefined);
  equal(variables.KEDRO_AZUREML_NOTIFY_SIBLINGS, "");
  match(
    command,
    /run 1 load [^;]*; unset KEDRO_AZUREML_NOTIFY_START; run 2 train [^;]*; export KEDRO_AZUREML_NOTIFY_OUTCOME=.?1.?; run 3 score/,
  );
});

Deno.test("A grouped step has one MLflow name if a notification waits for it", () => {
  const row = (name: string) => [
    node({ name: `${name}1`, inputs: [], outputs: [`${name}_data`] }),
    node({ name: `${name}2`, inputs: [`${name}_data`], outputs: [] }),
  ];
  const [a, b] = stepsOf([...row("a"), ...row("b")], "chain", { job: { notifications: "team" } });
  deepStrictEqual([a!.node, b!.node], ["a1_to_a2", "b1_to_b2"]);
  equal(b!.environmentVariables.KEDRO_AZUREML_NOTIFY_SIBLINGS, "a1_to_a2");
  equal(a!.environmentVariables.KEDRO_AZUREML_MLFLOW_NODE_NAME, "a1_to_a2");
  ok(!a!.command.includes("KEDRO_AZUREML_MLFLOW_NODE_NAME"));
  ok(b!.command.includes('KEDRO_AZUREML_MLFLOW_NODE_NAME="$_n"'));
});

Deno.test("A grouped step is deterministic if all its nodes are", () => {
  const deterministic = THREE.map((node) => ({ ...node, tags: ["deterministic"] }));
  deepStrictEqual(stepsOf(deterministic, "all").map(({ isDeterministic }) => isDeterministic), [true]);
  deepStrictEqual(
    stepsOf([deterministic[0]!, deterministic[1]!, { ...THREE[2]!, tags: [] }], "all")
      .map(({ isDeterministic }) => isDeterministic),
    [false],
  );
});
