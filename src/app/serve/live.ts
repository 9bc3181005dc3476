import type { PageData, RunView } from "../../page/view.ts";
import { readLogPart, readWholeLog, searchLogs } from "../report/live_log.ts";
import { type PageTarget, readRunPage, readRunState } from "../report/run_page.ts";
import type { ReadRunOptions } from "../report/read_steps.ts";
import { writePage } from "../../page/html.ts";

/** A request for a run's page, or for a part of it. */
export interface LiveRunQuery {
  /** Id of the run that was requested: the job, or one of its steps. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly reading: ReadRunOptions;
  /** Milliseconds between two requests of the page (default: 1,000). */
  readonly pollMs?: number;
}

/** Answers a request for the live page of a run, or for its state or a log. @throws {UserError} `azure.*`. */
export async function answerLiveRun(
  target: PageTarget,
  { id, query, reading, pollMs }: LiveRunQuery,
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
export function comparedNames(query: URLSearchParams): readonly string[] {
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

async function downloadLog(target: PageTarget, query: URLSearchParams): Promise<Response> {
  const text = await readWholeLog(target, query);
  if (text === undefined) return new Response("There is no such log.\n", { status: 404, headers: HEADERS });
  return new Response(text, {
    headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8", "content-disposition": "attachment" },
  });
}

/** A response with JSON, which no other site can read. */
export function liveJson(value: unknown): Response {
  return Response.json(value, { headers: HEADERS });
}

/** A response with a page that polls its server. */
export function livePage(data: PageData): Response {
  const { html, policy } = writePage({ ...data, isLive: true });
  const headers = {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
  };
  return new Response(html, { headers });
}

/** The response for a run that does not exist. */
export function noRun(): Response {
  return new Response("There is no such run.\n", { status: 404, headers: HEADERS });
}
