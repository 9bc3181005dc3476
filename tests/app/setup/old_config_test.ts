import { deepEqual, equal } from "node:assert/strict";
import { convertConfig, isOldConfig } from "../../../src/app/setup/migrate.ts";
import { yamlOf } from "../../../src/azureml/checks/requirements.ts";
import type { MapNode } from "../../../src/config/omegaconf/node.ts";

Deno.test("convertConfig() keeps every compute, and leaves out what is empty", () => {
  const old = `azure:
  subscription_id: s
  resource_group: rg
  workspace_name: ws
  experiment_name: ""
  environment_name: env
  code_directory: .
  working_directory: /home/kedro
  compute:
    gpu: {cluster_name: gpu-cluster}
`;
  const root = yamlOf(old, "conf/base/azureml.yml") as MapNode;
  const { text, notes } = convertConfig(root, { pipelines: ["etl"], base: undefined });
  equal(
    text,
    `workspace:
  __default__:
    subscription_id: s
    resource_group: rg
    name: ws
compute:
  __default__:
    cluster_name: <compute cluster>
  gpu:
    cluster_name: gpu-cluster
execution:
  environment: env
  code_directory: "."
  working_directory: /home/kedro
jobs:
  main:
    pipeline:
      pipeline_name: __default__
  etl:
    pipeline:
      pipeline_name: etl
`,
  );
  deepEqual(notes, [{
    message: "azure.compute is missing",
    hint: "Fill in `compute.__default__.cluster_name`",
    place: { file: "conf/base/azureml.yml", line: 1, column: 1 },
  }]);
});

Deno.test("isOldConfig() tells a file of the other plugin by its key azure, without a workspace", () => {
  const texts = [
    "azure: {resource_group: rg}",
    "azure: {}\nworkspace: {}",
    "azure: x",
    "workspace: {}",
    "- azure",
  ];
  deepEqual(texts.map((text) => isOldConfig(yamlOf(text, "a.yml"))), [true, false, false, false, false]);
});
