import type { FollowedRun, RepeatedRun, RunResult } from "../../app/runs/follow_runs.ts";
import type { MainMetric } from "../../azureml/runs/metrics.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun.ts";
import type { SubmittedJob } from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { countText, durationText, moreText, namesText, numberData, numberText } from "../../core/format.ts";
import { endsWithCommand } from "../../core/net/cloud_hosts.ts";
import { isFinal, type StepState } from "../../core/runs.ts";
import { exitCodeForRun } from "../../core/exit_codes.ts";
import { failedOutput, skippedOutput } from "./error.ts";
import { type Output, workspaceData } from "./output.ts";
import { tableText } from "./render.ts";

function renderResult(result: RunResult): Output {
  switch (result.type) {
    case "submitted":
      return renderSubmitted(result.job, result.workspace);
    case "rerun":
      return renderRerun(result.run, result.workspace);
    case "callback": {
      const { job: { job, name }, callback, printed } = result;
      return { data: { job, name, callback, printed }, text: printed, isRaw: true };
    }
    case "callback_failed": {
      const { job: { job, name }, callback, error } = result;
      return failedOutput(`Job ${job} is running, but its callback failed`, { job, name, callback }, error);
    }
    case "ended":
      return renderEnd(result.run, { isKept: true });
    case "failed": {
      const { job, name, error } = result;
      const problem = name === undefined
        ? "was not submitted"
        : `(${name}) was submitted, but not followed to its end`;
      return failedOutput(`Job ${job} ${problem}`, { job, ...(name !== undefined && { name }) }, error);
    }
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
  renderers?: { readonly [Type in Other["type"]]: (result: Extract<Other, { type: Type }>) => Output },
): AsyncIterable<Output> {
  const seen: RunResult[] = [];
  const isOther = (result: RunResult | Other): result is Other =>
    renderers !== undefined && Object.hasOwn(renderers, result.type);
  for await (const result of results) {
    if (isOther(result)) {
      yield (renderers![result.type as Other["type"]] as (result: Other) => Output)(result);
    } else {
      seen.push(result);
      const output = renderResult(result);
      yield { ...output, data: { type: result.type, ...(output.data as object) } };
    }
  }
  const next = nextCommands(seen);
  if (next.length > 0) yield { text: "", next };
}

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

/** Renders how a job ended. @param options.isKept Whether later commands can name it. */
export function renderEnd(
  { job, name, status, durationMs, steps, metrics, files, otherFiles }: FollowedRun,
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
      steps: steps.map(stepData),
      ...(metrics.length > 0 && { metrics: metrics.map(metricData) }),
      ...(files.length > 0 && { files }),
      ...(otherFiles.length > 0 && { otherFiles }),
    },
    text: `${mark} Job ${job}${also}: ${status} after ${durationText(durationMs)}\n` +
      mainMetricsText(metrics, isKept ? name : undefined) + resultsText([...files, ...otherFiles]),
    exit: exitCodeForRun(status),
  };
}

function resultsText(files: FollowedRun["files"]): string {
  if (files.length === 0) return "";
  return `  Results: ${namesText(files.map(({ step, path }) => `${path} (${step})`), SHOWN)}\n`;
}

function renderRerun(sent: RepeatedRun, workspace: WorkspaceConfig): Output {
  const { name, status, wasThere, of, planned } = sent;
  const sentence = wasThere
    ? `Job ${of} was already rerun as ${name} (${status}); nothing was sent`
    : `Rerunning job ${of} as ${name}: ${rerunStepsText(planned)}`;
  const output = renderSent(sent, workspace, { sentence, data: { rerunOf: of, ...stepKeys(planned) } });
  return { ...output, next: [sameCodeHint(of)] };
}

export function sameCodeHint(of: string): string {
  return `It uses the code of ${of}; run \`kedro-azureml submit\` to send code that you changed since`;
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

export function stepKeys({ steps, leftOut }: Pick<PlannedRerun, "steps" | "leftOut">) {
  return { steps: steps.map(({ key }) => key), leftOut: leftOut.map(({ key }) => key) };
}

/** A step, for `--json`. */
export function stepData(
  { key, label, status, startedAt, endedAt, reason, usage }: Omit<StepState, "compute" | "needs" | "nodes">,
) {
  return {
    step: key,
    node: label,
    status,
    startedAt,
    endedAt,
    ...(usage && { peakMemoryBytes: usage.peakBytes, cpuMs: usage.cpuMs }),
    ...(reason !== undefined && { reason }),
  };
}

/** Number of metrics that are printed where they are not the subject. */
const SHOWN = 8;

export function metricData({ step, name, value }: MainMetric): unknown {
  return { ...(step !== undefined && { step }), metric: name, value: numberData(value) };
}

/**
 * Renders the first metrics of a job as a table; empty if there are none.
 *
 * @param job Name for the command that prints all of them; without it, only their number is printed.
 */
export function mainMetricsText(metrics: readonly MainMetric[], job?: string): string {
  const rows = metrics.slice(0, SHOWN).map(({ step, name, value }) => [
    `  ${name}`,
    numberText(value),
    step ?? "",
  ]);
  const rest = metrics.length - SHOWN;
  const more = job === undefined ? "" : `: \`kedro-azureml job metrics ${job}\``;
  return tableText(rows) + (rest > 0 ? `  ${moreText(rest, "metric")}${more}\n` : "");
}

/** The commands to run after these results: follow running jobs, read the logs of failed ones, run them again. */
export function nextCommands(results: readonly RunResult[]): string[] {
  const ended = new Map(
    results.flatMap((result) =>
      result.type === "ended" ? [[result.run.name, result.run.status] as const] : []
    ),
  );
  const submitted = results.flatMap((result): { name: string; status: string; studioUrl: string }[] =>
    result.type === "submitted" ? [result.job] : result.type === "rerun" ? [result.run] : []
  );
  if (submitted.some(({ studioUrl }) => endsWithCommand(studioUrl))) {
    return [
      "Steps were only simulated, by an emulator that ended with this command; `kedro-azureml rehearse` runs them, and `kedro-azureml emulator start` starts an emulator that stays",
    ];
  }
  const running = submitted.filter(({ name, status }) => !ended.has(name) && !isFinal(status))
    .map(({ name }) => name);
  const silent = [...ended].filter(([, status]) => status === "NotResponding").map(([name]) => name);
  const failed = [...ended].filter(([, status]) => status === "Failed").map(([name]) => name);
  return [
    ...(running.length === 0 ? [] : [
      `Run \`kedro-azureml job follow ${running.join(" ")}\` to follow ${
        running.length === 1 ? "it" : "them"
      }`,
    ]),
    ...silent.map((name) =>
      `Azure ML got no heartbeat of job ${name} lately, but it may go on; run \`kedro-azureml job follow ${name}\` later`
    ),
    ...(failed.length === 0 ? [] : [
      `Run \`kedro-azureml job logs ${failed.join(" ")} --failed\` to see why ${
        failed.length === 1 ? "it" : "they"
      } failed`,
    ]),
    ...failed.map((name) =>
      `Run \`kedro-azureml rerun ${name} --from-failed\` to run the steps that did not complete, with the same code`
    ),
  ];
}
