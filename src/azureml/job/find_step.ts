import { UserError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { nearest, suggestion } from "../../core/suggest.ts";
import { normalizedName } from "./names.ts";
import type { JobStep } from "./steps.ts";

/** Finds a step by its key, its label or a node that it runs; else by another spelling of its key or label. */
export function stepNamed(steps: readonly JobStep[], name: string): JobStep | undefined {
  const alike = normalizedName(name);
  return steps.find(({ key, label }) => [key, label].includes(name)) ??
    steps.find(({ nodes }) => nodes?.includes(name)) ??
    steps.find(({ key }) => normalizedName(key) === alike) ??
    steps.find(({ label }) => normalizedName(label) === alike);
}

/** Finds a step by its node or key. @throws {UserError} `job.no_step`, which lists the existing steps. */
export function requireStep<T extends JobStep>(steps: readonly T[], name: string, stepName: string): T {
  const step = stepNamed(steps, stepName);
  if (step !== undefined) return steps.find(({ key }) => key === step.key)!;
  const labels = steps.map(({ label }) => label);
  const meant = labels.find((label) => label.endsWith(`.${stepName}`)) ?? nearest(stepName, labels);
  throw new UserError(`Job "${name}" has no step "${stepName}"${suggestion(meant)}`, {
    // job.no_step: The job has no such step. Use one of those that the message lists.
    code: "job.no_step",
    exit: ExitCode.Usage,
    details: [`steps: ${labels.join(", ")}`],
    hint: "Pass one of them to `--step`",
  });
}
