import { deepEqual, equal } from "node:assert/strict";
import { codeReference } from "../../../src/azureml/job/yaml.ts";
import { jobBody } from "../../../src/azureml/job/body.ts";
import { fakeContext } from "../../fakes/context.ts";
import { PORTS, spec, STEP } from "../checks/subject.ts";

const PINNED = {
  environment: "env",
  code: undefined,
  computeId: (name: string) => name,
  dataId: (path: string) => path,
};

function bodyOf(change: Parameters<typeof spec>[0], more: Partial<Parameters<typeof jobBody>[2]> = {}) {
  const extras = {
    componentId: (key: string) => key,
    fallbackExperiment: "folder",
    properties: {},
    tags: {},
    ...more,
  };
  // deno-lint-ignore no-explicit-any
  return jobBody(spec(change), PINNED, extras).properties as any;
}

for (
  const [seconds, duration] of [
    [90_061, "P1DT1H1M1S"],
  ] as const
) {
  Deno.test(`jobBody() writes a timeout of ${seconds} s as ${duration}`, () => {
    const { jobs } = bodyOf({ steps: [{ ...STEP, timeoutSeconds: seconds }] });
    deepEqual(jobs.train.limits, { timeout: duration, job_limits_type: "Command" });
  });
}

Deno.test("jobBody() writes all settings of a step", () => {
  const { jobs, outputs } = bodyOf({
    steps: [{
      ...STEP,
      displayName: "Train it",
      instanceType: "large",
      environmentVariables: { A: "1" },
      distribution: {
        type: "tensorflow",
        instanceCount: 2,
        processCountPerInstance: undefined,
        parameterServerCount: 0,
        workerCount: 2,
      },
      ...PORTS,
    }, { ...STEP, key: "plain" }],
    outputs: [{ name: "out", type: "uri_folder", step: "train", output: "o" }],
  });
  deepEqual(jobs.train, {
    resources: { instance_count: 2, instance_type: "large" },
    distribution: { parameter_server_count: 0, worker_count: 2, distribution_type: "TensorFlow" },
    environment_variables: { A: "1" },
    name: "train",
    display_name: "Train it",
    type: "command",
    computeId: "cpu",
    inputs: {
      l: { value: "l", job_input_type: "literal" },
      s: { value: "${{parent.jobs.a.outputs.b}}", job_input_type: "literal" },
      d: { uri: "azureml:d:1", job_input_type: "uri_file" },
    },
    outputs: {
      o: { value: "${{parent.outputs.out}}", type: "literal" },
      p: { job_output_type: "uri_folder", name: "n" },
      q: { job_output_type: "uri_folder" },
    },
    _source: "BUILDER",
    componentId: "train",
  });
  deepEqual(jobs.plain, {
    environment_variables: {},
    name: "plain",
    type: "command",
    computeId: "cpu",
    _source: "BUILDER",
    componentId: "plain",
  });
  deepEqual(outputs, { out: { assetName: "m", jobOutputType: "uri_folder" } });
});

Deno.test("jobBody() sends at most 50 tags", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "x".repeat(1001)]));
  const kept = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, "x".repeat(1000)]));
  const { tags, properties } = bodyOf({}, { tags: many(51), properties: many(51) });
  deepEqual([tags, properties], [kept, kept]);
});

for (
  const [directory, code, isWarned] of [
    [undefined, undefined, false],
    [".", "/p", false],
    ["src", "/p/src", false],
    ["pyproject.toml", "azureml:pyproject.toml", true],
    ["azureml:code:1", "azureml:code:1", true],
    ["git+https://host/x.git", "git+https://host/x.git", true],
  ] as const
) {
  Deno.test(`codeReference() returns ${code} for ${directory ? `the code folder ${directory}` : "no code folder"}`, async () => {
    const { fs } = fakeContext({ files: { "/p/pyproject.toml": "", "/p/src/a.py": "" } });
    const found = await codeReference(fs, "/p", directory);
    equal(found.code, code);
    equal(found.warning?.code, isWarned ? "compile.code_not_a_folder" : undefined);
  });
}
