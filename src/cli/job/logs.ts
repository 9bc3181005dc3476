import { followLogs, type LogResult, type LogsOptions, readLogs } from "../../app/job/logs.ts";
import type { CommandContext } from "../command/declare.ts";
import { openTyped, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { noCommands } from "../../core/text/sanitize.ts";
import { prefixed } from "../text/log.ts";

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
