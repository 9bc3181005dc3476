import type { JobSpec } from "../../job/job_spec.ts";

/**
 * Finds an inconsistency in a packaged job: it has the fields of a job, but no compiler could have written it.
 *
 * @returns Such as `has no steps`; `undefined` if the job is consistent.
 */
export function jobProblem({ steps, outputs }: JobSpec): string | undefined {
  if (steps.length === 0) return "has no steps";
  const twice = repeated(steps.map(({ key }) => key)) ??
    repeated(steps.map(({ node }) => node)) ?? repeated(outputs.map(({ name }) => name));
  if (twice !== undefined) return `has two steps or outputs named "${twice}"`;
  const made = new Map(steps.map((step) => [step.key, new Set(step.outputs.map(({ name }) => name))]));
  const isMade = (step: string, output: string) => made.get(step)?.has(output) === true;
  for (const { key, inputs, outputs: own } of steps) {
    const port = repeated(inputs.map(({ name }) => name)) ?? repeated(own.map(({ name }) => name));
    if (port !== undefined) return `has two inputs or outputs named "${port}" in step "${key}"`;
    for (const { name, from } of inputs) {
      if (from.kind === "step" && !isMade(from.step, from.output)) {
        return `has no step that writes input "${name}" of step "${key}"`;
      }
    }
    const lost = own.find(({ jobOutput }) =>
      jobOutput !== undefined && !outputs.some((output) => output.name === jobOutput)
    );
    if (lost !== undefined) return `has no output "${lost.jobOutput}", which step "${key}" writes`;
  }
  const unmade = outputs.find(({ step, output }) => !isMade(step, output));
  return unmade && `has no step that writes its output "${unmade.name}"`;
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
