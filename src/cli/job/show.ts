import { isFinal, NOT_RUN, WAITING } from "../../core/run.ts";
import { type ShownRun, showRun } from "../../app/job/show.ts";
import type { CommandContext } from "../command/declare.ts";
import { openTyped, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { usageData } from "../text/run_results.ts";
import { mainMetricsText, metricData } from "../text/main_metrics.ts";
import { tableText } from "../text/table.ts";
import type { StepFailure } from "../../app/job/logs.ts";
import { failureText } from "../text/error.ts";
import { utcText } from "../text/units.ts";
import { markOf } from "../text/paint.ts";
import { durationText } from "../../core/text/duration.ts";

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
