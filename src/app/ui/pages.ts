import type { Context } from "../../core/context.ts";
import { percentDecoded } from "../../core/untrusted.ts";
import { writePage } from "../../page/html.ts";
import type { JobsView, PageData, RunView, StepProgress } from "../../page/view.ts";
import { type ChangesBetween, compareTargets, comparisonPage } from "../job/compare.ts";
import { readLogPart, readWholeLog, searchLogs } from "../report/live_log.ts";
import { pageData } from "../report/page_file.ts";
import type { ReadRunOptions } from "../report/read_steps.ts";
import { readRunPage, readRunState } from "../report/run_page.ts";
import type { RunTarget } from "../runs/targets.ts";

interface ServedRuns {
  readonly jobs: () => Promise<JobsView>;
  readonly find: (id: string, query: URLSearchParams) => Promise<RunTarget | undefined>;
  /** Returns what changed between commits (default: that is not known). */
  readonly changesBetween?: ChangesBetween;
  /** Milliseconds between two requests of a page (default: 1,000). */
  readonly pollMs?: number;
}

const RUN_PATH = /^\/runs\/([^/]+)$/;

/** Whether a path is that of the list of jobs, a run or a comparison. */
export function isPagePath(pathname: string): boolean {
  return pathname === "/" || pathname === "/compare" || RUN_PATH.test(pathname);
}

/** Returns a function that answers a request for the list of jobs, a run or a comparison, or for an update. */
export function createPages(
  { clock }: Pick<Context, "clock">,
  { jobs, find, changesBetween, pollMs }: ServedRuns,
): (url: URL) => Promise<Response> {
  const poll = pollMs === undefined ? {} : { pollMs };
  const reading = { withLogs: false, ended: new Map<string, StepProgress>() };

  async function answerComparison(links: readonly string[]): Promise<Response> {
    const targets: RunTarget[] = [];
    for (const link of links) {
      const [id = "", query] = link.split("?");
      const target = await find(percentDecoded(id), new URLSearchParams(query));
      if (target === undefined) return noRun();
      targets.push(target);
    }
    if (targets.length < 2) return noRun();
    return livePage(
      comparisonPage(await compareTargets(targets, { changesBetween, withTracked: true }), clock.now()),
    );
  }

  return async ({ pathname, searchParams: query }) => {
    if (pathname === "/") {
      const view = await jobs();
      return query.has("part")
        ? liveJson(view)
        : livePage({ ...pageData("Jobs", view, clock.now()), ...poll });
    }
    if (pathname === "/compare") return await answerComparison(comparedNames(query));
    const id = percentDecoded(RUN_PATH.exec(pathname)?.[1] ?? "%");
    const target = await find(id, query);
    return target === undefined ? noRun() : await answerLiveRun(target, { id, query, reading, ...poll });
  };
}

/** Answers a request for the live page of a run, or for its state or a log. @throws {UserError} `azure.*`. */
async function answerLiveRun(
  target: RunTarget,
  { id, query, reading, pollMs }: {
    /** Id of the run that was requested: the job, or one of its steps. */
    readonly id: string;
    readonly query: URLSearchParams;
    readonly reading: ReadRunOptions;
    /** Milliseconds between two requests of the page (default: 1,000). */
    readonly pollMs?: number;
  },
): Promise<Response> {
  switch (query.get("part")) {
    case "state":
      return liveJson(await readRunState(target, reading));
    case "search":
      return liveJson(await searchLogs(target, query.get("text") ?? ""));
    case "log":
      return liveJson(await readLogPart(target, query));
    case "download":
      return await downloadLog(target, query);
    default: {
      const data = await readRunPage(target, reading);
      const view = data.view as RunView;
      const selected = view.steps.find(({ run }) => run === id)?.key;
      return livePage({ ...data, ...(pollMs !== undefined && { pollMs }), view: { ...view, selected } });
    }
  }
}

/** The names of the runs that a request compares, as the page's list of jobs links them. */
function comparedNames(query: URLSearchParams): readonly string[] {
  return query.getAll("run").slice(0, MOST_COMPARED);
}

const MOST_COMPARED = 10;

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

async function downloadLog(target: RunTarget, query: URLSearchParams): Promise<Response> {
  const text = await readWholeLog(target, query);
  if (text === undefined) return new Response("There is no such log.\n", { status: 404, headers: HEADERS });
  return new Response(text, {
    headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8", "content-disposition": "attachment" },
  });
}

/** A response with JSON, which no other site can read. */
function liveJson(value: unknown): Response {
  return Response.json(value, { headers: HEADERS });
}

export function livePage(data: PageData): Response {
  const { html, policy } = writePage({ ...data, isLive: true });
  const headers = {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
  };
  return new Response(html, { headers });
}

function noRun(): Response {
  return new Response("There is no such run.\n", { status: 404, headers: HEADERS });
}
