import { ExitCode, UserError } from "../../core/errors.ts";
import { dateOf, type Fields, fields, isFields, parsedJson, textOf } from "../../core/json.ts";
import { isError } from "../../core/net/azure_http.ts";
import { isSafe } from "../../core/net/cloud_hosts.ts";
import { GIT_PROPERTIES, isFinal, type RunStatus } from "../../core/runs.ts";
import { askService, isAboutRun, readResource, requireSuccess, type Workspace } from "../client/workspace.ts";
import type { JobBody } from "../job/body.ts";
import { findApi } from "../resources/hosts.ts";
import { listAll } from "../client/arm.ts";
import { KINDS } from "../resources/kinds.ts";

/** Yields a workspace's pipeline jobs, newest first, page by page. */
export async function* listJobs(workspace: Workspace, filter: {
  /** Only jobs that have this tag, whatever its value. */
  readonly tag?: string;
} = {}): AsyncIterable<Job> {
  const action = "list the workspace's jobs";
  const jobs = listAll(workspace, KINDS.job, [filter.tag], { action });
  for await (const job of jobs) yield toJob({ ...job }, job.name ?? "", workspace);
}

const MOST_SEARCHED = 1000;

/** The newest job that is wanted, of at most `most`. */
export async function findNewest(
  workspace: Workspace,
  isWanted: (job: Job) => boolean,
  most = MOST_SEARCHED,
): Promise<Job | undefined> {
  let searched = 0;
  for await (const job of listJobs(workspace)) {
    if (isWanted(job)) return job;
    if (++searched === most) return undefined;
  }
  return undefined;
}

export interface Job {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  /** Azure's status, such as `Running`. */
  readonly status: RunStatus;
  readonly studioUrl: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: Date | undefined;
  /** When it ended; `undefined` while it runs, or if Azure does not say. */
  readonly endedAt: Date | undefined;
  /** Name or id of the identity that created it, as Azure records it. */
  readonly createdBy: string | undefined;
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
    // job.no_pipeline: The run is not a pipeline job. Pass the name of a pipeline job.
    code: "job.no_pipeline",
    exit: ExitCode.Rejected,
    hint: "Pass the name of a pipeline job; `kedro-azureml job list` shows them",
    data: { name, jobType },
  });
}

/** The error for a job that is not in the workspace. @param meant The name that is probably meant. */
export function jobNotFound(workspace: Workspace, name: string, meant?: string): UserError {
  return new UserError(`Job "${name}" not found in workspace "${workspace.config.name}"`, {
    // job.not_found: The workspace has no such job. Run `kedro-azureml job list`, or choose another workspace
    //   with `-w`.
    code: "job.not_found",
    exit: ExitCode.Rejected,
    hint: meant === undefined
      ? "Run `kedro-azureml job list` to see the names in Azure ML, or choose another workspace of azureml.yml with `-w`"
      : `Did you mean "${meant}"? Run \`kedro-azureml job list\` to see the names in Azure ML`,
  });
}

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

export type CancelOutcome =
  | { readonly outcome: "requested" | "absent" }
  | { readonly outcome: "ended"; readonly status: RunStatus };

/** Asks Azure to cancel a job, which ends some time later. */
export async function cancelJob(workspace: Workspace, name: string): Promise<CancelOutcome> {
  const action = `cancel job "${name}"`;
  const response = await workspace.exchange({ action, method: "POST", path: `${jobPath(name)}/cancel` });
  // Without a place to follow the cancellation, a command job has ended already.
  const isFollowed = !isError(response) && (response.status !== 200 || response.headers.has("location"));
  if (isFollowed) return { outcome: "requested" };
  if (![200, 400, 404, 409].includes(response.status)) throw workspace.refused(action, response);
  const job = (await findJobBody(workspace, name))?.job;
  if (job === undefined) return { outcome: "absent" };
  if (isFinal(job.status)) return { outcome: "ended", status: job.status };
  if (!isError(response)) return { outcome: "requested" };
  throw workspace.refused(action, response);
}

export function jobPath(name: string): string {
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
  const { createdAt, createdBy } = fields(found.systemData);
  return {
    name,
    displayName: textOf(properties.displayName),
    experimentName: textOf(properties.experimentName),
    status: textOf(properties.status) ?? "NotStarted",
    tags: fields(properties.tags) as Job["tags"],
    properties: fields(properties.properties) as Job["properties"],
    createdAt: dateOf(createdAt),
    endedAt: endOf(fields(properties.properties)),
    createdBy: textOf(createdBy),
    studioUrl: studioUrlIn(properties, workspace),
  };
}

/** When a job ended, from the stages that Azure adds to its properties then. */
function endOf(properties: Fields): Date | undefined {
  const { Execution } = fields(parsedJson(textOf(properties["azureml.pipelines.stages"]) ?? ""));
  return dateOf(fields(Execution).EndTime);
}

/** Fields that Azure adds to a job and does not accept in a request. */
const AZURES_OWN = ["status", "services", "parentJobName", "isArchived", "sourceJobId"];
/** Fields with which a pipeline job is submitted; later versions of Azure ML may add others to it. */
const PIPELINES_OWN =
  "componentId computeId description displayName experimentName identity inputs jobs jobType notificationSetting outputs properties secretsConfiguration settings tags"
    .split(" ");
/** Properties that Azure adds to a job once it has started. */
const AZURES_PROPERTIES = /^_?azureml\.|^runSource$|^runType$/i;
/** Those with such a name that the job was sent with. */
const OF_CHECKOUT: readonly string[] = Object.values(GIT_PROPERTIES);

/** A job's properties as they can be sent again: without what Azure added, and without null. */
export function sendableJob(properties: Fields): Record<string, unknown> {
  const isSent = properties.jobType === "Pipeline"
    ? (key: string) => PIPELINES_OWN.includes(key)
    : (key: string) => !AZURES_OWN.includes(key);
  const kept = Object.fromEntries(Object.entries(withoutNull(properties)).filter(([key]) => isSent(key)));
  const own = Object.entries(fields(kept.properties))
    .filter(([key]) => OF_CHECKOUT.includes(key) || !AZURES_PROPERTIES.test(key));
  return { ...kept, isArchived: false, properties: Object.fromEntries(own) };
}

/** Removes unset fields, which Azure returns as null; they must not be sent back. */
export function withoutNull(value: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null)
      .map(([key, child]) => [key, isFields(child) ? withoutNull(child) : child]),
  );
}

/** The error for a run that is a step of a job. It names the job and the step, if run history can be read. */
async function notAJobError(workspace: Workspace, run: string): Promise<UserError> {
  const { job, step } = await stepOf(workspace, run).catch((thrown) => {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    return { job: undefined, step: undefined };
  });
  const which = job === undefined ? "a step of a job" : `step "${step}" of job "${job}"`;
  return new UserError(`"${run}" is ${which}, not a job`, {
    // job.is_step: The name is that of a step's run. Pass the name of the job, which the message gives.
    code: "job.is_step",
    exit: ExitCode.Rejected,
    hint: job === undefined
      ? "Pass the name of the job; `kedro-azureml job list` shows them"
      : `Pass the name of the job, "${job}"; \`job logs\` and \`job download\` also take \`--step ${step}\``,
    data: { name: run, ...(job !== undefined && { job, step }) },
  });
}

async function stepOf(workspace: Workspace, run: string) {
  const action = `read run "${run}"`;
  const api = await findApi(workspace);
  const url = `${api}/history/v1.0${workspace.id}/runs/${encodeURIComponent(run)}`;
  const { rootRunId, parentRunId, displayName } = await askService<Fields>(workspace, {
    action,
    url,
    isExpected: isAboutRun(run),
  });
  const job = [rootRunId, parentRunId].find((id) => typeof id === "string" && id !== run);
  return { job, step: displayName ?? run };
}

/**
 * The URL of a job in Azure ML studio, as Azure ML writes it.
 *
 * @param tenant The tenant of the workspace, if it is known before anyone signs in.
 */
export function studioUrl(workspace: Workspace, name: string, tenant = workspace.tenant()): string {
  const { subscription_id: subscription, resource_group: group, name: workspaceName } = workspace.config;
  const id = `/subscriptions/${subscription}/resourcegroups/${group}/workspaces/${workspaceName}`;
  const { studio, newStudioKey } = workspace.cloud;
  const link = `${studio}/runs/${name}`;
  return newStudioKey === undefined
    ? inTenant(`${link}?wsid=${id}`, tenant)
    : `${link}?key=${newStudioKey()}`;
}

/**
 * Adds the tenant, which Azure ML does only in some answers, so that the link opens for people with several tenants.
 * Letters such as ü, which names of resource groups can have, are escaped.
 */
function inTenant(given: string, tenant: string | undefined): string {
  const url = URL.parse(given)?.href ?? given;
  return tenant === undefined || url.includes("tid=") ? url : `${url}&tid=${tenant}`;
}

/** The link in an answer; `undefined` if it is none to a web page. */
export function studioUrlIn(properties: Fields, workspace?: Workspace): string | undefined {
  const url = textOf(fields(fields(properties.services).Studio).endpoint);
  const link = URL.parse(url ?? "");
  // Links to an emulator have a key, and are printed: they are as short as they can be.
  const key = link?.searchParams.get("key");
  if (link && key && isSafe(link)) return `${link.origin}${link.pathname}?key=${key}`;
  return url?.startsWith("https://") ? inTenant(url, workspace?.tenant()) : undefined;
}
