import { commitChanges } from "../git.ts";
import { rememberedJobs } from "../runs/remembered.ts";
import { type creatorNames, openJobList } from "../job/list.ts";
import { triggerText, withTimes } from "../runs/schedules.ts";
import { listSchedules } from "../../azureml/schedules/schedules.ts";
import { listJobs } from "../../azureml/runs/jobs.ts";
import { openRunHistory, type RunHistory } from "../../azureml/runs/history.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { noBrowserReason, openWithKey } from "../../credentials/browser.ts";
import { userErrorOf } from "../../core/errors.ts";
import type { JobsView, SchedulesView } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import type { ProjectWorkspaceOptions } from "../project/workspace.ts";
import { pageData } from "../report/page_file.ts";
import { livePage } from "./pages.ts";
import { createPages } from "./pages.ts";
import { guarded, refuseOtherHost, serveOn } from "./serve.ts";

const MOST_JOBS = 100;
/** Milliseconds between two requests of a page: each takes about five requests to Azure. */
const POLL_MS = 10_000;

/**
 * Serves the page of a workspace's jobs on the loopback interface until Ctrl+C. It only reads, with the credentials of
 * the user, which never reach the page.
 *
 * @throws {UserError} `config.*`, `auth.*`, `ui.port`.
 */
export async function startUi(
  ctx: AppContext,
  options: ProjectWorkspaceOptions & {
    /** Port to listen on (default: a free one). */
    readonly port?: number | undefined;
    /** Whether to open a browser (default: true). */
    readonly open?: boolean | undefined;
  },
) {
  // Signs in before the first request of a browser, which cannot answer questions.
  const { workspace, root, names } = await openJobList(ctx, options);
  const newKey = () => (ctx.random.uuid() + ctx.random.uuid()).replaceAll("-", "");
  const keys = new Set<string>();
  const guard = {
    cookie: newKey(),
    takesKey: (key: string) => keys.delete(key),
    from: "kedro-azureml ui",
  };
  const pages = openPages(ctx, root, workspace, names);
  const server = await serveOn(ctx, (request) => answer(request, guard, pages), {
    port: options.port ?? 0,
    signal: ctx.signal,
    // ui.port: The page cannot be served on that port. Choose another one with `--port`, or omit it.
    code: "ui.port",
  });
  const newAddress = () => {
    const key = newKey();
    keys.add(key);
    return `http://127.0.0.1:${server.port}/?key=${key}`;
  };
  const isWanted = options.open !== false && ctx.person !== undefined && noBrowserReason(ctx) === undefined;
  const { shown = Promise.resolve() } = isWanted ? await openWithKey(ctx, newAddress()) : {};
  const finished = Promise.all([server.finished, shown]).then(() => {});
  return { url: newAddress(), workspace: workspace.config.name, finished };
}

/** Answers only requests to this machine's own names, with the secret; see {@linkcode guarded}. */
async function answer(
  request: Request,
  guard: Parameters<typeof guarded>[1],
  pages: (request: Request) => Promise<Response>,
): Promise<Response> {
  const refusal = refuseOtherHost(request);
  if (refusal !== undefined) return refusal;
  if (request.method !== "GET") return new Response("This page only reads.\n", { status: 405 });
  try {
    return await guarded(request, guard, pages);
  } catch (thrown) {
    const { message } = userErrorOf(thrown);
    return new Response(`${message}\n`, { status: 502, headers: { "content-type": "text/plain" } });
  }
}

function openPages(
  ctx: AppContext,
  root: string,
  workspace: Workspace,
  own: CreatorNames,
): (request: Request) => Promise<Response> {
  /** Names of the jobs that runs belong to, by id. */
  const names = new Map<string, string>();
  let history: RunHistory | undefined;
  // A failure is not kept: the network may come back.
  const openHistory = async () => history ??= await openRunHistory(workspace);
  const pages = createPages(ctx, {
    jobs: async () => readJobs(workspace, own, await rememberedKeys(ctx, root)),
    async find(id) {
      if (!/^[\w-]+$/.test(id)) return undefined;
      const name = names.get(id) ?? (await (await openHistory()).run(id)).parent ?? id;
      names.set(id, name);
      return { workspace, name, openHistory, job: (await rememberedKeys(ctx, root)).get(name) };
    },
    changesBetween: async (commits) => commitChanges(ctx, root, commits),
    pollMs: POLL_MS,
  });
  return async (request) => {
    const url = new URL(request.url);
    if (url.pathname !== "/schedules") return await pages(url);
    return livePage(pageData("Schedules", await readSchedules(ctx, workspace), ctx.clock.now()));
  };
}

async function readSchedules({ clock }: AppContext, workspace: Workspace): Promise<SchedulesView> {
  const schedules = (await listSchedules(workspace)).map((schedule) => withTimes(schedule, clock.now()));
  return {
    kind: "schedules",
    workspace: workspace.config.name,
    schedules: schedules.map(({ name, displayName, job, trigger, isEnabled, next }) => ({
      name,
      displayName,
      experiment: job?.experimentName,
      when: triggerText(trigger),
      isEnabled,
      nextAt: next[0]?.epochMilliseconds,
    })),
  };
}

type CreatorNames = ReturnType<typeof creatorNames>;

/** The names in azureml.yml of jobs that were submitted from this project, by their names in Azure ML. */
async function rememberedKeys(
  ctx: AppContext,
  root: string,
): Promise<ReadonlyMap<string, string>> {
  const remembered = await Array.fromAsync(rememberedJobs(ctx, root));
  return new Map(remembered.map(({ name, job }) => [name, job]));
}

async function readJobs(
  workspace: Workspace,
  names: CreatorNames,
  keys: ReadonlyMap<string, string>,
): Promise<JobsView> {
  const jobs = [];
  for await (const job of listJobs(workspace)) {
    jobs.push({
      name: job.name,
      job: keys.get(job.name),
      status: job.status,
      displayName: job.displayName,
      experiment: job.experimentName,
      workspace: workspace.config.name,
      href: `/runs/${encodeURIComponent(job.name)}`,
      isMine: names.has(job.createdBy?.toLowerCase()),
      createdAt: job.createdAt?.getTime() ?? 0,
      createdBy: job.createdBy,
    });
    if (jobs.length === MOST_JOBS) break;
  }
  return { kind: "jobs", workspace: workspace.config.name, jobs };
}
