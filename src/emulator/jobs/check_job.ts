import { EXPERIMENT_NAME, NODE_NAME } from "../../core/azure_limits.ts";
import { sortedByNeeds } from "../../core/graph.ts";
import { ownValue } from "../../core/json.ts";
import { bindingOf } from "../../core/runs.ts";
import type { WorkspaceCall } from "../http/routes.ts";
import { isCompute, isData, requireComponent } from "../arm/references.ts";
import { badRequest, type Refusal } from "../http/refusal.ts";
import type { AnyJob, ComponentSpec, JobNode, PipelineJob } from "../arm/shapes.ts";

/** The steps of a job, each with the steps that it depends on. */
type StepNeeds = ReadonlyMap<string, readonly string[]>;

/**
 * Checks everything that a job refers to.
 *
 * @returns `doomed` has the errors of steps that will fail: Azure ML accepts a job whose compute or data does not exist.
 * @throws {Refusal} 404 for a missing component, else 400.
 */
export function checkJob(call: WorkspaceCall, job: AnyJob) {
  if (job.jobType === "Command") return { needs: new Map(), doomed: {} };
  const nodes = Object.entries(job.jobs);
  if (nodes.length === 0 && job.sourceJobId) return { needs: new Map(), doomed: {} };
  if (nodes.length === 0) throw badRequest("The pipeline has no steps.");
  refuseExperiment(job.experimentName);
  const specs = new Map(nodes.map(([step, node]) => {
    const component = requireComponent(call, node.componentId);
    return [step, component.properties.componentSpec as ComponentSpec];
  }));
  const needs = new Map(nodes.map(([step, node]) => {
    refuseNames(step, node);
    checkOutputs(job, specs.get(step)!, node);
    return [step, checkInputs({ job, specs, step, node })];
  }));
  const { cyclic } = sortedByNeeds(needs.keys(), (step) => needs.get(step)!);
  if (cyclic.length > 0) throw badRequest(`The steps ${cyclic.join(", ")} need each other.`);
  const doomed = nodes.flatMap(([step, node]) => {
    const error = computeError(call, job, node) ?? dataError(call, job, node);
    return error === undefined ? [] : [[step, error]];
  });
  return { needs, doomed: Object.fromEntries(doomed) };
}

function refuseExperiment(name: string | null | undefined): void {
  if (!name || EXPERIMENT_NAME.test(name)) return;
  throw badRequest(
    `Experiment name '${name}' is invalid. It must be 1 to 256 characters, begin with a letter or number, and only have letters, numbers, underscores and dashes.`,
  );
}

function refuseNames(step: string, node: JobNode): void {
  if (node.name !== step) throw badRequest(`Step '${step}' is named '${node.name}'.`);
  const names = [step, ...Object.keys(node.inputs ?? {}), ...Object.keys(node.outputs ?? {})];
  const refused = names.find((name) => !NODE_NAME.test(name));
  if (refused === undefined) return;
  throw badRequest(
    `The name '${refused}' in step '${step}' is not allowed: it must start with a letter or '_', and have only letters, digits and '_'.`,
  );
}

/** The compute of a step: its own, else the job's; serverless if neither names one. */
export function computeOf(job: PipelineJob, node: JobNode): string {
  const compute = node.computeId ?? job.computeId ?? job.settings?.default_compute;
  return typeof compute === "string" && compute !== "" ? compute : "serverless";
}

function computeError(call: WorkspaceCall, job: PipelineJob, node: JobNode): string | undefined {
  const compute = computeOf(job, node);
  return isCompute(call, compute) ? undefined : `Unknown compute target '${compute.split("/").at(-1)}'.`;
}

function dataError(call: WorkspaceCall, job: PipelineJob, node: JobNode): string | undefined {
  for (const [name, input] of Object.entries(node.inputs ?? {})) {
    const uri = input.job_input_type === "literal"
      ? ownValue(job.inputs, bindingOf(input.value).input ?? "")?.uri
      : input.uri;
    if (uri && !isData(call, uri)) return `Cannot mount input '${name}'. Data '${uri}' was not found.`;
  }
  return undefined;
}

function checkInputs({ job, specs, step, node }: {
  readonly job: PipelineJob;
  readonly specs: ReadonlyMap<string, ComponentSpec>;
  readonly step: string;
  readonly node: JobNode;
}): readonly string[] {
  const [declared, values] = [specs.get(step)!.inputs ?? {}, node.inputs ?? {}];
  for (const [name, port] of Object.entries(declared)) {
    const isOptional = String(port.optional ?? false).toLowerCase() === "true";
    if (Object.hasOwn(values, name) || isOptional || (port.default ?? undefined) !== undefined) continue;
    throw badRequest(`Step '${step}' has no value for the required input '${name}'.`);
  }
  const needs = new Set<string>();
  for (const [name, input] of Object.entries(values)) {
    const port = ownValue(declared, name);
    if (port === undefined) throw badRequest(`The component of step '${step}' has no input '${name}'.`);
    if (input.job_input_type !== "literal") {
      if (isLiteral(port.type)) throw mismatch(step, name, port.type, input.job_input_type);
      continue;
    }
    const source = resolve(job, specs, String(input.value));
    if (source.step !== undefined) needs.add(source.step);
    if (isLiteral(source.type) !== isLiteral(port.type)) throw mismatch(step, name, port.type, source.type);
  }
  return [...needs];
}

function checkOutputs(job: PipelineJob, spec: ComponentSpec, node: JobNode): void {
  for (const [name, output] of Object.entries(node.outputs ?? {})) {
    if (ownValue(spec.outputs, name) === undefined) {
      throw badRequest(`The component of step '${node.name}' has no output '${name}'.`);
    }
    if (!("value" in output)) continue;
    const bound = bindingOf(output.value);
    if (bound.step === undefined && ownValue(job.outputs, bound.output ?? "") !== undefined) continue;
    throw badRequest(`Output '${name}' is bound to '${output.value}', which the pipeline does not have.`);
  }
}

/** The type of a value: a literal, an input of the job, or another step's output. */
function resolve(
  job: PipelineJob,
  specs: ReadonlyMap<string, ComponentSpec>,
  value: string,
): { readonly type: string; readonly step?: string } {
  if (!/^\$\{\{.*\}\}$/.test(value)) return { type: "string" };
  const { input, step, output } = bindingOf(value);
  const type = input !== undefined
    ? ownValue(job.inputs, input)?.jobInputType
    : ownValue(specs.get(step ?? "")?.outputs, output ?? "")?.type;
  if (type === undefined) throw badRequest(`The binding '${value}' leads to nothing in this pipeline.`);
  return step === undefined ? { type } : { type, step };
}

function isLiteral(type: string): boolean {
  return ["string", "integer", "number", "boolean", "literal"].includes(type);
}

function mismatch(step: string, name: string, wanted: string, found: string): Refusal {
  return badRequest(`Input '${name}' of step '${step}' is of type '${wanted}', and is given a '${found}'.`);
}
