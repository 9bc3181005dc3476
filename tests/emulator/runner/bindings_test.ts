import { deepEqual } from "node:assert/strict";
import type { ComponentSpec, JobNode, PipelineJob } from "../../../src/emulator/arm/shapes.ts";
import { portSources } from "../../../src/emulator/runner/mounts.ts";

/** The sources of a step's inputs, with the inputs of the job and of the component. */
function sources(inputs: unknown, ofJob: unknown = {}, ofComponent: unknown = {}) {
  const job = { inputs: ofJob } as PipelineJob;
  return Object.fromEntries(
    portSources(job, { inputs } as JobNode, { inputs: ofComponent } as ComponentSpec),
  );
}

const literal = (value: unknown) => ({ job_input_type: "literal", value });

Deno.test("runner reads inputs of steps bound to the job's inputs", () => {
  const bound = (name: string) => literal(`\${{parent.inputs.${name}}}`);
  deepEqual(
    sources({ a: bound("value"), b: bound("data"), c: bound("gone"), d: bound("empty") }, {
      value: { jobInputType: "literal", value: 3 },
      data: { jobInputType: "uri_folder", uri: "azureml:raw:1" },
      empty: { jobInputType: "uri_folder", uri: "" },
    }),
    {
      a: { kind: "literal", value: "3" },
      b: { kind: "data", reference: "azureml:raw:1", type: "uri_folder" },
      c: { kind: "literal", value: "" },
      d: { kind: "literal", value: "" },
    },
  );
});

Deno.test("runner uses the component's defaults of unset inputs", () => {
  const ofComponent = {
    set: { type: "string", default: "component" },
    unset: { type: "number", default: 0 },
    none: { type: "string", default: null },
    required: { type: "string" },
  };
  deepEqual(sources({ set: literal("step") }, {}, ofComponent), {
    set: { kind: "literal", value: "step" },
    unset: { kind: "literal", value: "0" },
  });
  deepEqual(sources(undefined, {}, undefined), {});
});
