import { useEffect, useRef, useState } from "preact/hooks";
import { isFinal, withoutWaiting } from "../../core/runs.ts";
import type { JobsView, LogPart, LogSearch, RunState, RunView } from "../view.ts";

/** Characters that change the direction of text, so that a name could look like another one. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** Parses data for the page, whose texts come from others: characters that turn text around become visible. */
export function parseData<T>(json: string): T {
  return JSON.parse(json.replace(TURNING, "\ufffd"));
}

/** Milliseconds between two requests, as the server wants it. */
function pollMs(): number {
  return Number(document.querySelector('meta[name="poll-ms"]')?.getAttribute("content") ?? 1000);
}

/** Waiting time as a multiple of the last request's duration, so that a large job does not overload the server. */
const PATIENCE = 4;

/** Milliseconds to wait before the next request. */
function waitAfter(startedAt: number): number {
  return Math.max(pollMs(), PATIENCE * (performance.now() - startedAt));
}

function ownUrl(query: Readonly<Record<string, string>>): URL {
  const url = new URL(location.href);
  url.hash = "";
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

export function logUrl(step: string, file: string): string {
  return ownUrl({ part: "download", step, file }).href;
}

/** Requests a part of the data from the page's own server. */
async function ask<T>(query: Readonly<Record<string, string>>): Promise<T> {
  const answer = await fetch(ownUrl(query), { cache: "no-store" });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}`);
  return parseData(await answer.text());
}

/** Milliseconds after which a search is no longer being typed. */
const TYPING_MS = 250;

interface Polled<T> {
  readonly value: T;
  /** Why the last request failed. */
  readonly problem?: string;
}

/**
 * Asks again and again while the page is visible and more is wanted.
 *
 * @param asked What is asked for, besides the usual: if it changes, the answer is wanted at once.
 * @param firstMs Milliseconds before it asks for the first time (default: as between two requests).
 */
function usePolling<T>(
  first: T,
  isWanted: (value: T) => boolean,
  next: (value: T) => Promise<T>,
  { asked, firstMs = pollMs() }: { readonly asked?: string; readonly firstMs?: number } = {},
): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({ value: first });
  const latest = useRef(first);
  const answered = useRef<string | undefined>(undefined);
  const ask = useRef(next);
  ask.current = next;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async () => {
      timer = undefined;
      const startedAt = performance.now();
      try {
        if (document.visibilityState === "visible") {
          const value = await ask.current(latest.current);
          if (isOver) return;
          answered.current = asked;
          // What did not change is not drawn again.
          if (JSON.stringify(value) !== JSON.stringify(latest.current)) latest.current = value;
          setPolled((before) =>
            before.value === latest.current && before.problem === undefined
              ? before
              : { value: latest.current }
          );
        }
      } catch (thrown) {
        if (!isOver) setPolled({ value: latest.current, problem: problemOf(thrown) });
      }
      if (!isOver && isWanted(latest.current)) timer = setTimeout(look, waitAfter(startedAt));
    };
    // After sleep, a lost network or another tab, it looks again at once, unless it is looking.
    const lookNow = () => {
      if (timer === undefined || document.visibilityState !== "visible") return;
      clearTimeout(timer);
      timer = setTimeout(look, 0);
    };
    if (isWanted(latest.current)) {
      if (firstMs === 0) look();
      else timer = setTimeout(look, asked === answered.current ? firstMs : TYPING_MS);
    }
    addEventListener("online", lookNow);
    document.addEventListener("visibilitychange", lookNow);
    return () => {
      isOver = true;
      clearTimeout(timer);
      removeEventListener("online", lookNow);
      document.removeEventListener("visibilitychange", lookNow);
    };
  }, [asked]);
  return polled;
}

export function useRun(first: RunView, isLive: boolean): Polled<RunView> {
  return usePolling(
    first,
    ({ status }) => isLive && !isFinal(status),
    async (run) => merged(run, await ask<RunState>({ part: "state" })),
  );
}

/** Updates a run with a new state; unchanged steps stay the same objects. */
function merged(run: RunView, { steps, ...state }: RunState): RunView {
  return {
    ...run,
    ...state,
    steps: withoutWaiting(
      state.status,
      run.steps.map((step) => {
        const after = { ...step, ...steps[step.key] };
        return JSON.stringify(after) === JSON.stringify(step) ? step : after;
      }),
    ),
  };
}

/** Polls the list of jobs that a query asks for. */
export function useJobs(
  first: JobsView,
  isLive: boolean,
  query: Readonly<Record<string, string>>,
): Polled<JobsView> {
  return usePolling(
    first,
    () => isLive,
    () => ask<JobsView>({ part: "state", ...query }),
    { asked: JSON.stringify(query) },
  );
}

/** Why a request failed; one that got no answer at all is a TypeError. */
function problemOf(thrown: unknown): string {
  return thrown instanceof TypeError ? "The server does not answer" : (thrown as Error).message;
}

export async function askLogSearch(text: string): Promise<ReadonlySet<string>> {
  return new Set((await ask<LogSearch>({ part: "search", text })).steps);
}

/** How many parts of a log must be empty after its step has ended: it may get its last lines then. */
const LATER_LOOKS = 3;

/** A log that is being read, as far as it is available. */
interface FollowedLog extends Omit<LogPart, "next"> {
  /** Offset of its next part; negative before the first one. */
  readonly next: number;
  readonly looksLeft: number;
}

/** A log of which nothing has been read. */
export const NO_LOG: FollowedLog = { files: [], text: "", skippedBytes: 0, next: -1, looksLeft: LATER_LOOKS };

/** Follows a log until its step has ended (default: the first log). */
export function useLog(step: string, file: string | undefined, hasEnded: boolean): Polled<FollowedLog> {
  return usePolling(
    NO_LOG,
    ({ looksLeft }) => looksLeft > 0,
    async (log) => {
      const query = { part: "log", step, from: String(log.next), ...(file !== undefined && { file }) };
      return withPart(log, await ask<LogPart>(query), hasEnded);
    },
    { firstMs: 0 },
  );
}

/** Maximum number of characters of a log to keep. */
const MOST_KEPT = 2_000_000;

/** Adds the next part to a log, and leaves out its first lines if it becomes too long. */
export function withPart(before: FollowedLog, part: LogPart, hasEnded: boolean): FollowedLog {
  const runs = [...before.nodeRuns ?? [], ...part.nodeRuns ?? []];
  const text = before.text + part.text;
  const least = Math.max(0, text.length - MOST_KEPT);
  const line = least === 0 ? 0 : text.indexOf("\n", least - 1) + 1;
  // One line may be longer than what is kept.
  const cut = line === 0 || line === text.length ? least : line;
  const cutBytes = new TextEncoder().encode(text.slice(0, cut)).length;
  return {
    ...part,
    nodeRuns: [...new Map(runs.map((run) => [run.name, run])).values()],
    text: text.slice(cut),
    skippedBytes: before.skippedBytes + part.skippedBytes + cutBytes,
    next: part.file === undefined ? -1 : part.next,
    looksLeft: before.looksLeft - (hasEnded && part.text === "" ? 1 : 0),
  };
}
