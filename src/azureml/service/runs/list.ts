import { fields, parsedJson, textOf } from "../../../core/fields.ts";
import type { JobBase } from "@azure/arm-machinelearning";
import { listWithArm } from "../client/arm.ts";
import type { Workspace } from "../client/workspace.ts";
import type { Job } from "./run.ts";
import { studioUrlIn } from "./studio_url.ts";

/** A job in the list of a workspace. */
export interface ListedJob extends Omit<Job, "properties"> {
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date | undefined;
  /** When it ended; `undefined` while it runs, or if Azure does not say. */
  readonly endedAt: Date | undefined;
  /** Name or id of the identity that created it, as Azure records it. */
  readonly createdBy: string | undefined;
}

/** Selects the jobs to list; archived jobs are never listed. */
export interface ListFilter {
  /** Only jobs that have this tag, whatever its value. */
  readonly tag?: string;
}

/** Yields a workspace's pipeline jobs, newest first, page by page. @throws {UserError} `azure.*`. */
export async function* listJobs(workspace: Workspace, filter: ListFilter = {}): AsyncIterable<ListedJob> {
  const action = "list the workspace's jobs";
  const options = {
    jobType: "Pipeline",
    listViewType: "ActiveOnly",
    ...(filter.tag !== undefined && { tag: filter.tag }),
  };
  const jobs = listWithArm(workspace, action, ({ client, at }) => client.jobs.list(...at, options));
  for await (const job of jobs) yield toListedJob(workspace, job);
}

/** Maximum number of jobs of a workspace that are searched. */
const MOST_SEARCHED = 1000;

/** The newest job that is wanted. @throws {UserError} as {@linkcode listJobs}. */
export async function findNewest(
  workspace: Workspace,
  isWanted: (job: ListedJob) => boolean,
): Promise<ListedJob | undefined> {
  let searched = 0;
  for await (const job of listJobs(workspace)) {
    if (isWanted(job)) return job;
    if (++searched === MOST_SEARCHED) return undefined;
  }
  return undefined;
}

function toListedJob(workspace: Workspace, { name = "", properties: given, systemData }: JobBase): ListedJob {
  const properties = fields(given) as Partial<JobBase["properties"]>;
  return {
    name,
    displayName: textOf(properties.displayName),
    experimentName: textOf(properties.experimentName),
    status: textOf(properties.status) ?? "NotStarted",
    tags: fields(properties.tags) as ListedJob["tags"],
    createdAt: systemData?.createdAt,
    endedAt: endOf(properties.properties),
    createdBy: textOf(systemData?.createdBy),
    studioUrl: studioUrlIn(fields(given), workspace),
  };
}

/** When a job ended, from the stages that Azure adds to its properties then. */
function endOf(properties: JobBase["properties"]["properties"]): Date | undefined {
  const { Execution } = fields(parsedJson(properties?.["azureml.pipelines.stages"] ?? ""));
  const end = new Date(String(fields(Execution).EndTime));
  return Number.isNaN(end.getTime()) ? undefined : end;
}
