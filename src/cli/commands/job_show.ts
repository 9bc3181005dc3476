import { resolve } from "node:path";
import type { AppContext } from "../../app/context.ts";
import type { ShownRun } from "../../app/job/job.ts";
import type { LogResult } from "../../app/job/logs.ts";
import type { RunsRequest, RunTarget } from "../../app/runs/targets.ts";
import type { StepFailure } from "../../azureml/runs/open_run.ts";
import { UserError } from "../../core/errors.ts";
import { durationText } from "../../core/format.ts";
import { isFinal, NOT_RUN, WAITING } from "../../core/runs.ts";
import { noCommands, shellWord } from "../../core/untrusted.ts";
import { command } from "../parse/command.ts";
import { flag } from "../parse/field.ts";
import { ofStep, readable, runNames } from "../parse/options.ts";
import { prefixed, readableLog } from "../terminal/follow_events.ts";
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

export const logs = command({
  name: "logs",
  about: "Print the logs of jobs",
  examples: [
    ["job logs --failed", "Print the logs of failed steps of the last job"],
    ["job logs brave_fox_1234567890 --follow", "Print logs while the job runs"],
  ],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: {
    ...readable(),
    ...ofStep,
    failed: flag("--failed", "only failed steps; with --follow, printed when the job has ended"),
    follow: flag("-f, --follow", "keep printing until the job ends"),
  },
  async *run(ctx, typed) {
    const { follow, failed, names: [name, ...others], step, rehearsal, from } = typed;
    const { explainStepName, followLogs, readLogs } = await import("../../app/job/logs.ts");
    try {
      const jobs = await openReadable(ctx, typed);
      for (const job of jobs) {
        if (jobs.length > 1) yield { text: `Job ${job.name}:\n` };
        // Only at the end of a job is it known which steps failed, so nothing is printed before.
        if (follow && failed) { for await (const _ of followLogs(job, {})) continue; }
        const results = follow && !failed ? followLogs(job, typed) : readLogs(job, typed);
        for await (const result of results) {
          yield result.type === "log"
            ? renderLog(job.name, result, ctx.terminal.outColumns)
            : renderReason(result);
        }
      }
    } catch (thrown) {
      if (name === undefined || others.length > 0 || step !== undefined) throw thrown;
      const quiet = { ...ctx, report() {} };
      const where = rehearsal ? "--rehearsal " : from === undefined ? "" : `--from ${shellWord(from)} `;
      throw await explainStepName(thrown, name, where, () => openReadable(quiet, { ...typed, names: [] }));
    }
  },
});

/** Renders one log as it is, on a terminal for people; if there are several logs, each line starts with its step. */
function renderLog(
  name: string,
  { step, file, text, isOneOfMany }: Extract<LogResult, { readonly type: "log" }>,
  columns: number | undefined,
): Output {
  const one = columns === undefined ? noCommands(text) : `${readableLog(text)}\n`;
  return {
    data: { type: "log", name, step, file, text },
    text: isOneOfMany ? `${prefixed({ step, file, text }, columns)}\n` : one,
    isRaw: !isOneOfMany,
  };
}

function renderReason(
  { step, node, reason, place, hint }: Extract<LogResult, { readonly type: "failed" }>,
): Output {
  const where = node === undefined ? `Step ${step}` : `Step ${step}, node ${node},`;
  const placeText = place === undefined ? "" : ` (at ${place})`;
  const message = `${where} failed: ${reason ?? "Azure gave no reason"}${placeText}`;
  return {
    text: "",
    // job.step_failed: A step failed; the message has Azure's reason. Read its log.
    warnings: [{ code: "job.step_failed", message, ...(hint && { hint }) }],
  };
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
