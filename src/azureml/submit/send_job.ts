import type { Workspace } from "../client/workspace.ts";
import type { JobBody } from "../job/body.ts";
import { jobName } from "../job/names.ts";
import { changedError, reasonOf, UserError } from "../../core/errors.ts";
import { interruption } from "../../core/interruption.ts";
import type { Fields } from "../../core/json.ts";
import { findJobBody, type Job, type JobAndBody, jobPath, studioUrl, toJob } from "../runs/jobs.ts";

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
  const put = () => putJob(workspace, name, body, chosen === undefined ? undefined : accept);
  const job = await put().catch(async (thrown) => {
    const mended = await send.mend?.(thrown);
    if (mended === undefined) throw thrown;
    body = mended;
    return await put();
  });
  return { name, studioUrl: job.studioUrl ?? url, job, body, wasThere: false };
}

/**
 * Submits a job under a name chosen beforehand, so that sending it again does not create a second job.
 *
 * An interrupt does not stop it at once: finding out what happened to a job that was being sent is worth a few
 * seconds.
 *
 * @param accept Called with a job that already exists under that name; throws if it is a different job.
 * @throws {UserError} `interrupted` before anything was sent; `azure.*` when Azure rejects it; with {@linkcode MAY_BE_THERE} if it could not be determined
 *   whether Azure accepted it.
 */
export async function putJob(
  workspace: Workspace,
  name: string,
  body: unknown,
  accept?: (there: JobAndBody) => Promise<void>,
): Promise<Job> {
  if (workspace.signal.aborted) throw interruption(workspace.signal.reason, [`job "${name}" was not sent`]);
  const patient = workspace.patient();
  try {
    return toJob(
      await patient.send<Fields>({
        action: `submit job "${name}"`,
        method: "PUT",
        path: jobPath(name),
        body,
        secondScope: workspace.cloud.mlScope,
        answers: ["properties"],
      }),
      name,
      workspace,
    );
  } catch (thrown) {
    // The response to one attempt may have been lost after Azure accepted the job, whatever later attempts returned.
    if (!(thrown instanceof UserError)) throw thrown;
    const accepted = await findJobBody(patient, name).catch(() => {
      throw mayBeThere(thrown, name);
    });
    if (accepted === undefined) throw thrown;
    await accept?.(accepted);
    return accepted.job;
  }
}

/** Set in the data of an error if it is unknown whether Azure has the job. */
export const MAY_BE_THERE = "jobMayBeThere";

/** The error for a job that was sent, whose response was lost, and that could not be looked up afterwards. */
function mayBeThere(error: UserError, name: string): UserError {
  return changedError(error, {
    message: `Job "${name}" may have been submitted: ${reasonOf(error)}`,
    hint:
      `Look with \`kedro-azureml job show ${name}\` before you submit again, or submit with \`--name ${name}\`, ` +
      "which never makes a second job",
    data: { ...error.data, [MAY_BE_THERE]: true, name },
  });
}
