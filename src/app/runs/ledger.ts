import { stepsToMermaid } from "../../azureml/job/steps.ts";
import { isFinal } from "../../core/runs.ts";
import { MAY_BE_THERE } from "../../azureml/submit/send_job.ts";
import type { SendingJob } from "../../azureml/submit/submit.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { AppContext } from "../context.ts";
import { ExitCode, UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { endsWithCommand } from "../../core/net/cloud_hosts.ts";
import type { Board, JobEnding } from "../../azureml/runs/follow_job.ts";
import { interruptedError, type LedgerJob, settleJobs, type SubmitAnswer } from "./interrupted_jobs.ts";
import { type JobsFile, toFiled } from "./jobs_file.ts";
import { forgetJob, rememberJob } from "./submitted_jobs.ts";

/** The status of a job until Azure has responded. */
export const SENDING = "Sending";

interface AcceptedJob extends SendingJob {
  readonly status: string;
  readonly board: Board;
}

/**
 * Opens the ledger of a command's jobs, which records them before they are sent and whenever their state changes, so that
 * none is lost; with `cancelOnInterrupt`, an interrupt cancels them from then on.
 */
export function openLedger(ctx: AppContext, options: {
  /** The project's folder, for which the last jobs are remembered. */
  readonly root?: string;
  readonly env: string;
  readonly jobsFile?: JobsFile | undefined;
  readonly cancelOnInterrupt?: boolean | undefined;
}) {
  const { root, env, jobsFile, cancelOnInterrupt = false } = options;
  const boards = new Map<string, Board>();
  const jobs = new Map<string, LedgerJob & { resolve(answer: SubmitAnswer): void }>();
  const open = () => [...jobs.values()].filter(({ status }) => !isFinal(status));
  let settled: ReturnType<typeof settleJobs> | undefined;
  const settle = () => settled ??= settleJobs(open(), { clock: ctx.clock, cancel: cancelOnInterrupt });
  ctx.signal.addEventListener("abort", settle);

  const filed = () => [...jobs.values()].map(toFiled);
  const file = async () => {
    await jobsFile?.write(filed());
    await ctx.ci?.setOutputs(filed());
  };
  /** Azure already has the job, so a full disk is only a warning. */
  const tryToFile = async () => {
    try {
      await file();
    } catch (thrown) {
      const { code, message } = userErrorOf(thrown);
      ctx.report({ type: "warnings", warnings: [{ code, message }] });
    }
  };
  let isWarned = false;
  const remember = async ({ workspace, name, job, studioUrl, at, status, components }: LedgerJob) => {
    if (root === undefined) return;
    const sent = status !== SENDING;
    const why = await rememberJob(ctx, root, { name, job, env, workspace, studioUrl, at, sent }, components);
    if (why === undefined || isWarned || endsWithCommand(studioUrl)) return;
    isWarned = true;
    ctx.report({ type: "warnings", warnings: [notRemembered(why, name)] });
  };
  const record = (job: Required<SendingJob>, status: string, opened: Workspace) => {
    const before = jobs.get(job.name);
    const { promise: answered, resolve } = Promise.withResolvers<SubmitAnswer>();
    const at = ctx.clock.now().toISOString();
    const fresh = { ...job, status, opened, workspace: opened.config, at, answered, resolve };
    const kept = before === undefined ? fresh : { ...before, ...job, status };
    jobs.set(job.name, kept);
    return kept;
  };

  return {
    /** Call before a job is sent. @throws {UserError} `file.not_written`; then the job must not be sent. */
    async sending(job: SendingJob, workspace: Workspace) {
      const recorded = record(pick(job), SENDING, workspace);
      try {
        await file();
      } catch (thrown) {
        jobs.delete(job.name);
        throw thrown;
      }
      await remember(recorded);
    },
    /** Call when Azure has the job, whether it was just sent or already existed. */
    async accepted(job: AcceptedJob, workspace: Workspace) {
      const recorded = record(pick(job), job.status, workspace);
      recorded.resolve("taken");
      boards.set(job.name, job.board);
      await remember(recorded);
      await tryToFile();
    },
    /** Call when submitting or following a job failed; a job that Azure refused is removed. */
    async failed(job: string, thrown: unknown) {
      const sending = [...jobs.values()].find((record) => record.job === job && record.status === SENDING);
      if (sending === undefined) return;
      if (!isRefusal(thrown)) return sending.resolve("unknown");
      sending.resolve("refused");
      jobs.delete(sending.name);
      if (root !== undefined) await forgetJob(ctx, root, sending);
      await tryToFile();
    },
    async ended({ job: name, status, durationMs }: JobEnding) {
      jobs.set(name, { ...jobs.get(name)!, status, durationMs });
      await tryToFile();
    },
    /** Writes the summary for the CI system, if there is one. Call last. */
    async close() {
      ctx.signal.removeEventListener("abort", settle);
      await ctx.ci?.summarize(
        filed().map((job) => {
          const board = boards.get(job.name);
          const steps = board?.steps() ?? [];
          return { ...job, steps, graph: stepsToMermaid(steps), metrics: board?.metrics() ?? [] };
        }),
      );
    },
    /**
     * The error to throw for what was thrown; if the command was interrupted, it says what became of the jobs, once they
     * are canceled or known to keep running.
     */
    async errorOf(thrown: unknown) {
      if (!ctx.signal.aborted) return thrown;
      const settled = await settle();
      for (const { job, outcome } of settled) {
        if (outcome === "requested") {
          jobs.set(job.name, { ...jobs.get(job.name)!, status: "CancelRequested" });
        }
      }
      await tryToFile();
      return interruptedError(settled, { signal: ctx.signal, file: jobsFile?.shown });
    },
  };
}

function notRemembered(why: string, name: string): Warning {
  return {
    // job.not_remembered: This machine cannot remember submitted jobs. Pass their names, or set HOME to a
    //   writable folder.
    code: "job.not_remembered",
    message: `Later commands will not know this job: ${why}`,
    hint:
      `In the project, pass its name to them, such as \`kedro-azureml job show ${name}\`; elsewhere, submit with \`--output-file jobs.json\` and pass \`--from jobs.json\`, or set XDG_STATE_HOME to a folder that can be written (on Windows LOCALAPPDATA)`,
  };
}

function pick({ job, name, studioUrl, components = new Map() }: SendingJob): Required<SendingJob> {
  return { job, name, studioUrl, components };
}

/** Whether Azure refused the job, or it was never sent; without a response it may exist. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof UserError && thrown.data[MAY_BE_THERE] !== true &&
    (thrown.code === "interrupted" || thrown.exit === ExitCode.Rejected || thrown.exit === ExitCode.Auth);
}
