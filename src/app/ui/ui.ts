import { commitChanges } from "../git.ts";
import { rememberedNames } from "../runs/submitted_jobs.ts";
import { type creatorNames, openJobList } from "../job/list.ts";
import { triggerText, withTimes } from "../runs/schedules.ts";
import { listSchedules } from "../../azureml/schedules/schedules.ts";
import { getJob, type Job, listJobs } from "../../azureml/runs/jobs.ts";
import { openRunHistory, type RunHistory } from "../../azureml/runs/history.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { noBrowserReason, openWithKey } from "../../core/browser.ts";
import { userErrorOf } from "../../core/errors.ts";
import { isFinal } from "../../core/runs.ts";
import type { JobRow, JobsView, SchedulesView } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import type { ProjectWorkspaceOptions } from "../project/workspace.ts";
import { pageData } from "../report/page_file.ts";
import { createPages, type JobsQuery, listedJobs, livePage } from "./pages.ts";
import { createGuard, refuseOtherHost, serveOn } from "./guard.ts";

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
  const newKey = () => ctx.random.uuid().replaceAll("-", "");
  const keys = new Set<string>();
  const guarded = createGuard({
    cookie: newKey(),
    isKey: (key) => keys.has(key),
    again: "start `kedro-azureml ui` again for another",
  });
  const pages = openPages(ctx, root, workspace, names);
  const server = await serveOn(
    ctx,
    (request) => answer(request, () => guarded(request, () => pages(request))),
    {
      port: options.port ?? 0,
      signal: ctx.signal,
      // ui.port: The page cannot be served on that port. Choose another one with `--port`, or omit it.
      code: "ui.port",
    },
  );
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

/** Answers only requests to this machine's own names. */
async function answer(request: Request, pages: () => Promise<Response>): Promise<Response> {
  const refusal = refuseOtherHost(request);
  if (refusal !== undefined) return refusal;
  if (request.method !== "GET") return new Response("This page only reads.\n", { status: 405 });
  try {
    return await pages();
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
    jobs: openJobs(workspace, own, () => rememberedNames(ctx, root)),
    async find(id) {
      if (!/^[\w-]+$/.test(id)) return undefined;
      const name = names.get(id) ?? (await (await openHistory()).run(id)).parent ?? id;
      names.set(id, name);
      return { workspace, name, openHistory, job: (await rememberedNames(ctx, root)).get(name) };
    },
    changesBetween: async (commits) => commitChanges(ctx, root, commits),
    pollMs: POLL_MS,
  });
  return async (request) => {
    const url = new URL(request.url);
    if (url.pathname !== "/schedules") return await pages(url);
    const schedules = readSchedules(ctx, workspace);
    return livePage("Schedules", schedules.then((view) => pageData("Schedules", view, ctx.clock.now())));
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

/** Jobs whose state is read again for each list; older ones only until they have ended. */
const MOST_FRESH = 50;

/** Returns a function that lists the workspace's jobs; what has ended is read once. */
function openJobs(
  workspace: Workspace,
  names: CreatorNames,
  readKeys: () => ReturnType<typeof rememberedNames>,
): (query: JobsQuery) => Promise<JobsView> {
  const known = new Map<string, Job>();
  let older: AsyncIterator<Job> | undefined;
  const sorted = () =>
    [...known.values()].toSorted((one, other) => Number(other.createdAt ?? 0) - Number(one.createdAt ?? 0));

  /** Reads the newest jobs, as far as they are new or may have changed. */
  async function refresh(): Promise<void> {
    let count = 0;
    for await (const job of listJobs(workspace)) {
      const isKnown = known.has(job.name);
      known.set(job.name, job);
      if (++count >= MOST_FRESH && isKnown || older === undefined && count === MOST_FRESH) break;
    }
    const running = sorted().slice(MOST_FRESH).filter(({ status }) => !isFinal(status)).slice(0, MOST_FRESH);
    for (const job of await Promise.all(running.map(({ name }) => getJob(workspace, name)))) {
      known.set(job.name, job);
    }
  }

  async function read(count: number): Promise<boolean> {
    if (count === 0) await refresh();
    older ??= listJobs(workspace)[Symbol.asyncIterator]();
    while (known.size < count) {
      const { done, value } = await older.next();
      if (done) return false;
      known.set(value.name, value);
    }
    return known.size >= MOST_FRESH;
  }

  return async (query) => {
    const keys = await readKeys();
    const rowOf = (job: Job): JobRow => ({
      name: job.name,
      job: keys.get(job.name),
      status: job.status,
      displayName: job.displayName,
      experiment: job.experimentName,
      href: `/runs/${encodeURIComponent(job.name)}`,
      isMine: names.has(job.createdBy?.toLowerCase()),
      createdAt: job.createdAt?.getTime() ?? 0,
      endedAt: job.endedAt?.getTime(),
      createdBy: job.createdBy,
    });
    const listed = await listedJobs(() => sorted().map(rowOf), query, read);
    return { kind: "jobs", workspace: workspace.config.name, ...listed };
  };
}
