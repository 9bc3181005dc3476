import type { Call } from "./call.ts";
import { requireComponent, requireCompute, requireData } from "./references.ts";
import { badRequest } from "./refusal.ts";
import type { ComponentSpec, JobNode, PipelineJob } from "./shapes.ts";
import type { StepRun } from "./world.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/**
 * Checks that every step fits its component and that everything it is bound to is there.
 *
 * @throws {Refusal} 400 at the first thing that does not fit.
 */
export function requireWiring(call: Call, job: PipelineJob): ReadonlyMap<string, StepRun> {
  const nodes = new Map(Object.entries(job.jobs));
  if (nodes.size === 0) throw badRequest("The pipeline job has no steps.", { target: "properties.jobs" });
  if (job.computeId) requireCompute({ ...call, target: "properties.computeId" }, job.computeId);
  const specs = new Map([...nodes].map(([key, node]) => [key, componentOf(call, key, node)]));
  const steps = new Map<string, StepRun>();
  for (const [key, node] of nodes) {
    const spec = specs.get(key)!;
    requireNames(key, node);
    requirePorts(`properties.jobs.${key}`, node, spec);
    steps.set(key, {
      runId: call.world.random.uuid(),
      displayName: node.display_name ?? key,
      compute: computeName(call, job, key, node),
      command: spec.command,
      needs: needsOf(call, job, key, { node, spec, specs }),
    });
    requireOutputs(job, key, node, spec);
  }
  requireNoCycle(steps);
  return steps;
}

function componentOf(call: Call, key: string, node: JobNode): ComponentSpec {
  const target = `properties.jobs.${key}.componentId`;
  return requireComponent({ ...call, target }, node.componentId).properties.componentSpec as ComponentSpec;
}

function computeName(call: Call, job: PipelineJob, key: string, node: JobNode): string {
  const target = `properties.jobs.${key}.computeId`;
  const id = node.computeId ?? job.computeId;
  if (!id) throw badRequest(`Step '${key}' has no compute, and the job has none either.`, { target });
  requireCompute({ ...call, target }, id);
  return id.split("/").at(-1)!;
}

function requireNames(key: string, node: JobNode): void {
  const target = `properties.jobs.${key}`;
  if (node.name !== key) throw badRequest(`Step '${key}' has the name '${node.name}'.`, { target });
  for (const name of [key, ...Object.keys(node.inputs ?? {}), ...Object.keys(node.outputs ?? {})]) {
    if (!NAME.test(name)) {
      throw badRequest(
        `The name '${name}' is not allowed: it must start with a letter or an underscore and have only letters, digits and underscores.`,
        { target },
      );
    }
  }
}

function requirePorts(target: string, node: JobNode, spec: ComponentSpec): void {
  const inputs = Object.entries(spec.inputs ?? {});
  const bound = Object.keys(node.inputs ?? {});
  const isOptional = (input: (typeof inputs)[number][1]) =>
    input.optional === true || input.optional === "true" || (input.default ?? undefined) !== undefined;
  const missing = inputs.filter(([name, input]) => !bound.includes(name) && !isOptional(input)).map((
    [name],
  ) => name);
  if (missing.length > 0) {
    throw badRequest(`Required input '${missing[0]}' of the component is not bound.`, {
      target: `${target}.inputs`,
    });
  }
  const extra = bound.filter((name) => spec.inputs?.[name] === undefined);
  if (extra.length > 0) {
    throw badRequest(`The component has no input '${extra[0]}'.`, { target: `${target}.inputs.${extra[0]}` });
  }
  const noOutput = Object.keys(node.outputs ?? {}).find((name) => spec.outputs?.[name] === undefined);
  if (noOutput !== undefined) {
    throw badRequest(`The component has no output '${noOutput}'.`, {
      target: `${target}.outputs.${noOutput}`,
    });
  }
}

interface NodeAndSpecs {
  readonly node: JobNode;
  readonly spec: ComponentSpec;
  readonly specs: ReadonlyMap<string, ComponentSpec>;
}

const LITERALS = ["string", "integer", "number", "boolean"];

function needsOf(
  call: Call,
  job: PipelineJob,
  key: string,
  { node, spec, specs }: NodeAndSpecs,
): readonly string[] {
  const needs = new Set<string>();
  for (const [name, input] of Object.entries(node.inputs ?? {})) {
    const target = `properties.jobs.${key}.inputs.${name}`;
    const type = spec.inputs![name]!.type;
    if (!("value" in input)) {
      if (input.job_input_type !== type) {
        throw badRequest(`Input '${name}' of type '${type}' is bound to a ${input.job_input_type}.`, {
          target,
        });
      }
      requireData({ ...call, target }, input.uri);
      continue;
    }
    const parent = /^\$\{\{\s*parent\.(.+?)\s*\}\}$/.exec(String(input.value))?.[1];
    if (parent === undefined) {
      if (LITERALS.includes(type)) continue;
      throw badRequest(`Input '${name}' of type '${type}' is bound to a literal.`, { target });
    }
    const [, step, output] = /^jobs\.([^.]+)\.outputs\.([^.]+)$/.exec(parent) ?? [];
    if (step !== undefined) {
      requireOutput(specs, { step, output: output!, type, target });
      needs.add(step);
    } else if (job.inputs?.[/^inputs\.([^.]+)$/.exec(parent)?.[1] ?? ""] === undefined) {
      throw badRequest(`Input '${name}' is bound to '${parent}', which the job does not have.`, { target });
    }
  }
  return [...needs];
}

function requireOutput(
  specs: ReadonlyMap<string, ComponentSpec>,
  bound: { readonly step: string; readonly output: string; readonly type: string; readonly target: string },
): void {
  const { step, output, type, target } = bound;
  const spec = specs.get(step);
  if (spec === undefined) {
    throw badRequest(`The input is bound to step '${step}', which the job does not have.`, { target });
  }
  const found = spec.outputs?.[output];
  if (found === undefined) throw badRequest(`Step '${step}' has no output '${output}'.`, { target });
  if (found.type !== type) {
    throw badRequest(`An input of type '${type}' is bound to an output of type '${found.type}'.`, { target });
  }
}

function requireOutputs(job: PipelineJob, key: string, node: JobNode, spec: ComponentSpec): void {
  for (const [name, output] of Object.entries(node.outputs ?? {})) {
    const target = `properties.jobs.${key}.outputs.${name}`;
    if (!("value" in output)) continue;
    const parent = /^\$\{\{\s*parent\.outputs\.([^.]+?)\s*\}\}$/.exec(output.value)?.[1];
    const found = parent === undefined ? undefined : job.outputs?.[parent];
    if (found === undefined) {
      throw badRequest(`Output '${name}' is bound to '${output.value}', which the job does not have.`, {
        target,
      });
    }
    if (found.jobOutputType !== spec.outputs![name]!.type) {
      throw badRequest(`Output '${name}' is bound to a job output of type '${found.jobOutputType}'.`, {
        target,
      });
    }
  }
}

function requireNoCycle(steps: ReadonlyMap<string, StepRun>): void {
  const done = new Set<string>();
  for (let before = -1; before < done.size;) {
    before = done.size;
    for (const [key, step] of steps) if (step.needs.every((one) => done.has(one))) done.add(key);
  }
  const left = [...steps.keys()].find((key) => !done.has(key));
  if (left === undefined) return;
  throw badRequest(`Step '${left}' needs its own output, by way of others.`, {
    target: `properties.jobs.${left}`,
  });
}
