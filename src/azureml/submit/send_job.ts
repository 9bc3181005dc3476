import type { Workspace } from "../client/workspace.ts";
import type { JobBody } from "../job/body.ts";
import { jobName } from "../job/names.ts";
import { findJobBody, type Job, type JobAndBody, putJob, studioUrl } from "../runs/jobs.ts";

interface NamedJob {
  readonly name: string;
  readonly studioUrl: string;
}

interface SentJob extends NamedJob {
  readonly job: Job;
  readonly body: JobBody;
  /** Whether it already existed, so that nothing was sent. */
  readonly wasThere: boolean;
}

/**
 * Sends a job at most once: if the workspace already has the same job under the chosen name, returns that one.
 *
 * @throws {UserError} errors of `requireSame`, and as {@linkcode putJob}.
 */
export async function sendJob(workspace: Workspace, send: {
  /** The name that the user chose; if `undefined`, a name is generated. */
  readonly name: string | undefined;
  /** Builds the body; not called if the job already exists. */
  readonly body: () => Promise<JobBody>;
  /** Called with an existing job of the chosen name, and with what was sent, if anything; throws if it differs. */
  readonly requireSame: (there: JobAndBody, sent?: JobBody) => Promise<void>;
  /** Called when Azure refused the job; returns what to send instead, once; `undefined` if nothing helps. */
  readonly mend?: (thrown: unknown) => Promise<JobBody | undefined>;
  /** Called immediately before the job is sent, so that its name is recorded even if the response is lost. */
  readonly beforeSending?: (job: NamedJob, body: JobBody) => Promise<void>;
}): Promise<SentJob> {
  const { name: chosen, requireSame } = send;
  const existing = chosen === undefined ? undefined : await findJobBody(workspace, chosen);
  if (existing !== undefined) {
    await requireSame(existing);
    const { studioUrl: url = studioUrl(workspace, chosen!) } = existing.job;
    return { ...existing, name: chosen!, studioUrl: url, wasThere: true };
  }
  let body = await send.body();
  const name = chosen ?? jobName(workspace.random);
  const url = studioUrl(workspace, name);
  await send.beforeSending?.({ name, studioUrl: url }, body);
  const accept = (there: JobAndBody) => requireSame(there, body);
  const put = () => putJob(workspace, name, body, chosen === undefined ? {} : { accept });
  const job = await put().catch(async (thrown) => {
    const mended = await send.mend?.(thrown);
    if (mended === undefined) throw thrown;
    body = mended;
    return await put();
  });
  return { name, studioUrl: job.studioUrl ?? url, job, body, wasThere: false };
}
