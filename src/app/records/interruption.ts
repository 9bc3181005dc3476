import { cancelJob } from "../../azureml/jobs/job.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { RecordedJob } from "../context.ts";

/** What Azure said to a job; nobody knows where there was no answer. */
export type Answer = "taken" | "refused" | "unknown";

/** A job of the account. */
export interface SentJob extends RecordedJob {
  readonly opened: Workspace;
  /** When it was sent, in ISO 8601. */
  readonly at: string;
  /** Resolves when Azure has answered, or nobody waits for its answer any more. */
  readonly answered: Promise<Answer>;
}

/** What became of one job at an interrupt. */
export interface JobFate {
  readonly job: SentJob;
  readonly fate:
    /** Azure was asked to cancel it. */
    | "asked"
    /** It had come to its end, or Azure never got it. */
    | "ended"
    | "goes on"
    /** Nobody knows whether Azure has it. */
    | "unknown";
  /** Why it could not be cancelled. */
  readonly problem?: string;
}

/** How an interrupt is met. */
export interface InterruptionOptions {
  readonly clock: Context["clock"];
  /** Whether the jobs are cancelled; else they go on. */
  readonly cancel: boolean;
}

/** Milliseconds that the answer to a job that is on its way is waited for before it is cancelled all the same. */
const ANSWER_MS = 1000;
/** Milliseconds between two attempts to cancel a job that Azure does not have yet. */
const AGAIN_MS = 500;

/** Decides what becomes of a command's jobs at an interrupt, all at once, as long as requests may outlast it. */
export async function becomesOf(
  jobs: readonly SentJob[],
  options: InterruptionOptions,
): Promise<readonly JobFate[]> {
  return await Promise.all(jobs.map((job) => options.cancel ? stop(job, options.clock) : leave(job)));
}

async function leave(job: SentJob): Promise<JobFate> {
  const answer = await job.answered;
  return { job, fate: answer === "taken" ? "goes on" : answer === "refused" ? "ended" : "unknown" };
}

/** Cancels a job, even one that Azure gets only now: the cancelling may arrive before the job. */
async function stop(job: SentJob, clock: Context["clock"]): Promise<JobFate> {
  const workspace = job.opened.patient();
  let answer: Answer | undefined;
  const answered = job.answered.then((one) => answer = one);
  await Promise.race([answered, clock.sleep(ANSWER_MS)]);
  try {
    while (answer !== "refused") {
      const isLast = answer === "unknown";
      const { outcome } = await cancelJob(workspace, job.name);
      if (outcome !== "absent") return { job, fate: outcome };
      if (isLast) break;
      await clock.sleep(AGAIN_MS, workspace.signal);
    }
    return { job, fate: "ended" };
  } catch (thrown) {
    if (workspace.signal.aborted) return { job, fate: answer === "taken" ? "goes on" : "unknown" };
    if (!(thrown instanceof UserError)) throw thrown;
    return { job, fate: answer === "taken" ? "goes on" : "unknown", problem: thrown.message };
  }
}

/** Says what became of the jobs at an interrupt, and what to type next. */
export function interruptedError(
  fates: readonly JobFate[],
  { signal, file }: { readonly signal: AbortSignal; readonly file?: string | undefined },
): UserError {
  const named = (fate: JobFate["fate"]) =>
    fates.filter((one) => one.fate === fate).map(({ job }) => job.name);
  const [asked, goOn, unknown] = [named("asked"), named("goes on"), named("unknown")];
  const said = [
    told(goOn, "goes on", "go on"),
    told(asked, "is asked to stop", "are asked to stop"),
    told(unknown, "was being sent, Azure may have it", "were being sent, Azure may have them"),
  ].flatMap((one) => one ?? []);
  const left = [...goOn, ...unknown];
  const follow = left.length === 1 ? `\`kedro-azureml job follow ${left[0]}\`, or ` : "";
  const cancel = file === undefined ? left.join(" ") : `--from ${file}`;
  const hint = left.length > 0
    ? `Run ${follow}\`kedro-azureml job cancel ${cancel}\` to stop ${left.length === 1 ? "it" : "them"}`
    : asked.length > 0
    ? `Run \`kedro-azureml job show ${asked[0]}\` to see its end`
    : undefined;
  return new UserError([`Interrupted by ${signal.reason}`, ...said].join("; "), {
    code: "interrupted",
    exit: signal.reason === "SIGTERM" ? ExitCode.Terminated : ExitCode.Interrupted,
    ...(hint !== undefined && { hint }),
    details: fates.flatMap(({ problem }) => problem ?? []),
    data: { jobs: fates.map(({ job, fate }) => ({ name: job.name, fate })) },
  });
}

function told(names: readonly string[], one: string, many: string): string | undefined {
  if (names.length === 0) return undefined;
  const quoted = names.map((name) => `"${name}"`).join(", ");
  return names.length === 1 ? `job ${quoted} ${one}` : `jobs ${quoted} ${many}`;
}
