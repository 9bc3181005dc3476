import { deepEqual, equal } from "node:assert/strict";
import { changesOf, describeJob } from "../../../src/azureml/runs/job_changes.ts";

type Fact = ReturnType<typeof describeJob>["facts"][number];

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

Deno.test("describeJob() shortens names of curated environments", () => {
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

/** A job with these facts, and steps with theirs. */
function described(facts: readonly Fact[], steps: Readonly<Record<string, readonly Fact[]>> = {}) {
  return { facts, steps: new Map(Object.entries(steps)) };
}

const fact = (aspect: Fact["aspect"], name: string, value: string): Fact => ({ aspect, name, value });

Deno.test("changesOf() ignores a version that replaced latest", () => {
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

Deno.test("changesOf() masks secrets", () => {
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
