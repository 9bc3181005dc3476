import type { SendingJob } from "../azureml/submit.ts";
import type { WorkspaceConfig } from "../config/azureml_config.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { forgetJob, type RememberedJob, rememberJob } from "./last_job.ts";

/** Keeps account of the jobs that one command sends, so that none of them is ever lost. */
export interface SentJobs {
  /** Before a job is sent. */
  sending(job: SendingJob, workspace: WorkspaceConfig): Promise<void>;
  /** When Azure has it, now or from before. */
  accepted(job: SendingJob, workspace: WorkspaceConfig): Promise<void>;
  /** When a job of azureml.yml failed in any way: one that Azure refused is no job. */
  failed(job: string, thrown: unknown): Promise<void>;
}

/** Where the jobs are sent from. */
export interface SentJobsOptions {
  /** The project's folder. */
  readonly root: string;
  /** The Kedro environment. */
  readonly env: string;
}

/** Opens the account of a command's jobs. */
export function openSentJobs(ctx: Context, { root, env }: SentJobsOptions): SentJobs {
  const jobs = new Map<string, RememberedJob>();
  const note = async (job: RememberedJob) => {
    jobs.set(job.job, job);
    await rememberJob(ctx, root, job);
  };
  return {
    sending: ({ job, name, studioUrl }, workspace) => {
      const at = ctx.clock.now().toISOString();
      return note({ name, job, env, workspace, studioUrl, at, sent: false });
    },
    accepted: ({ job, name, studioUrl }, workspace) => {
      const at = jobs.get(job)?.at ?? ctx.clock.now().toISOString();
      return note({ name, job, env, workspace, studioUrl, at, sent: true });
    },
    async failed(job, thrown) {
      const known = jobs.get(job);
      if (known === undefined || known.sent || !isRefusal(thrown)) return;
      jobs.delete(job);
      await forgetJob(ctx, root, known);
    },
  };
}

/** Whether Azure said no; without an answer nobody knows. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof UserError && (thrown.exit === ExitCode.Rejected || thrown.exit === ExitCode.Auth);
}
