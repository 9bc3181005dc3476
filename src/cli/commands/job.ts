import type { AppContext } from "../../app/context.ts";
import { type DownloadedRun, downloadJob, type DownloadOptions } from "../../app/job/download.ts";
import { writeReports, type WrittenReport } from "../../app/report/run_page.ts";
import { followRuns } from "../../app/runs/follow.ts";
import {
  cancelRuns,
  type OpenedRun,
  openInStudio,
  openRuns,
  type RunTarget,
} from "../../app/runs/targets.ts";
import type { CancelOutcome } from "../../azureml/runs/jobs.ts";
import { UserError } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import type { CommandContext } from "../parse/command.ts";
import {
  followLimits,
  type FollowTyped,
  openTyped,
  type OutputTyped,
  runsRequest,
  type RunsTyped,
} from "../parse/run_requests.ts";
import { renderError } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { sizeText } from "../text/render.ts";
import { renderResults } from "../text/run_results.ts";

/** What is typed for `job cancel`. */
interface JobCancelTyped extends RunsTyped {
  /** Whether to cancel the last job without asking. */
  readonly yes?: boolean;
}

/**
 * Requests the cancellation of jobs, without waiting until they end. If none is named, asks before canceling the last
 * job.
 *
 * @throws {UserError} `usage.not_confirmed` without a name, a terminal and `--yes`.
 */
export async function* jobCancel(
  ctx: CommandContext,
  typed: JobCancelTyped,
): AsyncIterable<Output> {
  const request = runsRequest(typed);
  const isNamed = request.names.length > 0 || request.from !== undefined || typed.yes === true;
  // Without a terminal, the last job is named in the error only: it is not used.
  const isRefused = !isNamed && ctx.person === undefined;
  const jobs = await openRuns(isRefused ? { ...ctx, report: () => {} } : ctx, request);
  if (!isNamed && !await isConfirmed(ctx, jobs)) {
    yield { data: undefined, text: "· Nothing was canceled\n" };
    return;
  }
  const requested: string[] = [];
  for await (const result of cancelRuns(jobs)) {
    if ("canceling" in result && result.canceling.outcome === "requested") requested.push(result.name);
    yield "error" in result
      ? renderNotCanceled(result.name, result.error)
      : renderCanceled(result.name, result.canceling);
  }
  if (requested.length === 0) return;
  const them = requested.length === 1 ? "it" : "them";
  const follow = `Run \`kedro-azureml job follow ${requested.join(" ")}\` to see ${them} end`;
  yield { data: undefined, text: "", next: [follow] };
}

async function isConfirmed(ctx: CommandContext, jobs: readonly RunTarget[]): Promise<boolean> {
  const names = jobs.map(({ name }) => name).join(" ");
  if (ctx.person !== undefined) return await ctx.person.confirm(`Cancel job ${names}?`);
  throw new UserError(`No job given; the last one is ${names}`, {
    code: "usage.not_confirmed",
    hint: `Run \`kedro-azureml job cancel ${names}\`, or pass --yes to cancel the last job`,
  });
}

function renderCanceled(name: string, canceling: CancelOutcome): Output {
  if (canceling.outcome === "requested") {
    return { data: { name, status: "CancelRequested" }, text: `✓ Job ${name}: cancellation requested\n` };
  }
  if (canceling.outcome === "ended") {
    const { status } = canceling;
    return { data: { name, status }, text: `· Job ${name} has already ended: ${status}\n` };
  }
  return {
    data: { name, status: null },
    text: `· Job ${name} never reached Azure; there is nothing to cancel\n`,
  };
}

/** Renders the error of a job, one of several, that could not be canceled. */
function renderNotCanceled(name: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return { data: { name, ...(data as Record<string, unknown>) }, text: `✗ ${text}`, exit: error.exit };
}

/** Downloads the logs and output files of jobs. */
export async function* jobDownload(
  ctx: AppContext,
  typed: RunsTyped & DownloadOptions,
): AsyncIterable<Output> {
  for (const job of await openTyped(ctx, typed)) {
    yield renderDownloaded(await downloadJob(ctx, job, typed));
  }
}

function renderDownloaded({ name, folder, files }: DownloadedRun): Output {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    data: { name, folder, files },
    text: `✓ Job ${name}: downloaded ${countText(files.length, "file")}, ${sizeText(bytes)}, to ${folder}\n`,
  };
}

/** What is typed for `job follow`. */
interface JobFollowTyped extends RunsTyped, Omit<FollowTyped, "waitForCompletion"> {
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
}

/** Follows jobs until they end. */
export async function* jobFollow(ctx: AppContext, typed: JobFollowTyped): AsyncIterable<Output> {
  const { cancelOnInterrupt } = typed;
  const targets = await openTyped(ctx, typed);
  yield* renderResults(followRuns(ctx, targets, { ...followLimits(typed), cancelOnInterrupt }));
}

/** Opens jobs in Azure ML studio. */
export async function* jobOpen(ctx: AppContext, typed: RunsTyped): AsyncIterable<Output> {
  for (const job of await openRuns(ctx, runsRequest(typed))) {
    yield renderOpened(await openInStudio(ctx, job));
  }
}

function renderOpened({ name, studioUrl, opened, reason }: OpenedRun): Output {
  const warnings = reason === undefined
    ? []
    : [{ code: "job.no_browser", message: `No browser was opened: ${reason}` }];
  return { data: { name, studioUrl, opened }, text: `${studioUrl}\n`, warnings };
}

/** What is typed for `job report`. */
interface JobReportTyped extends RunsTyped, OutputTyped {
  readonly logs?: boolean;
  readonly previews?: boolean;
}

/** Writes a page for each job. */
export async function* jobReport(ctx: AppContext, typed: JobReportTyped): AsyncIterable<Output> {
  const { output: file = "report.html", force, logs, previews } = typed;
  const reports = writeReports(ctx, await openTyped(ctx, typed), { file, force, logs, previews });
  for await (const report of reports) yield renderReport(report);
}

/** Renders a page that was written. */
export function renderReport({ name, status, file, sizeBytes, steps, notices }: WrittenReport): Output {
  return {
    data: { name, status, file, sizeBytes, steps },
    text: `✓ Job ${name}: wrote ${file}, ${sizeText(sizeBytes)}\n`,
    warnings: notices.map((message) => ({ code: "report.incomplete", message })),
  };
}
