import type { FollowEvent } from "./follow_event.ts";
import { userLogs } from "./log_files.ts";
import { type LogReader, openLogReader } from "./log_reader.ts";
import { mayHaveLogs, producerOf, type RunHistory, type StepRun } from "./run_history.ts";
import { transferLimit } from "../client/limits.ts";
import type { Workspace } from "../client/workspace.ts";

/** The logs of a job's steps, as they are written. */
export interface StepLogs {
  /** Yields what was logged since the previous poll. @param isEnd Whether this is the last poll. */
  poll(history: RunHistory, runs: readonly StepRun[], isEnd: boolean): AsyncIterable<FollowEvent>;
}

/** Opens the logs of a job's steps, including those of all processes of a distributed step. */
export function openStepLogs(workspace: Workspace, job: string): StepLogs {
  const readers = new Map<string, LogReader>();
  /** Runs that have ended, and whether their logs were read since: last lines may arrive late. */
  const ended = new Map<string, boolean>();

  async function readRun(history: RunHistory, run: StepRun, isLast: boolean): Promise<FollowEvent[]> {
    const logs = userLogs(await history.logFiles(producerOf(run)));
    const events: FollowEvent[] = [];
    for (const [file, url] of logs) {
      const key = `${run.id}/${file}`;
      const reader = readers.get(key) ?? openLogReader(workspace);
      readers.set(key, reader);
      const text = await reader.read(url, { isLast });
      if (text !== "") events.push({ type: "log", job, step: run.step, file, text });
    }
    return events;
  }

  return {
    async *poll(history, runs, isEnd) {
      const limit = transferLimit();
      const open = runs.filter((run) => mayHaveLogs(run) && ended.get(run.id) !== true);
      const read = open.map((run) =>
        limit(async () => {
          const wasEnded = ended.has(run.id);
          const isLast = isEnd || wasEnded;
          const events = await readRun(history, run, isLast);
          if (run.endedAt !== undefined) ended.set(run.id, isLast);
          return events;
        })
      );
      for (const events of await Promise.all(read)) yield* events;
    },
  };
}
