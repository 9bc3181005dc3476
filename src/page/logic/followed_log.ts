import type { LogPart } from "../view.ts";

/** A log that is being read, as far as it is available. */
export interface FollowedLog extends Pick<LogPart, "files" | "file" | "text" | "skippedBytes" | "nodeRuns"> {
  readonly isLoading: boolean;
  /** Why the last request failed. */
  readonly problem?: string;
}

/** A log of which nothing has been read. */
export const NO_LOG: FollowedLog = { files: [], text: "", skippedBytes: 0, isLoading: true };

/** How many parts must be empty after the step has ended: a log may get its last lines then. */
export const LATER_LOOKS = 3;

/** How many more parts must be empty after one that was read when the step had ended. */
export function looksAfter(left: number, { text }: Pick<LogPart, "text">): number {
  return text === "" ? left - 1 : left;
}

/** Maximum number of characters of a log to keep. */
const MOST_KEPT = 2_000_000;

/** Adds the next part to a log, and leaves out its first lines if it becomes too long. */
export function withPart(before: FollowedLog, part: LogPart): FollowedLog {
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
    isLoading: false,
  };
}
