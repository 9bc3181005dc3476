import { type ShownRun, showRun } from "../../app/job/job.ts";
import {
  followLogs,
  type LogResult,
  type LogsOptions,
  readLogs,
  type StepFailure,
} from "../../app/job/logs.ts";
import { durationText } from "../../core/format.ts";
import { isFinal, NOT_RUN, WAITING } from "../../core/run.ts";
import { noCommands } from "../../core/untrusted.ts";
import type { CommandContext } from "../parse/command.ts";
import { openTyped, type RunsTyped } from "../parse/run_requests.ts";
import { prefixed } from "../terminal/follow_events.ts";
import { failureText } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { markOf, tableText, utcText } from "../text/render.ts";
import { mainMetricsText, metricData, usageData } from "../text/run_results.ts";

/** What is typed for `job logs`. */
interface JobLogsTyped extends RunsTyped, LogsOptions {
  readonly follow?: boolean;
}

/** Prints the logs of jobs. */
export async function* jobLogs(ctx: CommandContext, typed: JobLogsTyped): AsyncIterable<Output> {
  const { follow, failed } = typed;
  const jobs = await openTyped(ctx, typed);
  for (const job of jobs) {
    if (jobs.length > 1) yield { data: undefined, text: `Job ${job.name}:\n` };
    if (follow && failed) await waitForLogs(job);
    const results = follow && !failed ? followLogs(job, typed) : readLogs(job, typed);
    for await (const result of results) {
      yield result.type === "log"
        ? renderLog(job.name, result, ctx.terminal.outColumns)
        : renderReason(result);
    }
  }
}

/** Waits for the end of a job: only then is it known which steps failed, so nothing is printed before. */
async function waitForLogs(job: Parameters<typeof followLogs>[0]): Promise<void> {
  for await (const _ of followLogs(job, {})) continue;
}

/** Renders one log unchanged; if there are several logs, each line starts with its step. */
function renderLog(
  name: string,
  { step, file, text, isOneOfMany }: Extract<LogResult, { readonly type: "log" }>,
  columns: number | undefined,
): Output {
  return {
    data: { type: "log", name, step, file, text },
    text: isOneOfMany ? `${prefixed({ step, file, text }, columns)}\n` : noCommands(text),
    isRaw: !isOneOfMany,
  };
}

/** Renders Azure's reason for a step's failure, and what to do about it. */
function renderReason(
  { step, node, reason, place, hint }: Extract<LogResult, { readonly type: "failed" }>,
): Output {
  const where = node === undefined ? `Step ${step}` : `Step ${step}, node ${node},`;
  const placeText = place === undefined ? "" : ` (at ${place})`;
  const message = `${where} failed: ${reason ?? "Azure gave no reason"}${placeText}`;
  return {
    data: undefined,
    text: "",
    warnings: [{ code: "job.step_failed", message, ...(hint && { hint }) }],
  };
}

/** Shows the status of jobs and their steps. */
export async function* jobShow(
  ctx: CommandContext,
  typed: RunsTyped,
): AsyncIterable<Output> {
  for (const job of await openTyped(ctx, typed)) {
    yield renderRun(await showRun(job), ctx.terminal.outColumns);
  }
}

/** Renders the current state of a job: first why it failed, then its steps in graph order. */
export function renderRun(shown: ShownRun, columns: number | undefined): Output {
  const { job, times, failures, steps, metrics, now, warnings } = shown;
  const { createdAt, startedAt, endedAt } = times ?? {};
  const durationMs = createdAt && (endedAt ?? now).getTime() - createdAt.getTime();
  const { name, displayName, experimentName, status, studioUrl } = job;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["job", name],
    ["status", status],
    ["display name", displayName],
    ["experiment", experimentName],
    ["submitted", createdAt && utcText(createdAt)],
    ["duration", durationMs === undefined ? undefined : durationText(durationMs)],
    ["studio", studioUrl],
  ];
  const facts = rows.flatMap(([label, value]) => value === undefined ? [] : [[label, value]]);
  const stated = steps.map((step) => withStatus(step, isFinal(status) ? NOT_RUN : WAITING));
  return {
    data: {
      name,
      status,
      displayName,
      experimentName,
      studioUrl,
      createdAt,
      startedAt,
      endedAt,
      durationMs,
      ...(failures.length > 0 && { error: failures[0], failures }),
      steps: stated.map(stepData),
      ...(metrics.length > 0 && { metrics: metrics.map(metricData) }),
    },
    text: tableText(facts) + failuresText(failures) +
      tableText(stated.flatMap((step) => [stepCells(step, now), ...nodeCells(step)]), columns) +
      mainMetricsText(metrics, name),
    warnings,
    next: [...new Set(failures.flatMap(({ hint }) => hint ?? []))],
  };
}

/** Renders failures; one that several steps share is printed once. */
function failuresText(failures: readonly StepFailure[]): string {
  const alike = Map.groupBy(failures, ({ reason, place }) => `${reason} ${place}`);
  return [...alike.values()].map(([first, ...others]) =>
    `${failureText(first!)}\n${
      others.length === 0 ? "" : `  The same in ${others.map(({ step }) => step).join(", ")}\n`
    }`
  ).join("");
}

type StatedStep = ShownRun["steps"][number] & { readonly status: string };

/** Adds the status of a step, and replaces that of its nodes that have not started. @param unstarted Status without a run. */
function withStatus(step: ShownRun["steps"][number], unstarted: string): StatedStep {
  const { run, nodeRuns } = step;
  return {
    ...step,
    status: run?.status ?? unstarted,
    ...(nodeRuns && {
      nodeRuns: nodeRuns.map((node) => node.status === WAITING ? { ...node, status: unstarted } : node),
    }),
  };
}

function stepCells({ label, compute, run, status }: StatedStep, now: Date): string[] {
  const { startedAt, endedAt } = run ?? {};
  const took = startedAt === undefined ? "" : durationText((endedAt ?? now).getTime() - startedAt.getTime());
  return [`${markOf(status)} ${label}`, status, took, run?.compute ?? compute ?? ""];
}

/** The nodes of a step that runs several, below it. */
function nodeCells({ nodeRuns = [] }: StatedStep): string[][] {
  return nodeRuns.map(({ name, status, durationMs }) => [
    `  ${markOf(status)} ${name}`,
    status,
    durationMs === undefined ? "" : durationText(durationMs),
    "",
  ]);
}

function stepData({ key, label, compute, run, status, nodeRuns }: StatedStep): unknown {
  const { id, startedAt, endedAt, usage } = run ?? {};
  return {
    step: key,
    node: label,
    status,
    compute: run?.compute ?? compute,
    startedAt,
    endedAt,
    run: id,
    ...(usage && usageData(usage)),
    ...(nodeRuns && {
      nodes: nodeRuns.map(({ name, status, durationMs }) => ({ node: name, status, durationMs })),
    }),
  };
}
