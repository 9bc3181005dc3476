import { durationText } from "../../../core/text/duration.ts";
import { isFinal } from "../../../core/run.ts";
import { ExitCode, UserError, type Warning } from "../../../core/errors.ts";
import type { FollowEvent, FollowOptions } from "./follow_event.ts";
import { openWatch } from "./watch.ts";
import type { Workspace } from "../client/workspace.ts";

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 15_000;
/** Consecutive failed polls before following gives up: more than an hour, however long a laptop slept. */
const MOST_LOST_POLLS = 240;
/** Consecutive polls with a failed sign-in, after it has worked before: a few minutes. */
const MOST_REFUSED_POLLS = 20;
/** Failed polls after the time limit. */
const MOST_LATE_POLLS = 5;

/**
 * Yields the changes of a job and its steps, and finally its end.
 *
 * It polls until the job ends, through network outages and temporary sign-in failures. The workspace's signal stops
 * it.
 *
 * @throws {UserError} `job.timed_out` after `timeoutMs`, `azure.*` if the job cannot be read.
 */
export async function* followJob(
  workspace: Workspace,
  name: string,
  options: FollowOptions = {},
): AsyncIterable<FollowEvent> {
  const { firstWaitMs = FIRST_WAIT_MS, longestWaitMs = LONGEST_WAIT_MS, patience = 0 } = options;
  const { timeoutMs = Infinity, tickMs = Infinity } = options;
  const { clock, signal } = workspace;
  const startedAt = clock.now().getTime();
  const elapsedMs = () => clock.now().getTime() - startedAt;
  const watch = openWatch(workspace, name, options);
  let lost = 0;
  let refused = 0;
  let late = 0;
  for (let waitMs = firstWaitMs;; waitMs = Math.min(waitMs * 1.5, longestWaitMs)) {
    const askedMs = elapsedMs();
    try {
      for await (const event of watch.poll()) {
        yield event;
        if (event.type === "status" || event.type === "step") waitMs = firstWaitMs;
      }
      const { status, durationMs = elapsedMs() } = watch.state();
      if (isFinal(status)) return yield { type: "end", job: name, status, durationMs };
      lost = refused = 0;
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      const isRefused = thrown.exit === ExitCode.Auth && watch.state().status !== "";
      const isLost = thrown.exit === ExitCode.Unavailable;
      if (isRefused ? ++refused > MOST_REFUSED_POLLS : !isLost || ++lost > MOST_LOST_POLLS) throw thrown;
      if (lost + refused === 1) yield { type: "warning", warning: lostContact(name, thrown) };
    }
    waitMs = Math.max(waitMs, patience * (elapsedMs() - askedMs));
    const restMs = timeoutMs - elapsedMs();
    // A laptop that slept past the limit wakes before its network does, and the job may have ended.
    if (restMs <= 0 && (lost + refused === 0 || ++late > MOST_LATE_POLLS)) throw timedOut(name, timeoutMs);
    for (let leftMs = restMs > 0 ? Math.min(waitMs, restMs) : waitMs; leftMs > 0; leftMs -= tickMs) {
      await clock.sleep(Math.min(leftMs, tickMs), signal);
      if (tickMs < Infinity && (leftMs > tickMs || waitMs < tickMs)) yield { type: "tick", job: name };
    }
  }
}

function lostContact(name: string, error: UserError): Warning {
  return {
    code: "follow.lost_sight",
    message: `Lost contact with job "${name}", retrying: ${error.message}`,
  };
}

function timedOut(name: string, timeoutMs: number): UserError {
  return new UserError(
    `Stopped following job "${name}" after ${durationText(timeoutMs)}; it has not ended`,
    {
      code: "job.timed_out",
      exit: ExitCode.TimedOut,
      hint:
        `Keep following with \`kedro-azureml job follow ${name}\`, or cancel it with \`kedro-azureml job cancel ${name}\``,
    },
  );
}
