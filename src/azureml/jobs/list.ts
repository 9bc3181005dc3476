import { listResources } from "../client/paging.ts";
import type { Workspace } from "../client/workspace.ts";

/** A job as the list of a workspace has it. */
export interface ListedJob {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date | undefined;
  /** Name or id of who created it, as Azure has it. */
  readonly createdBy: string | undefined;
  readonly studioUrl: string | undefined;
}

/** Which jobs are listed; archived ones never are. */
export interface ListFilter {
  /** Only jobs that have this tag, whatever its value. */
  readonly tag?: string;
}

/** @internal A job as Resource Manager lists it. */
interface JobItem {
  readonly name: string;
  readonly properties: {
    readonly status?: string;
    readonly displayName?: string | null;
    readonly experimentName?: string | null;
    readonly tags?: Readonly<Record<string, string>> | null;
    readonly services?: { readonly Studio?: { readonly endpoint?: string } } | null;
  };
  readonly systemData?: { readonly createdAt?: string; readonly createdBy?: string } | null;
}

/**
 * Yields the pipeline jobs of a workspace, the newest first as Azure gives them; a page is asked for only when it is
 * needed.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function* listJobs(workspace: Workspace, filter: ListFilter = {}): AsyncIterable<ListedJob> {
  const action = "list the workspace's jobs";
  const query = {
    jobType: "Pipeline",
    listViewType: "ActiveOnly",
    ...(filter.tag !== undefined && { tag: filter.tag }),
  };
  for await (const item of listResources<JobItem>(workspace, { action, path: "jobs", query })) {
    yield toListedJob(item);
  }
}

function toListedJob({ name, properties, systemData }: JobItem): ListedJob {
  return {
    name,
    displayName: properties.displayName ?? undefined,
    experimentName: properties.experimentName ?? undefined,
    status: properties.status ?? "NotStarted",
    tags: properties.tags ?? {},
    createdAt: systemData?.createdAt === undefined ? undefined : new Date(systemData.createdAt),
    createdBy: systemData?.createdBy,
    studioUrl: properties.services?.Studio?.endpoint,
  };
}
