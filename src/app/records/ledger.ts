import { isFinal, MAY_BE_THERE } from "../../azureml/jobs/job.ts";
import type { SendingJob } from "../../azureml/submit/submit.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { AppContext, RecordedJob } from "../context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { JobEnding } from "../step_board.ts";
import type { Board } from "../step_board.ts";
import { type Answer, becomesOf, interruptedError, type SentJob } from "./interruption.ts";
import { type JobsFile, SENDING } from "./jobs_file.ts";
import { forgetJob, rememberJob } from "./remembered_jobs.ts";

/** Keeps account of the jobs that one command has to do with, so that none of them is ever lost. */
export interface SentJobs {
  /** Before a job is sent. @throws {UserError} `file.not_written`: then it must not be sent. */
  sending(job: SendingJob, workspace: Workspace): Promise<void>;
  /** When Azure has it, now or from before. */
  accepted(job: TakenJob, workspace: Workspace): Promise<void>;
  /** When a job of azureml.yml failed in any way: one that Azure refused is no job. */
  failed(job: string, thrown: unknown): Promise<void>;
  ended(end: JobEnding): Promise<void>;
  /** Tells the CI system, where there is one, what became of the jobs; the last thing that is done. */
  close(): Promise<void>;
  /** Waits for what becomes of the jobs at an interrupt, and says it. */
  interrupted(): Promise<UserError>;
}

/** A job that Azure has. */
export interface TakenJob extends SendingJob {
  readonly status: string;
  /** Kept up to date by whoever follows the job. */
  readonly board: Board;
}

/** What the account is kept for. */
export interface SentJobsOptions {
  /** The project's folder, where its last jobs are to be remembered. */
  readonly root?: string;
  /** The Kedro environment. */
  readonly env: string;
  readonly jobsFile?: JobsFile | undefined;
  /** Whether an interrupt cancels the jobs. */
  readonly cancelOnInterrupt?: boolean;
  readonly json?: boolean;
}

/** Opens the account of a command's jobs; an interrupt cancels them from then on, where that is asked for. */
export function openSentJobs(ctx: AppContext, options: SentJobsOptions): SentJobs {
  const { root, env, jobsFile, cancelOnInterrupt = false } = options;
  const boards = new Map<string, Board>();
  const jobs = new Map<string, SentJob & { settle(answer: Answer): void }>();
  const open = () => [...jobs.values()].filter(({ status }) => !isFinal(status));
  let fates: ReturnType<typeof becomesOf> | undefined;
  const decide = () => fates ??= becomesOf(open(), { clock: ctx.clock, cancel: cancelOnInterrupt });
  ctx.signal.addEventListener("abort", decide);

  const filed = () => [...jobs.values()].map(toFiled);
  const file = async () => {
    await jobsFile?.write(filed());
    await ctx.ci?.setOutputs(filed());
  };
  /** A job that Azure has is not given up because of a full disk. */
  const tryToFile = async () => {
    try {
      await file();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      const { code, message } = thrown;
      ctx.report({ type: "warning", warning: { code, message } });
    }
  };
  const remember = async ({ workspace, name, job, studioUrl, at, status }: SentJob) => {
    if (root === undefined) return;
    await rememberJob(ctx, root, { name, job, env, workspace, studioUrl, at, sent: status !== SENDING });
  };
  const note = (job: SendingJob, status: string, opened: Workspace) => {
    const before = jobs.get(job.name);
    const { promise: answered, resolve: settle } = Promise.withResolvers<Answer>();
    const at = before?.at ?? ctx.clock.now().toISOString();
    const fresh = { ...job, status, opened, workspace: opened.config, at, answered, settle };
    const kept = before === undefined ? fresh : { ...before, ...job, status };
    jobs.set(job.name, kept);
    return kept;
  };

  return {
    async sending(job, workspace) {
      const noted = note(pick(job), SENDING, workspace);
      try {
        await file();
      } catch (thrown) {
        jobs.delete(job.name);
        throw thrown;
      }
      await remember(noted);
    },
    async accepted(job, workspace) {
      const noted = note(pick(job), job.status, workspace);
      noted.settle("taken");
      boards.set(job.name, job.board);
      await remember(noted);
      await tryToFile();
    },
    async failed(job, thrown) {
      const known = [...jobs.values()].find((one) => one.job === job && one.status === SENDING);
      if (known === undefined) return;
      if (!isRefusal(thrown)) return known.settle("unknown");
      known.settle("refused");
      jobs.delete(known.name);
      if (root !== undefined) await forgetJob(ctx, root, known);
      await tryToFile();
    },
    async ended({ job: name, status, durationMs }) {
      const known = jobs.get(name);
      if (known === undefined) return;
      jobs.set(name, { ...known, status, durationMs });
      await tryToFile();
    },
    async close() {
      ctx.signal.removeEventListener("abort", decide);
      await ctx.ci?.summarize(filed().map((job) => ({ ...job, steps: boards.get(job.name)?.steps() ?? [] })));
    },
    async interrupted() {
      const known = await decide();
      for (const { job, fate } of known) {
        if (fate === "asked") jobs.set(job.name, { ...jobs.get(job.name)!, status: "CancelRequested" });
      }
      await tryToFile();
      return interruptedError(known, { signal: ctx.signal, file: jobsFile?.shown });
    },
  };
}

function pick({ job, name, studioUrl }: SendingJob): SendingJob {
  return { job, name, studioUrl };
}

function toFiled({ job, name, status, studioUrl, workspace, durationMs }: SentJob): RecordedJob {
  return { job, name, status, studioUrl, workspace, ...(durationMs !== undefined && { durationMs }) };
}

/** Whether Azure said no; without an answer nobody knows. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof UserError && thrown.data[MAY_BE_THERE] !== true &&
    (thrown.exit === ExitCode.Rejected || thrown.exit === ExitCode.Auth);
}
