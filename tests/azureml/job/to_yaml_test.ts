import { deepEqual } from "node:assert/strict";
import { toYaml } from "../../../src/azureml/job/yaml.ts";
import { PORTS, spec, STEP } from "../checks/subject.ts";

const FULL = spec({
  pipelineName: "p",
  description: "All of it",
  environment: "env@latest",
  steps: [{
    ...STEP,
    instanceType: "large",
    timeoutSeconds: 60,
    isDeterministic: true,
    environmentVariables: { A: "1" },
    distribution: {
      type: "pytorch",
      instanceCount: 2,
      processCountPerInstance: 4,
      parameterServerCount: undefined,
      workerCount: undefined,
    },
    ...PORTS,
  }],
  outputs: [{ name: "out", type: "uri_folder", step: "train", output: "o" }],
});

Deno.test("toYaml() writes all settings of a job", () => {
  const shared = {
    environment: "azureml:env@latest",
    resources: { instance_count: 2, instance_type: "large" },
    distribution: { type: "pytorch", process_count_per_instance: 4 },
  };
  deepEqual(toYaml(FULL, { codePath: "/code" }), {
    display_name: "p",
    description: "All of it",
    type: "pipeline",
    outputs: { out: { name: "m", type: "uri_folder" } },
    jobs: {
      train: {
        type: "command",
        inputs: {
          l: "l",
          s: { path: "${{parent.jobs.a.outputs.b}}" },
          d: { type: "uri_file", path: "azureml:d:1" },
        },
        outputs: {
          o: "${{parent.outputs.out}}",
          p: { type: "uri_folder", name: "n" },
          q: { type: "uri_folder" },
        },
        ...shared,
        limits: { timeout: 60 },
        environment_variables: { A: "1" },
        component: {
          name: "train",
          display_name: "train",
          type: "command",
          inputs: { l: { type: "string" }, s: { type: "uri_folder" }, d: { type: "uri_file" } },
          outputs: { o: { type: "uri_folder" }, p: { type: "uri_folder" }, q: { type: "uri_folder" } },
          command: "true",
          ...shared,
          code: "/code",
          environment_variables: { A: "1" },
          is_deterministic: true,
        },
        compute: "azureml:cpu",
      },
    },
  });
});

for (
  const [written, environment] of [
    ["env:1", "azureml:env:1"],
    ["subscriptions/s/environments/e/versions/1", "azureml:/subscriptions/s/environments/e/versions/1"],
  ] as const
) {
  Deno.test(`toYaml() writes environment ${written} as ${environment}`, () => {
    const { jobs } = toYaml(spec({ environment: written })) as { jobs: { train: Record<string, unknown> } };
    deepEqual(jobs.train.environment, environment);
  });
}
