import { deepEqual, equal } from "node:assert/strict";
import { type RunFacts, runView } from "../../src/page/run_view.ts";
import type { RunView } from "../../src/page/view.ts";

const ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";
const FACTS: RunFacts = {
  name: "fox",
  status: "Running",
  notices: [],
  steps: [{ key: "load" }, { key: "fit" }],
};

const COMPONENTS = new Map<string, Record<string, unknown>>([
  ["load", {
    command: "run --node load",
    environment: `${ID}/environments/env/versions/3`,
    code: `${ID}/codes/code/versions/1a`,
    is_deterministic: "True",
    outputs: { raw: { type: "uri_folder" } },
  }],
  ["fit", {
    command: "run --node fit",
    environment: `${ID}/environments/env/versions/3`,
    inputs: { raw: { type: "uri_folder" }, table: { type: "uri_file" }, rate: { type: "string" } },
    outputs: { model: { type: "uri_folder" } },
  }],
]);

const BODY = {
  displayName: "Fox",
  experimentName: "foxes",
  computeId: `${ID}/computes/cpu`,
  tags: { owner: "ada" },
  outputs: {
    best: { jobOutputType: "uri_folder", assetName: "fox-model" },
    older: { job_output_type: "mltable", name: "fox-table" },
  },
  jobs: {
    load: { componentId: "load", environment_variables: { REGION: "eu", API_KEY: "hush" } },
    fit: {
      componentId: "fit",
      display_name: "ns.fit",
      computeId: `${ID}/computes/gpu`,
      inputs: {
        raw: { job_input_type: "literal", value: "${{parent.jobs.load.outputs.raw}}" },
        table: { job_input_type: "uri_file", uri: `${ID}/data/rides/versions/2` },
        rate: { job_input_type: "literal", value: "0.1" },
      },
      outputs: { model: { type: "literal", value: "${{parent.outputs.best}}" } },
      limits: { timeout: "PT1H", job_limits_type: "Command" },
      resources: { instance_type: "gpu-large", instance_count: null },
      distribution: { distribution_type: "PyTorch", process_count_per_instance: 2 },
    },
  },
};

Deno.test("page of a run shows inputs, outputs and settings of steps", () => {
  const view = runView({ properties: BODY, componentOf: (id) => COMPONENTS.get(id) }, FACTS);
  const run: RunView = JSON.parse(JSON.stringify(view));
  const [load, fit] = run.steps;
  equal(run.displayName, "Fox");
  deepEqual(run.outputs, [
    { name: "best", type: "uri_folder", value: "data asset fox-model" },
    { name: "older", type: "mltable", value: "data asset fox-table" },
  ]);
  deepEqual(load!.facts, [["Component", "load"], ["Environment", "env:3"], [
    "Reuses results",
    "yes",
  ]]);
  deepEqual(load!.variables, [["REGION", "eu"], ["API_KEY", "***"]]);
  equal(load!.compute, "cpu");
  equal(fit!.label, "ns.fit");
  equal(fit!.compute, "gpu");
  deepEqual(fit!.needs, ["load"]);
  deepEqual(fit!.inputs, [
    { name: "raw", type: "uri_folder", value: "raw", from: "load" },
    { name: "table", type: "uri_file", value: "rides:2" },
    { name: "rate", type: "string", value: "0.1" },
  ]);
  deepEqual(fit!.outputs, [{ name: "model", type: "uri_folder", value: "job output best" }]);
  deepEqual(fit!.facts.slice(-4), [
    ["Limit: timeout", "PT1H"],
    ["Resources: instance type", "gpu-large"],
    ["Distribution: type", "PyTorch"],
    ["Distribution: process count per instance", "2"],
  ]);
  deepEqual(run.graph.edges.map(({ from, to }) => [from, to]), [[0, 1]]);
});

Deno.test("page of a run shows resources and distribution of steps", () => {
  const component = {
    resources: { instance_count: 2 },
    distribution: { type: "mpi" },
    environment: "https://a.blob.core.windows.net/c?sv=1&sig=abc123abc123",
  };
  const factsOf = (node: object) => {
    const properties = { jobs: { load: { componentId: "c", ...node } } };
    return runView({ properties, componentOf: () => component }, FACTS).steps.at(-1)!.facts.slice(1);
  };
  const environment = ["Environment", "https://a.blob.core.windows.net/c?sv=1&sig=***"];
  deepEqual(factsOf({}), [environment, ["Resources: instance count", "2"], ["Distribution: type", "mpi"]]);
  deepEqual(
    factsOf({ resources: { shm_size: "4g" }, distribution: { distribution_type: "PyTorch" } }),
    [environment, ["Resources: shm size", "4g"], ["Distribution: type", "PyTorch"]],
  );
});

Deno.test("page of a run shows a command job as one step", () => {
  const properties = {
    command: "python train.py",
    environmentId: `${ID}/environments/env/versions/3`,
    codeId: `${ID}/codes/code/versions/1a`,
    displayName: "Train",
    settings: { default_compute: `${ID}/computes/cpu` },
    environmentVariables: { REGION: "eu" },
    inputs: { rides: { jobInputType: "uri_file", uri: `${ID}/data/rides/versions/2` } },
  };
  const view = runView({ properties, componentOf: () => undefined }, { ...FACTS, steps: [{ key: "fox" }] });
  const { label, command, compute, facts, variables, inputs } = view.steps[0]!;
  deepEqual({ label, command, compute, facts, variables, inputs }, {
    label: "Train",
    command: "python train.py",
    compute: "cpu",
    facts: [["Environment", "env:3"]],
    variables: [["REGION", "eu"]],
    inputs: [{ name: "rides", type: "uri_file", value: "rides:2" }],
  });
});

Deno.test("page of a run shows the compute where a step ran", () => {
  const steps = [{ key: "load", compute: "serverless" }, { key: "fit" }];
  const view = runView({ properties: BODY, componentOf: (id) => COMPONENTS.get(id) }, { ...FACTS, steps });
  deepEqual(view.steps.map(({ compute }) => compute), ["serverless", "gpu"]);
});

Deno.test("page of a run shows the nodes of a grouped step", () => {
  const jobs = { load: { environment_variables: { KEDRO_AZUREML_GROUP: '["load","clean"]', REGION: "eu" } } };
  const run = runView({ properties: { jobs }, componentOf: () => undefined }, FACTS);
  deepEqual(run.steps.at(-1)!.nodes, ["load", "clean"]);
  deepEqual(run.steps.at(-1)!.variables, [["REGION", "eu"]]);
  equal(run.steps[0]!.nodes, undefined);
});

Deno.test("page of a run shows the datasets of inputs and outputs", () => {
  const command =
    "kedro azureml -e local execute --pipeline=p --node='split it' --az-input=raw_data ${{inputs.raw}} " +
    "--az-input=same ${{inputs.same}} --az-output='it'\\''s' ${{outputs.model}}; rc=$? --az-input=late ${{inputs.late}}";
  const ports = (...names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, { type: "uri_folder" }]));
  const component = { command, inputs: ports("raw", "same", "late"), outputs: ports("model") };
  const given = { job_input_type: "literal", value: "x" };
  const load = { componentId: "c", inputs: { raw: given, same: given, late: given }, outputs: { model: {} } };
  const run = runView({ properties: { jobs: { load } }, componentOf: () => component }, FACTS);
  const { inputs, outputs } = run.steps.at(-1)!;
  deepEqual(inputs.map(({ name, port }) => [name, port]), [["raw_data", "raw"], ["same", undefined], [
    "late",
    undefined,
  ]]);
  deepEqual(outputs.map(({ name, port }) => [name, port]), [["it's", "model"]]);
});

Deno.test("page of a run shows parameters of steps with their values", () => {
  const { steps: [step] } = runView({
    properties: {
      jobs: {
        a: {
          command: `kedro azureml execute --node=a --params='{"rate": 0.2, "model": {"depth": 3}}'`,
          inputs: {
            params_rate: { job_input_type: "literal", value: "params:rate" },
            params_model: { job_input_type: "literal", value: "params:model" },
            params_rows: { job_input_type: "literal", value: "params:rows" },
            params_token: { job_input_type: "literal", value: "params:token" },
          },
        },
      },
    },
    componentOf: () => undefined,
  }, { name: "fox", status: "Running", notices: [], steps: [{ key: "a" }] });
  deepEqual(step!.inputs.map(({ name, port, value }) => [name, port, value]), [
    ["params:rate", "params_rate", "0.2"],
    ["params:model", "params_model", undefined],
    ["params:rows", "params_rows", undefined],
    ["params:token", "params_token", undefined],
  ]);
});
