import { doesNotThrow, throws } from "node:assert/strict";
import type { JobSpec, Step } from "../../src/azureml/job_spec.ts";
import { checkSubmittable } from "../../src/azureml/submittable.ts";

const STEP: Step = {
  key: "train",
  node: "train",
  name: "train",
  displayName: "train",
  command: "true",
  inputs: [],
  outputs: [],
  environmentVariables: {},
  compute: "cpu",
  instanceType: undefined,
  isDeterministic: false,
  timeoutSeconds: undefined,
  distribution: undefined,
};

function spec(change: Partial<JobSpec>): JobSpec {
  return {
    job: "main",
    key: "main",
    pipelineName: "__default__",
    displayName: undefined,
    experimentName: undefined,
    description: undefined,
    compute: "cpu",
    codeDirectory: undefined,
    environment: "env@latest",
    steps: [STEP],
    outputs: [],
    ...change,
  };
}

Deno.test("a job that can run is let through", () => doesNotThrow(() => checkSubmittable(spec({}))));

Deno.test("a job without steps or environment is refused", () => {
  throws(() => checkSubmittable(spec({ steps: [] })), { code: "submit.no_steps" });
  throws(() => checkSubmittable(spec({ environment: undefined })), { code: "submit.no_environment" });
});

Deno.test("an input that nobody writes is refused, with the node that reads it", () => {
  const from = { kind: "undeclared", path: "azureml:lost", type: "uri_folder" } as const;
  const inputs = [{ name: "lost", dataset: "lost", type: "uri_folder", from }];
  throws(() => checkSubmittable(spec({ steps: [{ ...STEP, inputs }] })), {
    code: "submit.undeclared_input",
    details: ['node "train" reads "lost"'],
  });
});

Deno.test("a step whose name Azure ML does not take is refused, with its node", () => {
  throws(() => checkSubmittable(spec({ steps: [{ ...STEP, key: "élan", node: "Élan" }] })), {
    code: "submit.step_name",
    details: ['node "Élan" would be step "élan"'],
  });
  throws(() => checkSubmittable(spec({ steps: [{ ...STEP, key: "n".repeat(256) }] })), {
    code: "submit.step_name",
  });
});
