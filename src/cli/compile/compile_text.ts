import type { JobSpec } from "../../azureml/job_spec.ts";
import type { UserError, Warning } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";
import { renderError } from "../text/error.ts";
import { countText } from "../text/units.ts";

/** Tells that a job compiled, and where it was written; nowhere when it was only checked. */
export function renderCompiled(
  spec: JobSpec,
  file: string | undefined,
  warnings: readonly Warning[],
): Output {
  const steps = countText(spec.steps.length, "step");
  return {
    data: {
      job: spec.job,
      pipeline: spec.pipelineName,
      steps: spec.steps.map(({ key, node }) => ({ key, node })),
      file,
    },
    text: file === undefined
      ? `✓ ${spec.job}: ${steps}\n`
      : `Compiled job "${spec.job}" to ${file}: ${steps}\n`,
    warnings,
  };
}

/** Tells why a job did not compile, among others that may have. */
export function renderNotCompiled(job: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, ...(data as Record<string, unknown>) },
    text: `✗ ${job}\n${text.replace(/^(?=.)/gm, "  ")}`,
  };
}
