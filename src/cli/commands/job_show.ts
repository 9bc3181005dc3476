import { resolve } from "node:path";
import type { AppContext } from "../../app/context.ts";
import type { ShownRun } from "../../app/job/job.ts";
import type { RunsRequest, RunTarget } from "../../app/runs/targets.ts";
import type { StepFailure } from "../../azureml/runs/open_run.ts";
import { UserError } from "../../core/errors.ts";
import { durationText } from "../../core/format.ts";
import { isFinal, NOT_RUN, WAITING } from "../../core/runs.ts";
import { command } from "../parse/command.ts";
import { readable, runNames } from "../parse/options.ts";
import { failureText } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { markOf, tableText, utcText } from "../text/render.ts";
import { mainMetricsText, metricData, stepData } from "../text/run_results.ts";

/** Opens the runs that were named, or those of a file. @throws {UserError} `usage.from_and_name` for both. */
export async function openNamed(ctx: AppContext, typed: RunsRequest): Promise<readonly RunTarget[]> {
  if (typed.names.length > 0 && typed.from !== undefined) {
    throw new UserError("`--from` cannot be combined with the name of a job", {
      // usage.from_and_name: `--from` and names exclude each other. Omit one.
      code: "usage.from_and_name",
      hint: "Omit one of them",
    });
  }
  const { openRuns } = await import("../../app/runs/targets.ts");
  return await openRuns(ctx, typed);
}

/**
 * Opens the runs that a command reads, which may also be the last rehearsal, or what an emulator kept in a folder.
 *
 * @throws {UserError} as {@linkcode openNamed}, and `kept.*`.
 */
export async function openReadable(
  ctx: AppContext,
  { rehearsal = false, ...typed }: RunsRequest & { readonly rehearsal?: boolean | undefined },
): Promise<readonly RunTarget[]> {
  const { names } = typed;
  const from = rehearsal
    ? await (await import("../../app/runs/rehearsals.ts")).lastRehearsal(ctx, typed)
    : typed.from;
  if (from !== undefined && (await ctx.fs.stat(resolve(ctx.cwd, from)))?.kind === "folder") {
    const { openKept } = await import("../../app/emulator/kept.ts");
    return await openKept(ctx, { from, names });
  }
  return await openNamed(ctx, { ...typed, afterRehearsal: "Add `--rehearsal` for the last rehearsal" });
}

export const show = command({
  name: "show",
  alias: "view",
  about: "Show the status of jobs and their steps",
  examples: [
    ["job show main", "Show the last run of a job in azureml.yml"],
    ["job show brave_fox_1234567890 --json", "Get the status, for scripts"],
  ],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: readable(),
  async *run(ctx, typed) {
    const { showRun } = await import("../../app/job/job.ts");
    for (const job of await openReadable(ctx, typed)) {
      yield renderRun(await showRun(job), ctx.terminal.outColumns);
    }
  },
});

/** Renders the current state of a job: first why it failed, then its steps in graph order. */
function renderRun(shown: ShownRun, columns: number | undefined): Output {
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
      steps: stated.map((step) => shownStepData(step, failures)),
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

function nodeCells({ nodeRuns = [] }: StatedStep): string[][] {
  return nodeRuns.map(({ name, status, durationMs }) => [
    `  ${markOf(status)} ${name}`,
    status,
    durationMs === undefined ? "" : durationText(durationMs),
    "",
  ]);
}

function shownStepData(
  { key, label, compute, run, status, nodeRuns }: StatedStep,
  failures: readonly StepFailure[],
): unknown {
  const { id, startedAt, endedAt, usage } = run ?? {};
  const reason = failures.find(({ step }) => step === label)?.reason;
  return {
    ...stepData({ key, label, status, startedAt, endedAt, reason, usage }),
    compute: run?.compute ?? compute,
    run: id,
    ...(nodeRuns && {
      nodes: nodeRuns.map(({ name, status, durationMs }) => ({ node: name, status, durationMs })),
    }),
  };
}
