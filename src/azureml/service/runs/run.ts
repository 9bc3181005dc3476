import { isFinal, type RunStatus } from "../../../core/run.ts";
import { changedError, ExitCode, reasonOf, UserError } from "../../../core/errors.ts";
import { type Fields, fields, isFields, textOf } from "../../../core/fields.ts";
import type { JobBody } from "../../job/write/job_body.ts";
import { readResource, requireSuccess } from "../client/read_json.ts";
import type { Workspace } from "../client/workspace.ts";
import { notAJobError } from "./not_a_job.ts";
import { studioUrlIn } from "./studio_url.ts";
import { isError } from "../../../core/net/azure_http.ts";

/** The current state of a job. */
export interface Job {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  /** Azure's status, such as `Running`. */
  readonly status: RunStatus;
  readonly studioUrl: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
}

/** Reads a job. @throws {UserError} `job.not_found`, `job.is_step` for a step, `azure.*`. */
export async function getJob(workspace: Workspace, name: string): Promise<Job> {
  return (await getJobBody(workspace, name)).job;
}

/** Reads a job with the body that was submitted. @throws {UserError} as {@linkcode getJob}. */
export async function getJobBody(workspace: Workspace, name: string): Promise<JobAndBody> {
  const resource = await findJobBody(workspace, name);
  if (resource !== undefined) return resource;
  throw jobNotFound(workspace, name);
}

/** Reads a pipeline job with its body. @throws {UserError} `job.no_pipeline`; as {@linkcode getJob}. */
export async function getPipelineBody(workspace: Workspace, name: string): Promise<JobAndBody> {
  const resource = await getJobBody(workspace, name);
  const { jobType } = resource.body.properties;
  if (jobType === undefined || jobType === "Pipeline") return resource;
  throw new UserError(`"${name}" is a ${jobType} job, not a pipeline job`, {
    code: "job.no_pipeline",
    exit: ExitCode.Rejected,
    hint: "Pass the name of a pipeline job; `kedro-azureml job list` shows them",
    data: { name, jobType },
  });
}

/** The error for a job that is not in the workspace. @param meant The name that is probably meant. */
export function jobNotFound(workspace: Workspace, name: string, meant?: string): UserError {
  return new UserError(`Job "${name}" not found in workspace "${workspace.config.name}"`, {
    code: "job.not_found",
    exit: ExitCode.Rejected,
    hint: meant === undefined
      ? "Run `kedro-azureml job list` to see the names in Azure ML, or choose another workspace of azureml.yml with `-w`"
      : `Did you mean "${meant}"? Run \`kedro-azureml job list\` to see the names in Azure ML`,
  });
}

/** A job and the body that was submitted, as Azure returns it. */
export interface JobAndBody {
  readonly job: Job;
  readonly body: JobBody;
}

/**
 * Reads a job with the body that was submitted; `undefined` if it does not exist.
 *
 * @throws {UserError} `job.is_step` for the run of a step: Azure ML answers with the id of that run, but no properties.
 */
export async function findJobBody(workspace: Workspace, name: string): Promise<JobAndBody | undefined> {
  const action = `read job "${name}"`;
  const response = await workspace.exchange({ action, method: "GET", path: jobPath(name) });
  if (workspace.isMissing(response)) return undefined;
  requireSuccess(workspace, action, response);
  const resource = readResource<Fields>(action, response);
  if ((resource.properties ?? null) === null && resource.name === name) {
    throw await notAJobError(workspace, name);
  }
  const { properties } = readResource<{ readonly properties: Fields }>(action, response, ["properties"]);
  return { job: toJob(resource, name, workspace), body: { properties: { ...properties } } };
}

/**
 * Submits a job under a name chosen beforehand, so that sending it again does not create a second job.
 *
 * An interrupt does not stop it at once: finding out what happened to a job that was being sent is worth a few
 * seconds.
 *
 * @param options.accept Called with a job that already exists under that name; throws if it is a different job.
 * @throws {UserError} `azure.*` when Azure rejects it; with {@linkcode MAY_BE_THERE} if it could not be determined
 *   whether Azure accepted it.
 */
export async function putJob(
  workspace: Workspace,
  name: string,
  body: unknown,
  options: { accept?: (there: JobAndBody) => Promise<void> } = {},
): Promise<Job> {
  workspace.signal.throwIfAborted();
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
    await options.accept?.(accepted);
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

/** The result of a request to cancel a job. */
export type CancelOutcome =
  | { readonly outcome: "requested" | "absent" }
  /** The job had already ended. */
  | { readonly outcome: "ended"; readonly status: RunStatus };

/** Asks Azure to cancel a job, which ends some time later. @throws {UserError} `azure.*` if Azure refuses. */
export async function cancelJob(workspace: Workspace, name: string): Promise<CancelOutcome> {
  const action = `cancel job "${name}"`;
  const response = await workspace.exchange({ action, method: "POST", path: `${jobPath(name)}/cancel` });
  if (!isError(response)) return { outcome: "requested" };
  if (![400, 404, 409].includes(response.status)) throw workspace.refused(action, response);
  const job = (await findJobBody(workspace, name))?.job;
  if (job === undefined) return { outcome: "absent" };
  if (isFinal(job.status)) return { outcome: "ended", status: job.status };
  throw workspace.refused(action, response);
}

function jobPath(name: string): string {
  return `jobs/${encodeURIComponent(name)}`;
}

/**
 * Converts Azure's response to a job; fields of an unexpected type count as missing.
 *
 * @param name The name that was requested.
 * @param workspace Adds its tenant to the link.
 */
export function toJob(found: Fields, name: string, workspace?: Workspace): Job {
  const properties = fields(found.properties);
  return {
    name,
    displayName: textOf(properties.displayName),
    experimentName: textOf(properties.experimentName),
    status: textOf(properties.status) ?? "NotStarted",
    studioUrl: studioUrlIn(properties, workspace),
    properties: fields(properties.properties) as Job["properties"],
  };
}

/** Fields that Azure adds to a job and does not accept in a request. */
const AZURES_OWN = ["status", "services", "parentJobName", "isArchived", "sourceJobId"];
/** Fields with which a pipeline job is submitted; later versions of Azure ML may add others to it. */
const PIPELINES_OWN =
  "componentId computeId description displayName experimentName identity inputs jobs jobType notificationSetting outputs properties secretsConfiguration settings tags"
    .split(" ");
/** Properties that Azure adds to a job once it has started. */
const AZURES_PROPERTIES = /^_?azureml\.|^runSource$|^runType$/i;

/** A job's properties as they can be sent again: without what Azure added, and without null. */
export function sendableJob(properties: Fields): Record<string, unknown> {
  const isSent = properties.jobType === "Pipeline"
    ? (key: string) => PIPELINES_OWN.includes(key)
    : (key: string) => !AZURES_OWN.includes(key);
  const kept = Object.fromEntries(Object.entries(withoutNull(properties)).filter(([key]) => isSent(key)));
  const own = Object.entries(fields(kept.properties)).filter(([key]) => !AZURES_PROPERTIES.test(key));
  return { ...kept, isArchived: false, properties: Object.fromEntries(own) };
}

/** Removes unset fields, which Azure returns as null; they must not be sent back. */
export function withoutNull(value: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null)
      .map(([key, child]) => [key, isFields(child) ? withoutNull(child) : child]),
  );
}
