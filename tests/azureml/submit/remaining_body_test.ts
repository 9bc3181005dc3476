import { deepEqual, equal, throws } from "node:assert/strict";
import { remainingBody, rerunBody } from "../../../src/azureml/submit/rerun.ts";

/** A job as Azure returns it, with everything that Azure adds. */
const BACK = {
  properties: {
    jobType: "Pipeline",
    displayName: "d",
    description: null,
    status: "Failed",
    services: { Studio: {} },
    parentJobName: "parent",
    isArchived: true,
    tags: { team: "a", rerun_of: "older_job" },
    properties: { "mlflow.source.git.commit": "c", "azureml.runsource": "x", "azureml.DevPlatv2": "true" },
    inputs: {},
    outputs: {
      model: {
        jobOutputType: "uri_folder",
        uri: "azureml://datastores/workspaceblobstore/paths/azureml/old_job/model/",
        mode: null,
      },
      kept: { jobOutputType: "uri_folder", uri: "azureml://datastores/lake/paths/reports" },
    },
    jobs: {
      a: {
        name: "a",
        componentId: "A",
        resources: null,
        outputs: { o: { job_output_type: "uri_folder", uri: "azureml://datastores/blobs/paths/a/old_job" } },
      },
      b: {
        name: "b",
        componentId: "B",
        inputs: {
          x: { job_input_type: "literal", value: "${{parent.jobs.a.outputs.o}}" },
          y: { job_input_type: "literal", value: "1" },
        },
        outputs: { m: { type: "literal", value: "${{parent.outputs.model}}" } },
      },
      c: {
        name: "c",
        componentId: "C",
        inputs: { z: { job_input_type: "literal", value: "${{ parent.jobs.b.outputs.m }}" } },
        outputs: { k: { type: "literal", value: "${{parent.outputs.kept}}" } },
      },
    },
  },
};
const WHOLE = rerunBody(BACK, "old_job");
const TYPES: Readonly<Record<string, string>> = { B: "uri_folder", C: "uri_folder" };
const typeOf = (id: string) => TYPES[id];

Deno.test("rerunBody() omits fields that Azure ML set", () => {
  const { jobs, ...job } = WHOLE.properties;
  deepEqual(job, {
    jobType: "Pipeline",
    displayName: "d",
    isArchived: false,
    tags: { team: "a", rerun_of: "old_job" },
    properties: { "mlflow.source.git.commit": "c" },
    inputs: {},
    outputs: {
      model: { jobOutputType: "uri_folder" },
      kept: { jobOutputType: "uri_folder", uri: "azureml://datastores/lake/paths/reports" },
    },
  });
  deepEqual((jobs as typeof BACK.properties.jobs).a, {
    name: "a",
    componentId: "A",
    outputs: { o: { job_output_type: "uri_folder" } },
  });
});

Deno.test("remainingBody() reads outputs of completed steps", () => {
  const uriOf = (step: string, output: string) => `azureml://${step}/${output}/`;
  const left = remainingBody(WHOLE, { name: "old_job", completed: new Set(["a"]), uriOf, typeOf });
  const { jobs, outputs } = left.properties as unknown as typeof BACK.properties;
  deepEqual(Object.keys(jobs), ["b", "c"]);
  deepEqual(jobs.b.inputs, {
    x: { uri: "azureml://a/o/", job_input_type: "uri_folder" },
    y: { job_input_type: "literal", value: "1" },
  });
  equal(jobs.c.inputs.z.value, "${{ parent.jobs.b.outputs.m }}");
  deepEqual(Object.keys(outputs), ["model", "kept"]);
  const last = remainingBody(WHOLE, { name: "old_job", completed: new Set(["a", "b"]), uriOf, typeOf });
  deepEqual(Object.keys(last.properties.outputs as object), ["kept"]);
});

Deno.test("remainingBody() names an input that cannot be located", () => {
  const old = { name: "old_job", completed: new Set(["a"]), uriOf: () => undefined, typeOf };
  const lost = ['step "b" reads "x" from output "o" of step "a"'];
  throws(() => remainingBody(WHOLE, old), {
    code: "rerun.input_unbound",
    message:
      'Cannot rerun only the failed steps of job "old_job": the outputs that they read cannot be located',
    details: lost,
    hint: "Rerun the whole job with `kedro-azureml rerun old_job`",
    data: { inputs: lost },
  });
  const untyped = { ...old, uriOf: () => "azureml://a/o/", typeOf: () => undefined };
  throws(() => remainingBody(WHOLE, untyped), { code: "rerun.input_unbound" });
});

Deno.test("remainingBody() rejects a job whose steps all completed", () => {
  const old = { name: "old_job", completed: new Set(["a", "b", "c"]), uriOf: () => undefined, typeOf };
  throws(() => remainingBody(WHOLE, old), {
    code: "rerun.all_completed",
    exit: 2,
    hint: "Rerun the whole job with `kedro-azureml rerun old_job`",
  });
});
