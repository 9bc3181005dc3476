import type { FollowedRun } from "../../app/runs/follow.ts";
import type { RepeatedRun, RunResult } from "../../app/runs/results.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun_plan.ts";
import type { SubmittedJob } from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { UserError } from "../../core/errors.ts";
import { exitOfStatus } from "../command/exit_status.ts";
import type { Output } from "../command/output.ts";
import { renderError } from "./error.ts";
import { countText, durationText } from "./units.ts";

/** Shows what became of a job that a command submits or follows. */
export function renderResult(result: RunResult): Output {
  switch (result.type) {
    case "submitted":
      return renderSubmitted(result.job, result.workspace);
    case "rerun":
      return renderRerun(result.run, result.workspace);
    case "callback":
      return renderCalledBack(result.job, result.callback, result.printed);
    case "callback_failed":
      return renderCallbackFailed(result.job, result.callback, result.error);
    case "ended":
      return renderEnd(result.run);
    case "failed":
      return renderJobFailed(result.job, result.error);
    case "skipped":
      return renderSkipped(result.job, result.because);
  }
}

/** The same for all results of a command, as they come. */
export async function* renderResults(results: AsyncIterable<RunResult>): AsyncIterable<Output> {
  for await (const result of results) yield renderResult(result);
}

/** Tells that Azure ML has taken a job. */
function renderSubmitted(
  { job, name, status, studioUrl, wasThere }: SubmittedJob,
  workspace: WorkspaceConfig,
): Output {
  return {
    data: { job, name, status, studioUrl, workspace, wasThere },
    text: wasThere
      ? `✓ Job ${job} is there as ${name} already, the same and ${status}; nothing was sent\n${studioUrl}\n`
      : `✓ Job ${job} is submitted as ${name}\n${studioUrl}\n`,
  };
}

/** Tells why a job was not sent, or did not complete, among others. */
function renderJobFailed(job: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, ...(data as Record<string, unknown>) },
    text: `✗ Job ${job} is not submitted\n${indented(text)}`,
    exit: error.exit,
  };
}

/** Tells what a callback printed for a job. */
function renderCalledBack(job: SubmittedJob, callback: string, printed: string): Output {
  return { data: { job: job.job, name: job.name, callback, printed }, text: printed };
}

/** Tells that a callback failed for a job, which runs nevertheless. */
function renderCallbackFailed(
  { job, name }: SubmittedJob,
  callback: string,
  error: UserError,
): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, name, callback, ...(data as Record<string, unknown>) },
    text: `✗ Job ${job} runs, but its callback failed\n${indented(text)}`,
    exit: error.exit,
  };
}

/** Tells that a job was left out. */
function renderSkipped(job: string, failed: string): Output {
  return {
    data: { job, skipped: true, because: failed },
    text: `· Job ${job} is left out, because ${failed} failed; \`--concurrent\` sends all jobs\n`,
  };
}

/** Tells how a job ended. */
function renderEnd({ job, name, status, durationMs }: FollowedRun): Output {
  const mark = status === "Completed" ? "✓" : "✗";
  const also = job === name ? "" : ` (${name})`;
  return {
    data: { job, name, status, durationMs },
    text: `${mark} Job ${job}${also}: ${status} after ${durationText(durationMs)}\n`,
    exit: exitOfStatus(status),
  };
}

/** Tells that Azure ML has taken a job that repeats another. */
function renderRerun(sent: RepeatedRun, workspace: WorkspaceConfig): Output {
  const { job, name, status, studioUrl, wasThere, of, planned } = sent;
  const { steps, leftOut } = planned;
  const said = wasThere
    ? `✓ Job ${of} was run again as ${name} already, the same and ${status}; nothing was sent`
    : `✓ Job ${of} is run again as ${name}: ${rerunStepsText(planned)}`;
  return {
    data: { job, name, status, studioUrl, workspace, wasThere, rerunOf: of, steps, leftOut },
    text: `${said}\n${studioUrl}\n`,
  };
}

/** How many steps that are left out are named; `--json` has them all. */
const NAMED = 10;

/** How many steps run again, and which do not. */
export function rerunStepsText({ steps, leftOut }: PlannedRerun): string {
  const rest = leftOut.length - NAMED;
  const names = [...leftOut.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  const left = leftOut.length === 0 ? "" : `, without ${names}, which completed`;
  return `${countText(steps.length, "step")}${left}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
