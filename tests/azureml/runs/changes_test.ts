import { deepEqual, equal } from "node:assert/strict";
import { changesOf, changeText, isMaterialChange } from "../../../src/azureml/runs/compare.ts";
import { parameterFacts } from "../../../src/azureml/runs/compare.ts";
import { describeJob } from "../../../src/azureml/runs/compare.ts";

type Fact = ReturnType<typeof describeJob>["facts"][number];

const ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

/** The facts of a job, as `ASPECT NAME: VALUE`. */
function jobFacts(properties: Record<string, unknown>): string[] {
  return describeJob({ properties }, () => undefined).facts.map(text);
}

/** The facts of the only step of a job. */
function stepFacts(node: object, spec: object = {}, job: object = {}): string[] {
  const described = describeJob(
    { properties: { ...job, jobs: { a: { componentId: "C", ...node } } } },
    (id) => id === "C" ? spec as Record<string, unknown> : undefined,
  );
  return described.steps.get("a")!.map(text).filter((fact) => fact !== "setting is_deterministic: true");
}

function text({ aspect, name, value }: Fact): string {
  return `${[aspect, name].filter((part) => part !== "").join(" ")}: ${value}`;
}

Deno.test("describeJob() describes the fields and outputs of a job, but no empty fields", () => {
  deepEqual(
    jobFacts({
      displayName: "Nightly",
      description: "",
      experimentName: "exp",
      outputs: {
        model: { jobOutputType: "uri_folder", assetName: "model" },
        plain: { jobOutputType: "uri_file", assetName: null },
      },
    }),
    [
      "display name: Nightly",
      "experiment: exp",
      "job output model: uri_folder, data asset model",
      "job output plain: uri_file",
    ],
  );
  deepEqual(jobFacts({ displayName: null, description: "Mine" }), ["description: Mine"]);
});

Deno.test("describeJob() shortens the ids of a step's environment, code, compute and inputs", () => {
  deepEqual(
    stepFacts(
      {
        computeId: `azureml:${ID}/computes/cpu`,
        inputs: {
          data: { uri: `${ID}/data/raw/versions/2`, job_input_type: "uri_folder" },
          rate: { value: 0, job_input_type: "literal", uri: null },
          web: { uri: "azureml://datastores/d/paths/x", job_input_type: "uri_file" },
        },
      },
      { environment: `azureml:${ID}/environments/env/versions/3`, code: `${ID}/codes/c0de/versions/1` },
    ),
    [
      "environment: env:3",
      "code: c0de:1",
      "compute: cpu",
      "input data: raw:2 (uri_folder)",
      "input rate: 0",
      "input web: azureml://datastores/d/paths/x (uri_file)",
    ],
  );
});

Deno.test("describeJob() gives a curated environment the same name in each of Azure ML's notations", () => {
  const registry = "azureml://registries/azureml/environments/AzureML-sklearn";
  for (
    const [environment, name] of [
      [`${registry}/versions/5`, "AzureML-sklearn:5"],
      [`${registry}/labels/latest`, "AzureML-sklearn@latest"],
      ["azureml:AzureML-sklearn:5", "AzureML-sklearn:5"],
      ["azureml://registries/mine/environments/x/versions/1", undefined],
    ] as const
  ) deepEqual(stepFacts({}, { environment }), [`environment: ${name ?? environment}`], environment);
});

Deno.test("describeJob() describes variables and settings, and prefers the step's to its component's", () => {
  deepEqual(
    stepFacts(
      {
        environment_variables: { A: "1", EMPTY: "" },
        limits: { timeout: "PT1H", job_limits_type: "Command" },
        resources: { instance_count: 2, properties: { x: 1 } },
        distribution: { distribution_type: "PyTorch" },
      },
      {
        is_deterministic: "False",
        resources: { instance_count: "1", instance_type: "Large" },
        distribution: { type: "Pytorch", process_count_per_instance: "4" },
      },
    ),
    [
      "variable A: 1",
      "setting is_deterministic: false",
      "setting limits.timeout: PT1H",
      "setting resources.instance_count: 2",
      "setting resources.instance_type: large",
      "setting distribution.type: pytorch",
      "setting distribution.process_count_per_instance: 4",
    ],
  );
  deepEqual(stepFacts({ resources: { instance_count: "1" } }), []);
});

Deno.test("parameterFacts() separates the parameters from a step's command", () => {
  deepEqual(parameterFacts(`kedro run --params='{"a":{"b":[1],"c":{}},"d":"it'\\''s"}' --x`), {
    command: "kedro run --x",
    parameters: [["a.b", "[1]"], ["a.c", "{}"], ["d", `"it's"`]],
  });
  deepEqual(parameterFacts(`x --params='{"a":{"b":{"c":null}}}'`).parameters, [["a.b.c", "null"]]);
});

/** A job with these facts, and steps with theirs. */
function described(facts: readonly Fact[], steps: Readonly<Record<string, readonly Fact[]>> = {}) {
  return { facts, steps: new Map(Object.entries(steps)) };
}

const fact = (aspect: Fact["aspect"], name: string, value: string): Fact => ({ aspect, name, value });

Deno.test("changesOf() and changeText() report added, removed and changed facts and steps", () => {
  const before = described([fact("description", "", "old"), fact("experiment", "", "e")], {
    gone: [],
    kept: [fact("variable", "A", "1"), fact("variable", "B", "2")],
  });
  const after = described([fact("description", "", "new"), fact("display name", "", "n")], {
    kept: [fact("variable", "B", "3"), fact("variable", "C", "4")],
    made: [],
  });
  const changes = changesOf(before, after);
  deepEqual(changes, [
    { aspect: "description", before: "old", after: "new" },
    { aspect: "experiment", before: "e" },
    { aspect: "display name", after: "n" },
    { step: "gone", aspect: "step", before: "gone" },
    { step: "kept", aspect: "variable", name: "A", before: "1" },
    { step: "kept", aspect: "variable", name: "B", before: "2", after: "3" },
    { step: "kept", aspect: "variable", name: "C", after: "4" },
    { step: "made", aspect: "step", after: "made" },
  ]);
  deepEqual(changes.map(changeText), [
    "description: old → new",
    "experiment removed: e",
    "display name added: n",
    "step gone: removed",
    "step kept: variable A removed: 1",
    "step kept: variable B: 2 → 3",
    "step kept: variable C added: 4",
    "step made: added",
  ]);
  deepEqual(changes.map(isMaterialChange), [false, true, true, true, true, true, true, true]);
});

Deno.test("changesOf() ignores a version in place of latest, or of none for a curated environment", () => {
  const environment = (value: string) => described([fact("environment", "", value)]);
  const isChanged = (one: string, other: string) =>
    changesOf(environment(one), environment(other)).length > 0;
  equal(isChanged("AzureML-a:5", "AzureML-a"), false);
  equal(isChanged("AzureML-a", "AzureML-a:5"), false);
  equal(isChanged("AzureML-a:5", "AzureML-a:6"), true);
  equal(isChanged("AzureML-a", "AzureML-b"), true);
  equal(isChanged("env:1", "env"), true);
  const mine = "azureml://registries/mine/environments/a";
  for (
    const [label, version, other] of [
      ["sklearn-1.5@latest", "sklearn-1.5:41", "sklearn-1.6:41"],
      [`${mine}/labels/latest`, `${mine}/versions/2`, `${mine}b/versions/2`],
    ] as const
  ) {
    equal(isChanged(label, version), false);
    equal(isChanged(version, label), false);
    equal(isChanged(version, `${version}0`), true);
    equal(isChanged(label, other), true);
    equal(isChanged(label, label.replace("latest", "stable")), true);
  }
  deepEqual(changesOf(described([]), environment("AzureML-a")), [{
    aspect: "environment",
    after: "AzureML-a",
  }]);
  deepEqual(changesOf(environment("AzureML-a"), described([])), [{
    aspect: "environment",
    before: "AzureML-a",
  }]);
});

Deno.test("changesOf() masks values of variables and parameters with names of secrets", () => {
  for (const aspect of ["variable", "parameter", "logged parameter"] as const) {
    const [change] = changesOf(described([fact(aspect, "DB_PASSWORD", "a")]), described([]));
    equal(change!.before, "***", aspect);
  }
  const [nested] = changesOf(described([fact("parameter", "db", '[{"api_key":"hush"}]')]), described([]));
  equal(nested!.before, '[{"api_key":***}]');
  const [command] = changesOf(described([fact("command", "", "train --api-key=hush")]), described([]));
  equal(command!.before, "train --api-key=***");
  equal(changesOf(described([fact("input", "password", "a")]), described([]))[0]!.before, "a");
});
