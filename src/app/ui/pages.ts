import type { Context } from "../../core/context.ts";
import { userErrorOf } from "../../core/errors.ts";
import { escaped, percentDecoded } from "../../core/untrusted.ts";
import { pageParts } from "../../page/html.ts";
import type {
  JobRow,
  JobsView,
  LogPart,
  LogSearch,
  PageData,
  RunView,
  StepProgress,
} from "../../page/view.ts";
import { type ChangesBetween, compareTargets, comparisonPage } from "../report/compare.ts";
import { pageData } from "../report/page_file.ts";
import { lastNodeRuns, type ReadRunOptions } from "../report/read_steps.ts";
import { readRunPage, readRunState } from "../report/run_page.ts";
import type { RunTarget } from "../runs/targets.ts";
import { ownValue } from "../../core/json.ts";
import { smallTransferLimit } from "../../azureml/client/pace.ts";
import { logsToShow, mayHaveLogs, userLogs } from "../../azureml/runs/history.ts";
import { openRun, type RunStep } from "../../azureml/runs/open_run.ts";
import { readAll, readEnds, readPart } from "../../azureml/storage/read.ts";
import { redact } from "../../core/secrets.ts";

const RUN_PATH = /^\/runs\/([^/]+)$/;

export function isPagePath(pathname: string): boolean {
  return pathname === "/" || pathname === "/compare" || RUN_PATH.test(pathname);
}

/** Returns a function that answers a request for the list of jobs, a run or a comparison, or for an update. */
export function createPages(
  { clock }: Pick<Context, "clock">,
  { jobs, find, changesBetween, pollMs }: {
    readonly jobs: (query: JobsQuery) => Promise<JobsView>;
    readonly find: (id: string, query: URLSearchParams) => Promise<RunTarget | undefined>;
    /** Returns what changed between commits (default: that is not known). */
    readonly changesBetween?: ChangesBetween;
    /** Milliseconds between two requests of a page (default: 1,000). */
    readonly pollMs?: number;
  },
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
    const compared = compareTargets(targets, { changesBetween, withTracked: true });
    return livePage("Comparison", compared.then((data) => comparisonPage(data, clock.now())));
  }

  return async ({ pathname, searchParams: query }) => {
    if (pathname === "/") {
      const view = jobs(jobsQuery(query));
      return query.has("part")
        ? liveJson(await view)
        : livePage("Jobs", view.then((view) => pageData("Jobs", view, clock.now())), poll);
    }
    if (pathname === "/compare") return await answerComparison(query.getAll("run").slice(0, MOST_COMPARED));
    const id = percentDecoded(RUN_PATH.exec(pathname)?.[1] ?? "%");
    const target = await find(id, query);
    return target === undefined ? noRun() : await answerLiveRun(target, { id, query, reading, ...poll });
  };
}

/** Answers a request for the live page of a run, or for its state or a log. */
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
      const page = readRunPage(target, reading).then((data): PageData => {
        const view = data.view as RunView;
        return { ...data, view: { ...view, selected: view.steps.find(({ run }) => run === id)?.key } };
      });
      return livePage(target.job ?? target.name, page, { ...(pollMs !== undefined && { pollMs }) });
    }
  }
}

/** Which jobs a list shows; each part is optional. */
export type JobsQuery = ReturnType<typeof jobsQuery>;

/** Jobs in a list, and those that are looked through for it; both double each time that more are asked for. */
const MOST_JOBS = { shown: 100, read: 400 } as const;

function jobsQuery(query: URLSearchParams) {
  const text = (name: string) => query.get(name)?.trim() ?? "";
  return {
    find: text("find").toLowerCase(),
    status: text("status"),
    isMine: text("mine") !== "",
    /** How many times more jobs were asked for. */
    more: Math.min(Math.max(Math.trunc(Number(text("more"))) || 0, 0), 8),
  };
}

/**
 * The jobs that a list shows.
 *
 * @param rows Those known so far, newest first.
 * @param read Reads older ones until there are so many; `false` if there are no more (default: all are known).
 */
export async function listedJobs(
  rows: () => readonly JobRow[],
  { find, status, isMine, more }: JobsQuery,
  read: (count: number) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Pick<JobsView, "jobs" | "isMore">> {
  const most = { shown: MOST_JOBS.shown * 2 ** more, read: MOST_JOBS.read * 2 ** more };
  const wanted = () =>
    rows().filter((job) =>
      (status === "" || job.status === status) &&
      (!isMine || job.isMine === true) &&
      (find === "" || [job.name, job.job, job.displayName, job.experiment, job.createdBy]
        .some((text) => text?.toLowerCase().includes(find)))
    );
  let isOlder = await read(0);
  while (isOlder && wanted().length <= most.shown && rows().length < most.read) {
    isOlder = await read(rows().length + MOST_JOBS.shown);
  }
  const found = wanted();
  return { jobs: found.slice(0, most.shown), isMore: isOlder || found.length > most.shown };
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

/**
 * A response with a page that is sent in two parts: its head at once, and the rest when its data have been read.
 *
 * @param title Shown until then.
 */
export function livePage(
  title: string,
  reading: Promise<PageData>,
  { pollMs }: Pick<PageData, "pollMs"> = {},
): Response {
  const poll = pollMs === undefined ? {} : { pollMs };
  const { start, end, policy } = pageParts({ title, isLive: true, ...poll });
  const headers = {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "transfer-encoding": "chunked",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
  };
  const rest = reading.then(
    (data) => end({ ...data, isLive: true, ...poll }),
    (thrown) => `<p class="empty big">${escaped.xml(userErrorOf(thrown).message)}</p></body></html>\n`,
  );
  const parts = async function* () {
    yield start;
    yield await rest;
  };
  return new Response(ReadableStream.from(parts()).pipeThrough(new TextEncoderStream()), { headers });
}

function noRun(): Response {
  return new Response("There is no such run.\n", { status: 404, headers: HEADERS });
}

/** Maximum number of bytes per response; a page that opens a longer log starts near its end. */
const MOST_PER_RESPONSE = 256 * 1024;
/** Maximum number of bytes of a log that is searched. */
const MOST_SEARCHED = 2_000_000;
const NEWLINE = 10;

async function logsOfStep({ workspace, name, openHistory }: RunTarget, query: URLSearchParams) {
  const opened = await openRun(workspace, name, openHistory);
  const step = opened.steps.find(({ key }) => key === query.get("step"));
  return { step, logs: step === undefined ? {} : await opened.logFiles(step) };
}

/** Reads a whole log of a step, with secrets masked; `undefined` if there is none that can be read. */
async function readWholeLog(
  target: RunTarget,
  query: URLSearchParams,
): Promise<string | undefined> {
  const { logs } = await logsOfStep(target, query);
  const url = ownValue(logs, query.get("file") ?? "");
  const text = url && await readAll(target.workspace, url);
  return text === undefined ? undefined : redact(text);
}

/**
 * Reads a part of a step's log: whole lines only, unless the step has ended or a line is longer than a response.
 *
 * @param query `step`; `file` (default: the first log of the step's own code); `from`, an offset in bytes, negative for
 *   the end.
 */
async function readLogPart(
  target: RunTarget,
  query: URLSearchParams,
): Promise<LogPart> {
  const { workspace } = target;
  const { step, logs } = await logsOfStep(target, query);
  const run = step?.run;
  const files = Object.keys(logs).sort();
  const file = query.get("file") ?? logsToShow(logs)[0]?.[0];
  const url = ownValue(logs, file ?? "");
  if (run === undefined || file === undefined || url === undefined) {
    return { files, text: "", next: 0, skippedBytes: 0 };
  }
  const askedFrom = Number(query.get("from"));
  const from = Number.isSafeInteger(askedFrom) ? askedFrom : 0;
  const unread = { bytes: new Uint8Array(), begin: Math.max(0, from), total: Math.max(0, from) };
  const { bytes, begin, total } =
    await readPart(workspace, { action: "read a log", url }, from, MOST_PER_RESPONSE) ?? unread;
  // The lines about nodes may be anywhere in the log of a step that runs several.
  const isCut = begin > 0 && from < 0 && step!.nodes !== undefined;
  const isWhole = run.endedAt !== undefined && begin + bytes.length === total;
  const lastLine = bytes.lastIndexOf(NEWLINE) + 1;
  // One line may be longer than a response.
  const wholeLines = lastLine > 0 || bytes.length < MOST_PER_RESPONSE ? lastLine : MOST_PER_RESPONSE;
  const length = isWhole ? bytes.length : wholeLines;
  // The end of a long log begins within a line, in which a secret would not be recognized.
  const start = from < 0 && begin > 0 ? bytes.subarray(0, length).indexOf(NEWLINE) + 1 : 0;
  const text = redact(new TextDecoder().decode(bytes.subarray(start, length)));
  return {
    files,
    file,
    text,
    next: begin + length,
    skippedBytes: from < 0 ? begin + start : 0,
    nodeRuns: lastNodeRuns(isCut ? redact(await readAll(workspace, url) ?? "") : text),
  };
}

/** Finds the steps whose logs contain a text, ignoring case; reads the beginning and the end of long logs only. */
async function searchLogs(
  { workspace, name, openHistory }: RunTarget,
  text: string,
): Promise<LogSearch> {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return { steps: [] };
  const opened = await openRun(workspace, name, openHistory);
  const limit = smallTransferLimit();
  const contains = async (step: RunStep) => {
    if (step.run === undefined || !mayHaveLogs(step.run)) return false;
    for (const [, url] of userLogs(await opened.logFiles(step))) {
      const log = await readEnds(workspace, url, MOST_SEARCHED);
      if (redact(log?.text ?? "").toLowerCase().includes(wanted)) return true;
    }
    return false;
  };
  const hasText = await Promise.all(opened.steps.map((step) => limit(() => contains(step))));
  return { steps: opened.steps.filter((_, at) => hasText[at]).map(({ key }) => key) };
}
