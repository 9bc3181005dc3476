import type { Workspace } from "../../azureml/client/workspace.ts";
import { cancelJob } from "../../azureml/runs/jobs.ts";
import type { KnownComponents } from "../../azureml/submit/components.ts";
import type { Context } from "../../core/context.ts";
import { inQuotes, type UserError, userErrorOf } from "../../core/errors.ts";
import { interruption } from "../../core/interruption.ts";
import { endsWithCommand } from "../../core/net/cloud_hosts.ts";
import type { RecordedJob } from "../context.ts";

/** Azure's response to the request that submits a job; `unknown` if there was none. */
export type SubmitAnswer = "taken" | "refused" | "unknown";

export interface LedgerJob extends RecordedJob {
  readonly opened: Workspace;
  readonly at: string;
  readonly components: KnownComponents;
  /** Resolves when Azure has responded, or when the command stops waiting for the response. */
  readonly answered: Promise<SubmitAnswer>;
}

interface InterruptedJob {
  readonly job: LedgerJob;
  readonly outcome:
    /** Azure accepted the request to cancel it. */
    | "requested"
    | "ended"
    /** It never reached Azure. */
    | "not sent"
    | "goes on"
    /** It was being sent, and Azure may have it. */
    | "unknown";
  /** Why it could not be canceled. */
  readonly problem?: string;
}

/** Time to wait for the response to a job that is being sent, before canceling it anyway. */
const ANSWER_MS = 1000;
/** Time between attempts to cancel a job that Azure does not have yet. */
const RETRY_MS = 500;

/** Cancels a command's jobs after an interrupt, or finds out which of them keep running; all in parallel. */
export async function settleJobs(
  jobs: readonly LedgerJob[],
  options: {
    readonly clock: Context["clock"];
    readonly cancel: boolean;
  },
): Promise<readonly InterruptedJob[]> {
  return await Promise.all(jobs.map((job) => options.cancel ? cancel(job, options.clock) : keepRunning(job)));
}

async function keepRunning(job: LedgerJob): Promise<InterruptedJob> {
  const answer = await job.answered;
  if (endsWithCommand(job.studioUrl)) return { job, outcome: "ended" };
  return { job, outcome: answer === "taken" ? "goes on" : answer === "refused" ? "not sent" : "unknown" };
}

/** Cancels a job. The request to cancel may overtake the request to submit, so a job that does not exist is retried. */
async function cancel(job: LedgerJob, clock: Context["clock"]): Promise<InterruptedJob> {
  const workspace = job.opened.patient();
  let submitAnswer: SubmitAnswer | undefined;
  const answered = job.answered.then((value) => submitAnswer = value);
  await Promise.race([answered, clock.sleep(ANSWER_MS)]);
  try {
    while (submitAnswer !== "refused") {
      const isLast = submitAnswer === "unknown";
      const { outcome } = await cancelJob(workspace, job.name);
      if (outcome !== "absent") return { job, outcome };
      if (isLast) break;
      await clock.sleep(RETRY_MS, workspace.signal);
    }
    return { job, outcome: "not sent" };
  } catch (thrown) {
    const outcome = submitAnswer === "taken" ? "goes on" : "unknown";
    if (workspace.signal.aborted) return { job, outcome };
    return { job, outcome, problem: userErrorOf(thrown).message };
  }
}

/** The error of an interrupted command: what happened to its jobs, and the next command to run. */
export function interruptedError(
  settled: readonly InterruptedJob[],
  { signal, file }: { readonly signal: AbortSignal; readonly file?: string | undefined },
): UserError {
  const named = (outcome: InterruptedJob["outcome"]) =>
    settled.filter((run) => run.outcome === outcome).map(({ job }) => job.name);
  const [requested, running, unknown] = [named("requested"), named("goes on"), named("unknown")];
  const isNothing = settled.every(({ outcome }) => outcome === "not sent");
  const sentences = [
    sentence(running, "keeps running", "keep running"),
    sentence(requested, "is being canceled", "are being canceled"),
    sentence(unknown, "may have been submitted", "may have been submitted"),
    isNothing ? "nothing was submitted" : undefined,
  ].flatMap((part) => part ?? []);
  const hint = isNothing
    ? "Run the command again; files that were uploaded are not sent again"
    : nextCommand([...running, ...unknown], requested, file);
  return interruption(signal.reason, sentences, {
    hint,
    details: settled.flatMap(({ problem }) => problem ?? []),
    data: { jobs: settled.map(({ job, outcome }) => ({ name: job.name, outcome })) },
  });
}

function nextCommand(
  going: readonly string[],
  requested: readonly string[],
  file: string | undefined,
): string | undefined {
  const [first] = going;
  if (first === undefined) {
    return requested.length === 0
      ? undefined
      : `Run \`kedro-azureml job show ${requested[0]}\` to see how it ended`;
  }
  const follow = going.length === 1 ? `\`kedro-azureml job follow ${first}\`, or ` : "";
  const cancel = file === undefined ? going.join(" ") : `--from ${file}`;
  return `Run ${follow}\`kedro-azureml job cancel ${cancel}\` to stop ${going.length === 1 ? "it" : "them"}`;
}

function sentence(names: readonly string[], one: string, many: string): string | undefined {
  if (names.length === 0) return undefined;
  return names.length === 1 ? `job ${inQuotes(names)} ${one}` : `jobs ${inQuotes(names)} ${many}`;
}
