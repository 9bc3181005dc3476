/** What a value in a job's body is bound to: an input or output of the job, or an output of the step `step`. */
export interface Binding {
  readonly input?: string | undefined;
  readonly step?: string | undefined;
  readonly output?: string | undefined;
}

const BINDING = /^\$\{\{\s*parent\.(?:inputs\.([^}\s]+)|(?:jobs\.([^.}\s]+)\.)?outputs\.([^.}\s]+))\s*\}\}$/;

/**
 * Reads a value such as `${{parent.jobs.train.outputs.model}}`; every other value is bound to nothing. Only names of
 * inputs can have periods: azure-ai-ml writes those of a group so.
 */
export function bindingOf(value: unknown): Binding {
  const [, input, step, output] = BINDING.exec(String(value)) ?? [];
  return { input, step, output };
}
