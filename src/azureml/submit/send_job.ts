import { findJobBody, type Job, type JobAndBody, putJob, studioUrl } from "../jobs/job.ts";
import { jobName } from "../jobs/name.ts";
import type { JobBody } from "../write/job_body.ts";
import type { Workspace } from "../client/workspace.ts";

/** A job to send, and what happens around it. */
export interface JobToSend {
  /** The name that the user chose for it, with `--name` or `--as`; one is made up where it is `undefined`. */
  readonly name: string | undefined;
  /** Makes the body; not called where the job is in the workspace already. */
  readonly body: () => Promise<JobBody>;
  /** Called with the job that is there under the chosen name; throws where it is a different one. */
  readonly requireSame: (there: JobAndBody) => Promise<void>;
  /** Called right before the job is sent, so that its name is on record whatever happens to the answer. */
  readonly beforeSending?: (job: NamedJob, body: JobBody) => Promise<void>;
}

/** A job under the name that it has in Azure ML. */
export interface NamedJob {
  readonly name: string;
  readonly studioUrl: string;
}

/** A job that Azure ML has now. */
export interface SentJob extends NamedJob {
  readonly job: Job;
  readonly body: JobBody;
  /** Whether it was there already, so that nothing was sent. */
  readonly wasThere: boolean;
}

/**
 * Sends a job once: a job with a chosen name that the workspace already has is the answer, where it is the same.
 *
 * @throws {UserError} what `requireSame` throws, and as {@linkcode putJob}.
 */
export async function sendJob(workspace: Workspace, send: JobToSend): Promise<SentJob> {
  const { name: chosen, requireSame } = send;
  const there = chosen === undefined ? undefined : await findJobBody(workspace, chosen);
  if (there !== undefined) {
    await requireSame(there);
    const { studioUrl: url = studioUrl(workspace, chosen!) } = there.job;
    return { ...there, name: chosen!, studioUrl: url, wasThere: true };
  }
  const body = await send.body();
  const name = chosen ?? jobName(workspace.random);
  const url = studioUrl(workspace, name);
  await send.beforeSending?.({ name, studioUrl: url }, body);
  const job = await putJob(workspace, name, body, chosen === undefined ? {} : { accept: requireSame });
  return { name, studioUrl: job.studioUrl ?? url, job, body, wasThere: false };
}
