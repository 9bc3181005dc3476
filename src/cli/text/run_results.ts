import type { FollowedRun } from "../../app/run/follow_run.ts";
import type { RepeatedRun, RunResult } from "../../app/run/results.ts";
import type { PlannedRerun } from "../../azureml/features/rerun/plan.ts";
import type { SubmittedJob } from "../../azureml/features/submit/submitter.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { type Output, workspaceData } from "../command/output.ts";
import { exitCodeForRun } from "../command/exit_code.ts";
import { failedOutput, skippedOutput } from "./error.ts";
import { mainMetricsText, metricData } from "./main_metrics.ts";
import { endsWithCommand } from "../../core/emulator_page.ts";
import { nextCommands } from "./next_commands.ts";
import { durationText } from "../../core/text/duration.ts";
import { countText } from "../../core/text/numbers.ts";
import type { RunUsage, StepState } from "../../core/run.ts";

/** Renders one result of a command that submits or follows jobs. */
function renderResult(result: RunResult): Output {
  const output = renderedOf(result);
  return { ...output, data: { type: result.type, ...(output.data as object) } };
}

function renderedOf(result: RunResult): Output {
  switch (result.type) {
    case "submitted":
      return renderSubmitted(result.job, result.workspace);
    case "rerun":
      return renderRerun(result.run, result.workspace);
    case "callback":
      return renderCalledBack(result.job, result.callback, result.printed);
    case "callback_failed":
      return renderCallbackFailed(result);
    case "ended":
      return renderEnd(result.run, { isKept: true });
    case "failed":
      return renderFailed(result);
    case "skipped":
      return skippedOutput(result.job, result.because, "; use `--concurrent` to submit all jobs");
  }
}

/**
 * Renders the results of a command as they arrive, and finally the commands to run next.
 *
 * @param renderers Render results that are not about a run, by type.
 */
export async function* renderResults<Other extends { readonly type: string } = never>(
  results: AsyncIterable<RunResult | Other>,
  renderers?: Readonly<Record<Other["type"], (result: Other) => Output>>,
): AsyncIterable<Output> {
  const seen: RunResult[] = [];
  const isOther = (result: RunResult | Other): result is Other =>
    renderers !== undefined && Object.hasOwn(renderers, result.type);
  for await (const result of results) {
    if (isOther(result)) yield renderers![result.type as Other["type"]](result);
    else {
      seen.push(result);
      yield renderResult(result);
    }
  }
  const next = nextCommands(seen);
  if (next.length > 0) yield { data: undefined, text: "", next };
}

/** Renders a job that Azure ML accepted. */
function renderSubmitted(sent: SubmittedJob, workspace: WorkspaceConfig): Output {
  const { job, name, status, wasThere } = sent;
  const sentence = wasThere
    ? `Job ${job} was already submitted as ${name} (${status}); nothing was sent`
    : `Submitted job ${job} as ${name}`;
  return renderSent(sent, workspace, { sentence });
}

function renderSent(
  { job, name, status, studioUrl, wasThere }: SubmittedJob | RepeatedRun,
  workspace: WorkspaceConfig,
  { sentence, data = {} }: { readonly sentence: string; readonly data?: object },
): Output {
  return {
    data: { job, name, status, studioUrl, workspace: workspaceData(workspace), wasThere, ...data },
    submitted: name,
    text: `✓ ${sentence}\n${endsWithCommand(studioUrl) ? "" : `${studioUrl}\n`}`,
  };
}

/** Renders the output of a callback for a job. */
function renderCalledBack(job: SubmittedJob, callback: string, printed: string): Output {
  return { data: { job: job.job, name: job.name, callback, printed }, text: printed, isRaw: true };
}

function renderFailed({ job, name, error }: Extract<RunResult, { type: "failed" }>): Output {
  const problem = name === undefined
    ? "was not submitted"
    : `(${name}) was submitted, but not followed to its end`;
  return failedOutput(`Job ${job} ${problem}`, { job, ...(name !== undefined && { name }) }, error);
}

/** Renders a failed callback; its job runs anyway. */
function renderCallbackFailed(
  { job: { job, name }, callback, error }: Extract<RunResult, { type: "callback_failed" }>,
): Output {
  return failedOutput(`Job ${job} is running, but its callback failed`, { job, name, callback }, error);
}

/** Renders how a job ended. @param options.isKept Whether later commands can name it. */
export function renderEnd(
  { job, name, status, durationMs, steps, metrics }: FollowedRun,
  { isKept }: { readonly isKept: boolean },
): Output {
  const mark = status === "Completed" ? "✓" : "✗";
  const also = job === name || !isKept ? "" : ` (${name})`;
  return {
    data: {
      job,
      name,
      status,
      durationMs,
      steps: steps.map(endedStepData),
      ...(metrics.length > 0 && { metrics: metrics.map(metricData) }),
    },
    text: `${mark} Job ${job}${also}: ${status} after ${durationText(durationMs)}\n` +
      mainMetricsText(metrics, isKept ? name : undefined),
    exit: exitCodeForRun(status),
  };
}

/** Renders a rerun that Azure ML accepted. */
function renderRerun(sent: RepeatedRun, workspace: WorkspaceConfig): Output {
  const { name, status, wasThere, of, planned } = sent;
  const sentence = wasThere
    ? `Job ${of} was already rerun as ${name} (${status}); nothing was sent`
    : `Rerunning job ${of} as ${name}: ${rerunStepsText(planned)}`;
  return renderSent(sent, workspace, { sentence, data: { rerunOf: of, ...stepKeys(planned) } });
}

/** Number of skipped steps that are named; `--json` lists all of them. */
const SHOWN_STEPS = 10;

/** Says how many steps run again, and which are skipped. */
export function rerunStepsText({ steps, leftOut }: Pick<PlannedRerun, "steps" | "leftOut">): string {
  const rest = leftOut.length - SHOWN_STEPS;
  const names = [
    ...leftOut.slice(0, SHOWN_STEPS).map(({ label }) => label),
    ...(rest > 0 ? [`${rest} more`] : []),
  ].join(", ");
  const skipped = leftOut.length === 0 ? "" : `; skipping ${names} (completed)`;
  return `${countText(steps.length, "step")}${skipped}`;
}

/** The steps of a rerun, for `--json`. */
export function stepKeys({ steps, leftOut }: Pick<PlannedRerun, "steps" | "leftOut">) {
  return { steps: steps.map(({ key }) => key), leftOut: leftOut.map(({ key }) => key) };
}

/** What the processes of a step used, for `--json`. */
export function usageData(
  { peakBytes, cpuMs }: RunUsage,
): { readonly peakMemoryBytes: number; readonly cpuMs: number } {
  return { peakMemoryBytes: peakBytes, cpuMs };
}

/** A step of a run that ended, for `--json`. */
export function endedStepData({ key, label, status, startedAt, endedAt, reason, usage }: StepState): unknown {
  return {
    step: key,
    node: label,
    status,
    startedAt,
    endedAt,
    ...(usage && usageData(usage)),
    ...(reason !== undefined && { reason }),
  };
}
