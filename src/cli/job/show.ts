import { type ShownRun, showRun } from "../../app/runs/show.ts";
import type { AppContext } from "../../app/context.ts";
import { openRuns, type RunTargetOptions } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";
import { type BoardNode, NOT_RUN, WAITING } from "../../app/step_board.ts";
import { isFinal } from "../../azureml/jobs/job.ts";
import { tableText } from "../text/table.ts";
import { markOf } from "../text/marks.ts";
import { durationText } from "../text/units.ts";

/** Shows the status of jobs and their steps. */
export async function* jobShow(ctx: AppContext, options: RunTargetOptions): AsyncIterable<Output> {
  for (const job of await openRuns(ctx, options)) yield renderRun(await showRun(job));
}

/** Renders the current state of a job, with its steps in graph order. */
function renderRun({ job, steps, now, warnings }: ShownRun): Output {
  const { name, displayName, experimentName, status, studioUrl } = job;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["job", name],
    ["status", status],
    ["display name", displayName],
    ["experiment", experimentName],
    ["studio", studioUrl],
  ];
  const unstarted = isFinal(status) ? NOT_RUN : WAITING;
  const shown = rows.flatMap(([label, value]) => value === undefined ? [] : [[label, value]]);
  return {
    data: {
      name,
      status,
      displayName,
      experimentName,
      studioUrl,
      steps: steps.map((step) => stepData(step, unstarted)),
    },
    text: tableText(shown) +
      tableText(steps.flatMap((step) => [stepCells(step, now, unstarted), ...nodeCells(step, unstarted)])),
    warnings,
  };
}

type ShownStep = ShownRun["steps"][number];

function stepCells({ label, compute, run }: ShownStep, now: Date, unstarted: string): string[] {
  const { status = unstarted, startedAt, endedAt } = run ?? {};
  const took = startedAt === undefined ? "" : durationText((endedAt ?? now).getTime() - startedAt.getTime());
  return [`${markOf(status)} ${label}`, status, took, run?.compute ?? compute ?? ""];
}

/** The nodes of a step that runs several, below it. */
function nodeCells({ nodeRuns = [] }: ShownStep, unstarted: string): string[][] {
  return nodeRuns.map((node) => nodeNow(node, unstarted)).map(({ name, status, durationMs }) => [
    `  ${markOf(status)} ${name}`,
    status,
    durationMs === undefined ? "" : durationText(durationMs),
    "",
  ]);
}

function nodeNow(node: BoardNode, unstarted: string): BoardNode {
  return node.status === WAITING ? { ...node, status: unstarted } : node;
}

function stepData({ key, label, compute, run, nodeRuns }: ShownStep, unstarted: string): unknown {
  const { id, status = unstarted, startedAt, endedAt } = run ?? {};
  return {
    ...{ step: key, node: label, status, compute: run?.compute ?? compute, startedAt, endedAt, run: id },
    ...(nodeRuns && {
      nodes: nodeRuns.map((node) => nodeNow(node, unstarted)).map(({ name, status, durationMs }) => ({
        ...{ node: name, status, durationMs },
      })),
    }),
  };
}
