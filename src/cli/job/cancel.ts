import { cancelRuns } from "../../app/runs/cancel.ts";
import type { AppContext } from "../../app/context.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";
import type { CancelOutcome } from "../../azureml/jobs/job.ts";
import type { UserError } from "../../core/errors.ts";
import { renderError } from "../text/error.ts";

/** Asks Azure to cancel jobs, and does not wait for their end. */
export async function* jobCancel(ctx: AppContext, options: JobOptions): AsyncIterable<Output> {
  for await (const result of cancelRuns(await openJobs(ctx, options))) {
    yield "error" in result
      ? renderNotCancelled(result.name, result.error)
      : renderCancelled(result.name, result.cancelling);
  }
}

/** Tells what came of asking to cancel a job. */
function renderCancelled(name: string, cancelling: CancelOutcome): Output {
  if (cancelling.outcome === "asked") {
    return {
      data: { name, status: "CancelRequested" },
      text: `✓ Job ${name} is asked to stop; \`kedro-azureml job follow ${name}\` shows its end\n`,
    };
  }
  if (cancelling.outcome === "ended") {
    const { status } = cancelling;
    return { data: { name, status }, text: `· Job ${name} had ended before: ${status}\n` };
  }
  return {
    data: { name, status: null },
    text: `· Job ${name} never reached Azure, so there is nothing to stop\n`,
  };
}

/** Tells why one of several jobs could not be cancelled. */
function renderNotCancelled(name: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return { data: { name, ...(data as Record<string, unknown>) }, text: `✗ ${text}`, exit: error.exit };
}
