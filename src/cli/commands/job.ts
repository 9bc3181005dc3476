import type { DownloadedRun } from "../../app/job/download.ts";
import type { LogResult } from "../../app/job/logs.ts";
import type { WrittenReport } from "../../app/report/run_page.ts";
import type { openInStudio, RunTarget } from "../../app/runs/targets.ts";
import type { CancelOutcome } from "../../azureml/runs/jobs.ts";
import { UserError } from "../../core/errors.ts";
import { bytesOf, countText, sizeText } from "../../core/format.ts";
import { noCommands, shellWord } from "../../core/untrusted.ts";
import { command, type CommandContext } from "../parse/command.ts";
import { flag, text, value } from "../parse/field.ts";
import {
  cancelingOnInterrupt,
  FILE_OF_JOBS,
  ofStep,
  overwriting,
  readable,
  runNames,
  targeted,
} from "../parse/options.ts";
import { milliseconds } from "../parse/values.ts";
import { prefixed, readableLog } from "../terminal/follow_events.ts";
import { renderError } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { renderResults } from "../text/run_results.ts";
import { compare } from "./compare.ts";
import { list } from "./job_list.ts";
import { metrics } from "./job_metrics.ts";
import { openNamed, openReadable, show } from "./job_show.ts";

const follow = command({
  name: "follow",
  alias: "watch",
  about: "Follow jobs until they end",
  examples: [["job follow brave_fox_1234567890", "Follow a running job"]],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: {
    ...readable(),
    logs: flag("--logs", "also print the logs of running steps"),
    timeoutMs: value(
      "--timeout <time>",
      "stop following after this time, such as 90s or 2h; the job keeps running",
      milliseconds,
    ),
    ...cancelingOnInterrupt("the jobs"),
  },
  async *run(ctx, typed) {
    const { logs, timeoutMs, cancelOnInterrupt } = typed;
    const { followRuns } = await import("../../app/runs/follow_runs.ts");
    const jobs = await openReadable(ctx, typed);
    yield* renderResults(followRuns(ctx, jobs, { logs, timeoutMs, cancelOnInterrupt }));
  },
});

const logs = command({
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
    const { names: [name, ...others], step, rehearsal, from } = typed;
    const { explainStepName, jobLogs } = await import("../../app/job/logs.ts");
    try {
      const jobs = await openReadable(ctx, typed);
      for (const job of jobs) {
        if (jobs.length > 1) yield { text: `Job ${job.name}:\n` };
        for await (const result of jobLogs(job, typed)) {
          yield result.type === "log"
            ? renderLog(job.name, result, ctx.terminal.outColumns)
            : result.type === "failed"
            ? renderReason(result)
            : {
              text: "",
              warnings: [{
                code: "job.no_logs",
                message: `No step of job ${job.name} failed (status: ${result.status})`,
              }],
            };
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

const report = command({
  name: "report",
  about: "Write an HTML report with the graph, timeline and logs of a job",
  examples: [
    ["job report -o report.html", "Write a report on the last job"],
  ],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: {
    ...readable(),
    ...overwriting(),
    output: text(
      "-o, --output <file>",
      "HTML file to write (default: report.html); with several jobs, one file per job",
    ),
    logs: flag("--no-logs", "omit the logs of steps"),
    previews: flag("--previews", "include the beginning of text files and small images that steps wrote"),
  },
  async *run(ctx, typed) {
    const { output: file = "report.html", force, logs, previews } = typed;
    const { writeReports } = await import("../../app/report/run_page.ts");
    const reports = writeReports(ctx, await openReadable(ctx, typed), { file, force, logs, previews });
    for await (const report of reports) yield renderReport(report);
  },
});

export function renderReport({ name, status, file, sizeBytes, steps, notices }: WrittenReport): Output {
  return {
    data: { name, status, file, sizeBytes, steps },
    text: `✓ Job ${name}: wrote ${file}, ${sizeText(sizeBytes)}\n`,
    // report.incomplete: A part of the report could not be read. The report says which.
    warnings: notices.map((message) => ({ code: "report.incomplete", message })),
  };
}

const open = command({
  name: "open",
  about: "Open jobs in Azure ML studio, or print their links if there is no browser",
  examples: [["job open", "Open the last job in Azure ML studio"]],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: targeted(FILE_OF_JOBS),
  async *run(ctx, typed) {
    const { openInStudio } = await import("../../app/runs/targets.ts");
    const afterRehearsal = "`kedro-azureml job report --rehearsal` writes the page of the last rehearsal";
    for (const job of await openNamed(ctx, { ...typed, afterRehearsal })) {
      yield renderOpened(await openInStudio(ctx, job));
    }
  },
});

function renderOpened({ name, studioUrl, opened, reason }: Awaited<ReturnType<typeof openInStudio>>): Output {
  const warnings = reason === undefined
    ? []
    // job.no_browser: No browser could be opened. Open the printed address.
    : [{ code: "job.no_browser", message: `No browser was opened: ${reason}` }];
  return { data: { name, studioUrl, opened }, text: `${studioUrl}\n`, warnings };
}

const download = command({
  name: "download",
  about: "Download the logs of jobs, or the data that they wrote",
  examples: [
    ["job download --outputs -o results", "Download the datasets that the last job wrote"],
  ],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: {
    ...readable(),
    ...overwriting(),
    output: text("-o, --output <dir>", "folder to write to, one subfolder per job (default: current folder)"),
    logs: flag("--logs", "download logs, but no files from outputs/ folders"),
    outputs: flag("--outputs", "download datasets that steps wrote, and files in their outputs/ folders"),
    dataset: text("--dataset <name>", "download only this dataset of the catalog"),
    ...ofStep,
  },
  async *run(ctx, typed) {
    const { downloadJob } = await import("../../app/job/download.ts");
    for (const job of await openReadable(ctx, typed)) {
      yield renderDownloaded(await downloadJob(ctx, job, typed));
    }
  },
});

function renderDownloaded({ name, folder, files }: DownloadedRun): Output {
  const bytes = bytesOf(files);
  return {
    data: { name, folder, files },
    text: `✓ Job ${name}: downloaded ${countText(files.length, "file")}, ${sizeText(bytes)}, to ${folder}\n`,
  };
}

/** Requests the cancellation of jobs, without waiting until they end. */
const cancel = command({
  name: "cancel",
  alias: "stop",
  about: "Cancel jobs; skip those that have already ended",
  examples: [["job cancel brave_fox_1234567890", "Cancel a job"]],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: {
    ...targeted(FILE_OF_JOBS),
    yes: flag("-y, --yes", "do not ask before canceling the last job"),
  },
  async *run(ctx, typed) {
    const { cancelRuns } = await import("../../app/runs/targets.ts");
    const isNamed = typed.names.length > 0 || typed.from !== undefined || typed.yes === true;
    // Without a terminal, the last job is named in the error only: it is not used.
    const isRefused = !isNamed && ctx.person === undefined;
    const jobs = await openNamed(isRefused ? { ...ctx, report: () => {} } : ctx, typed);
    if (!isNamed && !await isConfirmed(ctx, jobs)) {
      yield { text: "· Nothing was canceled\n" };
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
    yield { text: "", next: [follow] };
  },
});

/** Asks before canceling the last job. @throws {UserError} `usage.not_confirmed` without a terminal. */
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

function renderNotCanceled(name: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return { data: { name, ...(data as Record<string, unknown>) }, text: `✗ ${text}`, exit: error.exit };
}

export const job = command({
  name: "job",
  about: "Manage jobs in Azure ML",
  examples: [
    ["job list", "List the newest jobs"],
    ["job logs --failed", "Print the logs of the failed steps of the last job"],
  ],
  commands: [list, show, follow, logs, metrics, compare, report, open, download, cancel],
});
