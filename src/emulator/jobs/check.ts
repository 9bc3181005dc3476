import type { WorkspaceCall } from "../world/call.ts";
import { requireComponent, requireCompute, requireData } from "../check/references.ts";
import { badRequest, type Refusal } from "../world/refusal.ts";
import type { ComponentSpec, JobNode, PipelineJob } from "../check/shapes.ts";

/** The steps of a job, each with the steps that it depends on. */
export type StepNeeds = ReadonlyMap<string, readonly string[]>;

/**
 * Checks everything that a job refers to.
 *
 * @returns the steps that each step depends on.
 * @throws {Refusal} 400 if something is missing or has the wrong type.
 */
export function checkJob(call: WorkspaceCall, job: PipelineJob, target = "properties"): StepNeeds {
  const named = (property: string) => ({ ...call, target: `${target}.${property}` });
  const nodes = Object.entries(job.jobs);
  if (nodes.length === 0) throw refuse("The pipeline has no steps.", `${target}.jobs`);
  refuseExperiment(job.experimentName, `${target}.experimentName`);
  if (job.computeId) requireCompute(named("computeId"), job.computeId);
  for (const [name, input] of Object.entries(job.inputs ?? {})) {
    if (input.uri) requireData(named(`inputs.${name}.uri`), input.uri);
  }
  const specs = new Map(nodes.map(([step, node]) => {
    const component = requireComponent(named(`jobs.${step}.componentId`), node.componentId);
    return [step, component.properties.componentSpec as ComponentSpec];
  }));
  const needs = new Map(nodes.map(([step, node]) => {
    const where = `${target}.jobs.${step}`;
    refuseNames(step, node, where);
    const compute = node.computeId ?? job.computeId ?? job.settings?.default_compute;
    if (typeof compute !== "string" || compute === "") {
      throw refuse(`Step '${step}' has no compute.`, `${where}.computeId`);
    }
    requireCompute(named(`jobs.${step}.computeId`), compute);
    checkOutputs(job, specs.get(step)!, node, where);
    return [step, checkInputs(call, { job, specs, step, node, where })];
  }));
  refuseCycle(needs, `${target}.jobs`);
  return needs;
}

const EXPERIMENT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;

function refuseExperiment(name: string | null | undefined, target: string): void {
  if (!name || EXPERIMENT.test(name)) return;
  throw refuse(
    `Experiment name '${name}' is invalid. It must be 1 to 256 characters, begin with a letter or number, and only have letters, numbers, underscores and dashes.`,
    target,
  );
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

function refuseNames(step: string, node: JobNode, where: string): void {
  if (node.name !== step) throw refuse(`Step '${step}' is named '${node.name}'.`, `${where}.name`);
  const names = [step, ...Object.keys(node.inputs ?? {}), ...Object.keys(node.outputs ?? {})];
  const refused = names.find((name) => !NAME.test(name));
  if (refused === undefined) return;
  throw refuse(
    `The name '${refused}' is not allowed: it must start with a letter or '_', and have only letters, digits and '_'.`,
    where,
  );
}

interface StepCheck {
  readonly job: PipelineJob;
  readonly specs: ReadonlyMap<string, ComponentSpec>;
  readonly step: string;
  readonly node: JobNode;
  readonly where: string;
}

function checkInputs(call: WorkspaceCall, { job, specs, step, node, where }: StepCheck): readonly string[] {
  const [declared, given] = [specs.get(step)!.inputs ?? {}, node.inputs ?? {}];
  for (const [name, port] of Object.entries(declared)) {
    const isOptional = port.optional === true || port.optional === "true" || port.optional === "True";
    if (given[name] !== undefined || isOptional || (port.default ?? undefined) !== undefined) continue;
    throw refuse(`Step '${step}' has no value for the required input '${name}'.`, `${where}.inputs.${name}`);
  }
  const needs = new Set<string>();
  for (const [name, input] of Object.entries(given)) {
    const target = `${where}.inputs.${name}`;
    const port = declared[name];
    if (port === undefined) throw refuse(`The component of step '${step}' has no input '${name}'.`, target);
    if (input.job_input_type !== "literal") {
      if (isLiteral(port.type)) throw mismatch(step, name, port.type, input.job_input_type, target);
      requireData({ ...call, target }, input.uri);
      continue;
    }
    const source = resolve(job, specs, String(input.value), target);
    if (source.step !== undefined) needs.add(source.step);
    if (isLiteral(source.type) !== isLiteral(port.type)) {
      throw mismatch(step, name, port.type, source.type, target);
    }
  }
  return [...needs];
}

function checkOutputs(job: PipelineJob, spec: ComponentSpec, node: JobNode, where: string): void {
  for (const [name, output] of Object.entries(node.outputs ?? {})) {
    const target = `${where}.outputs.${name}`;
    if (spec.outputs?.[name] === undefined) {
      throw refuse(`The component of step '${node.name}' has no output '${name}'.`, target);
    }
    if (!("value" in output)) continue;
    const bound = /^\$\{\{parent\.outputs\.([^.}]+)\}\}$/.exec(output.value)?.[1];
    if (bound === undefined || job.outputs?.[bound] === undefined) {
      throw refuse(
        `Output '${name}' is bound to '${output.value}', which the pipeline does not have.`,
        target,
      );
    }
  }
}

/** The type of a value: a literal, an input of the job, or another step's output. */
function resolve(
  job: PipelineJob,
  specs: ReadonlyMap<string, ComponentSpec>,
  value: string,
  target: string,
): { readonly type: string; readonly step?: string } {
  const binding = /^\$\{\{(.*)\}\}$/.exec(value)?.[1]?.trim();
  if (binding === undefined) return { type: "string" };
  const [, input, step, output] =
    /^parent\.(?:inputs\.([^.]+)|jobs\.([^.]+)\.outputs\.([^.]+))$/.exec(binding) ?? [];
  const type = input !== undefined
    ? job.inputs?.[input]?.jobInputType
    : specs.get(step ?? "")?.outputs?.[output ?? ""]?.type;
  if (type === undefined) throw refuse(`The binding '${value}' leads to nothing in this pipeline.`, target);
  return step === undefined ? { type } : { type, step };
}

function isLiteral(type: string): boolean {
  return ["string", "integer", "number", "boolean", "literal"].includes(type);
}

function refuseCycle(needs: StepNeeds, target: string): void {
  const rest = new Map(needs);
  for (let before = -1; before !== rest.size;) {
    before = rest.size;
    for (const [step, of] of rest) if (of.every((one) => !rest.has(one))) rest.delete(step);
  }
  if (rest.size > 0) throw refuse(`The steps ${[...rest.keys()].join(", ")} need each other.`, target);
}

function mismatch(step: string, name: string, wanted: string, found: string, target: string): Refusal {
  return refuse(
    `Input '${name}' of step '${step}' is of type '${wanted}', and is given a '${found}'.`,
    target,
  );
}

function refuse(message: string, target: string): Refusal {
  return badRequest(message, { target, details: [{ code: "InvalidPipelineJob", message, target }] });
}
