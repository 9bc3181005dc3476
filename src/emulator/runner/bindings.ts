import { ownValue } from "../../core/fields.ts";
import { bindingOf } from "../../core/binding.ts";
import type { ComponentSpec, JobNode, PipelineJob } from "../check/job_shapes.ts";
import { findResource, type World } from "../world/world.ts";

/** Where the value of an input comes from. */
export type PortSource =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "step"; readonly step: string; readonly output: string }
  /** A data asset, or a storage URI. */
  | { readonly kind: "data"; readonly reference: string; readonly type: string };

/** The specification of a step's component. */
export function specOf(world: World, { componentId }: JobNode): ComponentSpec {
  return findResource(world, componentId)!.properties.componentSpec as ComponentSpec;
}

/** The source of each input with a value: set in the step or the job, or the component's default. */
export function portSources(
  job: PipelineJob,
  node: JobNode,
  spec: ComponentSpec,
): ReadonlyMap<string, PortSource> {
  const sources = new Map<string, PortSource>();
  for (const [name, input] of Object.entries(node.inputs ?? {})) {
    sources.set(
      name,
      input.job_input_type === "literal"
        ? bound(job, String(input.value))
        : { kind: "data", reference: input.uri, type: input.job_input_type },
    );
  }
  for (const [name, port] of Object.entries(spec.inputs ?? {})) {
    if (sources.has(name) || port.default === undefined || port.default === null) continue;
    sources.set(name, { kind: "literal", value: String(port.default) });
  }
  return sources;
}

function bound(job: PipelineJob, value: string): PortSource {
  const { input, step, output } = bindingOf(value);
  if (step !== undefined) return { kind: "step", step, output: output! };
  if (input === undefined) return { kind: "literal", value };
  const ofJob = ownValue(job.inputs, input);
  if (ofJob?.uri) return { kind: "data", reference: ofJob.uri, type: ofJob.jobInputType };
  return { kind: "literal", value: String(ofJob?.value ?? "") };
}
