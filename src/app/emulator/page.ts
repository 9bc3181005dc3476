import { openWorkspace } from "../../azureml/client/open_workspace.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { openRunHistory, type RunHistory } from "../../azureml/runs/history.ts";
import { toJob } from "../../azureml/runs/jobs.ts";
import { workspaceOfId } from "../../config/workspace.ts";
import { onceEach } from "../../core/async.ts";
import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { fields } from "../../core/json.ts";
import { isPageKey, pageCookie } from "../../core/net/cloud_hosts.ts";
import type { Cloud } from "../../core/net/clouds.ts";
import { isFinal } from "../../core/runs.ts";
import type { Emulator } from "../../emulator/emulator.ts";
import type { JobRow, JobsView, RunState } from "../../page/view.ts";
import type { RunTarget } from "../runs/targets.ts";
import { createPages, isPagePath, type JobsQuery, listedJobs } from "../ui/pages.ts";
import { createGuard } from "../ui/guard.ts";

/**
 * Creates the web page of an emulator, which reads its jobs as `job report` does, from the emulator's own API.
 *
 * @returns Answers requests for the page and for its updates; `undefined` for other requests.
 */
export function createEmulatorPage(options: EmulatorPageOptions) {
  const { emulator, cloud, clock, goingOn } = options;
  const { identity: { secret } } = emulator;
  const { origin } = new URL(cloud.studio);
  const guarded = createGuard({
    cookie: pageCookie(secret, origin),
    isKey: (key) => isPageKey(secret, origin, key),
    again: "`kedro-azureml emulator status` prints another, and `job open NAME` opens a job",
  });
  const open = openWorkspaces(options);
  const pages = createPages(options, { jobs: createJobsReader(emulator, open), find });

  async function find(id: string, query: URLSearchParams): Promise<RunTarget | undefined> {
    const ids = new Set(emulator.resources("jobs").map((job) => job.id.split("/jobs/")[0]!));
    const wanted = query.get("wsid")?.toLowerCase();
    for (const resource of ids) {
      if (wanted !== undefined && !namesOf(resource).includes(wanted)) continue;
      const { workspace, history } = await open(resource);
      try {
        const { parent } = await history.run(id);
        return { workspace, name: parent ?? id, openHistory: () => Promise.resolve(history) };
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
      }
    }
    return undefined;
  }

  return async (request: Request): Promise<Response | undefined> => {
    const url = new URL(request.url);
    const isOwn = request.method === "GET" && url.origin === origin;
    if (!isOwn || !isPagePath(url.pathname)) return undefined;
    const response = await guarded(request, () => pages(url));
    if (response.ok && url.searchParams.get("part") === "state") {
      const { status } = await response.clone().json() as RunState;
      goingOn?.set(url.pathname, isFinal(status) ? 0 : clock.now().getTime());
    }
    return response;
  };
}

/** How links name a workspace, in lower case: by its id, or without the provider, as Azure ML does. */
function namesOf(id: string): readonly string[] {
  const lower = id.toLowerCase();
  return [lower, lower.replace("/providers/microsoft.machinelearningservices", "")];
}

/** Returns a function that reads all jobs of an emulator, newest first; a job that has ended is read once. */
function createJobsReader(
  emulator: Pick<Emulator, "resources">,
  open: (id: string) => Promise<PageWorkspace>,
): (query: JobsQuery) => Promise<JobsView> {
  const ended = new Map<string, JobRow>();

  async function rowOf(
    { id, name, properties, systemData }: ReturnType<Emulator["resources"]>[number],
  ): Promise<JobRow> {
    const { history } = await open(id.split("/jobs/")[0]!);
    const { status, displayName, experimentName } = toJob({ properties }, name);
    // A run that cannot be read must not hide all others.
    const [run, steps] = await Promise.all([history.run(name), history.children(name)]).catch(() => []);
    const count = (wanted: string) => steps?.filter((step) => step.status === wanted).length;
    const row: JobRow = {
      name,
      status,
      displayName,
      experiment: experimentName,
      href: `/runs/${encodeURIComponent(name)}?wsid=${encodeURIComponent(id.split("/jobs/")[0]!)}`,
      createdAt: (run?.createdAt ?? new Date(systemData!.createdAt)).getTime(),
      endedAt: run?.endedAt?.getTime(),
      steps: Object.keys(fields(properties.jobs)).length,
      completed: count("Completed"),
      failed: count("Failed"),
    };
    if (run !== undefined && isFinal(status)) ended.set(id, row);
    return row;
  }

  return async (query) => {
    const jobs = emulator.resources("jobs").toReversed();
    const rows = await Promise.all(jobs.map((job) => ended.get(job.id) ?? rowOf(job)));
    return { kind: "jobs", ...await listedJobs(() => rows, query) };
  };
}

interface EmulatorPageOptions extends Pick<Context, "clock" | "random" | "signal"> {
  readonly emulator: Pick<Emulator, "fetch" | "identity" | "issueToken" | "resources">;
  readonly cloud: Cloud;
  /** When pages were last told that their run goes on, in milliseconds since 1970: 0 once they know that it ended. */
  readonly goingOn?: Map<string, number>;
}

interface PageWorkspace {
  readonly workspace: Workspace;
  readonly history: RunHistory;
}

/** Ten years: longer than any emulator runs. */
const TOKEN_SECONDS = 10 * 365 * 86_400;

/** Returns a function that opens a workspace by its id. Requests go directly to the emulator and may read anything. */
export function openWorkspaces(
  { emulator, ...options }: EmulatorPageOptions,
): (id: string) => Promise<PageWorkspace> {
  const issue = onceEach((scope: string) =>
    emulator.issueToken(scope.replace(/\/\.default$/, ""), { lifetimeSeconds: TOKEN_SECONDS })
  );
  return onceEach(async (id) => {
    const workspace = openWorkspace({
      ...options,
      config: workspaceOfId(id),
      anyNames: true,
      env: {},
      fetch: (request) => emulator.fetch(request),
      tokens: { getToken: (scope) => Promise.resolve({ token: issue(scope) }) },
    });
    return { workspace, history: await openRunHistory(workspace) };
  });
}
