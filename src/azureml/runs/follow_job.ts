import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import { durationText } from "../../core/format.ts";
import {
  isFailed,
  isFinal,
  type NodeState,
  NOT_RUN,
  type RunStatus,
  type StepState,
  WAITING,
} from "../../core/runs.ts";
import { transferLimit } from "../client/pace.ts";
import { endsWithCommand } from "../../core/net/cloud_hosts.ts";
import type { Workspace } from "../client/workspace.ts";
import { nodeLines, type NodeRun } from "../job/compile/command.ts";
import { type JobStep, stepsOf } from "../job/steps.ts";
import { type GrowingLog, openGrowing } from "../storage/read.ts";
import {
  mayHaveLogs,
  openRunHistory,
  producerOf,
  type RunFailure,
  type RunHistory,
  type StepRun,
  userLogs,
} from "./history.ts";
import { getJobBody } from "./jobs.ts";
import { type MainMetric, readMainMetrics } from "./metrics.ts";
import { stepsOfRuns } from "./open_run.ts";
import { reasonOf } from "../../core/python_log.ts";

/** Each wait is 1.5 times as long as the one before, and no shorter than the last poll times `patience`. */
const PACE = { firstWaitMs: 2000, longestWaitMs: 15_000, patience: 0 };
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
  const { pollMs, timeoutMs = Infinity, tickMs = Infinity } = options;
  const { firstWaitMs, longestWaitMs, patience } = pollMs === undefined
    ? PACE
    : { firstWaitMs: pollMs, longestWaitMs: pollMs, patience: 10 };
  const { clock, signal } = workspace;
  const startedAt = clock.now().getTime();
  const elapsedMs = () => clock.now().getTime() - startedAt;
  workspace.onThrottled((waitMs) => elapsedMs() + waitMs <= timeoutMs);
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
      if (lost + refused === 1) yield { type: "warnings", warnings: [lostContact(name, thrown)] };
    }
    waitMs = Math.max(waitMs, patience * (elapsedMs() - askedMs));
    const restMs = timeoutMs - elapsedMs();
    // A laptop that slept past the limit wakes before its network does, and the job may have ended.
    if (restMs <= 0 && (lost + refused === 0 || ++late > MOST_LATE_POLLS)) {
      throw timedOut(workspace, name, timeoutMs);
    }
    for (let leftMs = restMs > 0 ? Math.min(waitMs, restMs) : waitMs; leftMs > 0; leftMs -= tickMs) {
      await clock.sleep(Math.min(leftMs, tickMs), signal);
      if (tickMs < Infinity && (leftMs > tickMs || waitMs < tickMs)) yield { type: "tick", job: name };
    }
  }
}

function lostContact(name: string, error: UserError): Warning {
  return {
    // follow.lost_sight: The contact with Azure was lost while a job was followed. It is retried; nothing to
    //   do.
    code: "follow.lost_sight",
    message: `Lost contact with job "${name}", retrying: ${error.message}`,
  };
}

function timedOut({ cloud }: Workspace, name: string, timeoutMs: number): UserError {
  return new UserError(
    `Stopped following job "${name}" after ${durationText(timeoutMs)}; it has not ended`,
    {
      code: "job.timed_out",
      exit: ExitCode.TimedOut,
      hint: endsWithCommand(`${cloud.resourceManager}/`)
        ? "It ended with this command and its emulator; `kedro-azureml emulator start` starts one that stays"
        : `Keep following with \`kedro-azureml job follow ${name}\`, or cancel it with \`kedro-azureml job cancel ${name}\``,
    },
  );
}

/** Number of polls that skip run history after it failed. */
const SKIPPED_POLLS = 3;

/** Opens a job for polling; sends no request yet. */
export function openWatch(
  workspace: Workspace,
  name: string,
  { logs = false, steps: given }: FollowOptions,
) {
  const stepsWatch = openStepsWatch(workspace, name, logs);
  let history: RunHistory | undefined;
  let skips = 0;
  let hasWarned = false;
  let steps: readonly JobStep[] | undefined;
  let status = "";

  /** Reads the steps. If run history fails, the job itself is still followed, and the steps are retried later. */
  async function* readSteps(isEnd: string | undefined): AsyncIterable<FollowEvent> {
    if (skips-- > 0 && isEnd === undefined) return;
    try {
      history ??= await openRunHistory(workspace);
      yield* stepsWatch.poll(history, steps!, isEnd);
      [skips, hasWarned] = [0, false];
    } catch (thrown) {
      if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
      skips = SKIPPED_POLLS;
      if (!hasWarned) yield { type: "warnings", warnings: [stepsUnknown(thrown)] };
      hasWarned = true;
    }
  }

  return {
    /** Yields what has changed since the previous poll. @throws {UserError} `job.not_found`, `azure.*`, `network.*`. */
    async *poll(): AsyncGenerator<FollowEvent> {
      const current = await getJobBody(workspace, name);
      if (steps === undefined) {
        yield { type: "steps", job: name, steps: steps = given ?? stepsOf(current.body) };
      }
      const { status: now } = current.job;
      if (now !== status && !isFinal(now)) yield { type: "status", job: name, status: now };
      yield* readSteps(isFinal(now) ? now : undefined);
      status = now;
    },
    /** The last known state; `status` is `""` before the first poll, `durationMs` is what Azure measured. */
    state: () => ({ status, durationMs: stepsWatch.durationMs() }),
  };
}

function openStepsWatch(workspace: Workspace, job: string, withLogs: boolean) {
  const reported = new Map<string, string>();
  const failed = new Map<string, StepRun>();
  const logs = openStepLogs(workspace, job);
  let failureCount = 0;
  let durationMs: number | undefined;

  function* stepEvents(changed: readonly KnownRun[]): Iterable<FollowEvent> {
    for (const { key, run } of changed) {
      reported.set(run.id, run.status);
      if (isFailed(run.status)) failed.set(run.id, run);
      yield { type: "step", job, run, key };
    }
  }

  async function* failures(history: RunHistory, runs: Iterable<StepRun>): AsyncIterable<FollowEvent> {
    for (const run of runs) {
      const failure = await history.failure(run.id);
      failed.delete(run.id);
      failureCount++;
      yield { type: "failure", job, run, failure };
    }
  }

  /** Logs are read where they are asked for, and where they tell of the nodes of a step. */
  async function* logEvents(
    history: RunHistory,
    runs: readonly KnownRun[],
    { steps, isEnd }: { readonly steps: readonly JobStep[]; readonly isEnd: boolean },
  ): AsyncIterable<FollowEvent> {
    const grouped = new Map(
      runs.flatMap(({ key, run }) => {
        const step = steps.find((step) => step.key === key);
        return step?.nodes === undefined ? [] : [[run.step, { key: step.key, nodes: step.nodes }] as const];
      }),
    );
    const read = runs.map(({ run }) => run).filter(({ step }) => withLogs || grouped.has(step));
    for await (const event of logs.poll(history, read, isEnd)) {
      if (withLogs) yield event;
      const group = event.type === "log" ? grouped.get(event.step) : undefined;
      if (event.type !== "log" || group === undefined) continue;
      for (const node of nodeLines(event.text)) {
        if (group.nodes.includes(node.name)) {
          yield { type: "node", job, step: event.step, key: group.key, node };
        }
      }
    }
  }

  async function* end(
    history: RunHistory,
    status: string,
    runs: readonly KnownRun[],
  ): AsyncIterable<FollowEvent> {
    const run = await history.run(job);
    const { createdAt, endedAt } = run;
    if (createdAt && endedAt) durationMs = Math.max(0, endedAt.getTime() - createdAt.getTime());
    const steps = runs.map(({ run }) => ({ key: run.id, label: run.step, run }));
    const metrics = await readMainMetrics(workspace, { name: job, steps, history });
    if (metrics.length > 0) yield { type: "metrics", job, metrics };
    if (status === "Completed" || failureCount > 0) return;
    const failure = await history.failure(job);
    if (failure.message !== undefined) yield { type: "failure", job, run, failure };
  }

  return {
    durationMs: () => durationMs,
    /** Yields the changes of the steps. @param ended The job's status, if it is final. */
    async *poll(
      history: RunHistory,
      steps: readonly JobStep[],
      ended: string | undefined,
    ): AsyncIterable<FollowEvent> {
      // Steps that failed before this poll have written their logs by now.
      const earlier = [...failed.values()];
      const runs = named(await history.children(job), steps);
      const changed = runs.filter(({ run }) => reported.get(run.id) !== run.status);
      // A step ends after the last line of its log, and after its last node.
      const over = changed.filter(({ run }) => isFinal(run.status));
      const isEnd = ended !== undefined;
      yield* logEvents(history, over, { steps, isEnd });
      yield* stepEvents(changed);
      yield* logEvents(history, runs.filter((run) => !over.includes(run)), { steps, isEnd });
      yield* failures(history, ended === undefined ? earlier : [...failed.values()]);
      if (ended !== undefined) yield* end(history, ended, runs);
    },
  };
}

/** A run, and the key of its step where that is known. */
interface KnownRun {
  readonly key: string | undefined;
  readonly run: StepRun;
}

function named(runs: readonly StepRun[], steps: readonly JobStep[]): KnownRun[] {
  const belongs = stepsOfRuns(steps, runs);
  return runs.map((run) => {
    const step = belongs.get(run);
    return { key: step?.key, run: step === undefined ? run : { ...run, step: step.label } };
  });
}

function stepsUnknown(error: UserError): Warning {
  return {
    // follow.no_steps: The steps of a job cannot be read for now. It is retried; nothing to do.
    code: "follow.no_steps",
    message: `Cannot read the steps, so only the job itself is followed for now: ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** Opens the logs of a job's steps, including those of all processes of a distributed step. */
function openStepLogs(workspace: Workspace, job: string) {
  const readers = new Map<string, GrowingLog>();
  /** Runs that have ended, and whether their logs were read since: last lines may arrive late. */
  const ended = new Map<string, boolean>();

  async function readRun(history: RunHistory, run: StepRun, isLast: boolean): Promise<FollowEvent[]> {
    const logs = userLogs(await history.logFiles(producerOf(run)));
    const events: FollowEvent[] = [];
    for (const [file, url] of logs) {
      const key = `${run.id}/${file}`;
      const reader = readers.get(key) ?? openGrowing(workspace);
      readers.set(key, reader);
      const text = await reader.next(url, isLast);
      if (text !== "") events.push({ type: "log", job, step: run.step, file, text });
    }
    return events;
  }

  return {
    /** Yields what was logged since the previous poll. @param isEnd Whether this is the last poll. */
    async *poll(history: RunHistory, runs: readonly StepRun[], isEnd: boolean): AsyncGenerator<FollowEvent> {
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

export type FollowEvent =
  /** Always first: the steps of the job, in graph order. */
  | { readonly type: "steps"; readonly job: string; readonly steps: readonly JobStep[] }
  | { readonly type: "status"; readonly job: string; readonly status: RunStatus }
  /** A run of a step changed; `key` is the step's key in the job, if it can be determined. */
  | { readonly type: "step"; readonly job: string; readonly run: StepRun; readonly key: string | undefined }
  /** A node of a step that runs several started or ended, according to the step's log. */
  | {
    readonly type: "node";
    readonly job: string;
    readonly step: string;
    readonly key: string;
    readonly node: NodeRun;
  }
  /** Whole lines of a step's log, each with its line break. */
  | {
    readonly type: "log";
    readonly job: string;
    readonly step: string;
    readonly file: string;
    readonly text: string;
  }
  | { readonly type: "warnings"; readonly warnings: readonly Warning[] }
  /** Why a step failed; `run` is the job itself if no step caused it. */
  | { readonly type: "failure"; readonly job: string; readonly run: StepRun; readonly failure: RunFailure }
  /** What the steps logged to MLflow; before the end, if they logged anything. */
  | { readonly type: "metrics"; readonly job: string; readonly metrics: readonly MainMetric[] }
  /** Time passed without a change; for displaying elapsed time. */
  | { readonly type: "tick"; readonly job: string }
  | { readonly type: "end"; readonly job: string; readonly status: RunStatus; readonly durationMs: number };

interface FollowOptions {
  /**
   * Milliseconds between polls of an emulator on this machine, which shares its processors with the steps: a poll that
   * takes longer is followed by a longer wait.
   */
  readonly pollMs?: number | undefined;
  /** Milliseconds after which following stops; the job keeps running. */
  readonly timeoutMs?: number | undefined;
  /** The job's steps, if they are known more precisely than from the job's body. */
  readonly steps?: readonly JobStep[] | undefined;
  readonly logs?: boolean | undefined;
  /** Milliseconds between two ticks (default: no ticks). */
  readonly tickMs?: number | undefined;
}

export type JobEnding = Extract<FollowEvent, { type: "end" }>;

/** The steps of a run in graph order, updated by the events of following the run. */
export type Board = ReturnType<typeof openBoard>;

/** Opens a board with the known steps, in graph order; others are added when they appear. */
export function openBoard(known: readonly JobStep[] = []) {
  const steps = new Map(known.map((step): [string, StepState] => [step.key, waiting(step)]));
  let status = "";
  let durationMs: number | undefined;
  let metrics: readonly MainMetric[] = [];
  const withEnd = (step: StepState) =>
    durationMs !== undefined && step.status === WAITING ? { ...step, status: NOT_RUN } : step;
  const keyOf = (run: { readonly id: string }) => keys.get(run.id) ?? run.id;
  const keys = new Map<string, string>();
  return {
    take(event: FollowEvent) {
      if (event.type === "status" || event.type === "end") status = event.status;
      if (event.type === "end") ({ durationMs } = event);
      if (event.type === "metrics") metrics = event.metrics;
      if (event.type === "steps") {
        for (const step of event.steps) if (!steps.has(step.key)) steps.set(step.key, waiting(step));
      }
      if (event.type === "step") {
        const { id, step: label, status, compute, startedAt, endedAt, usage } = event.run;
        keys.set(id, event.key ?? id);
        const before = steps.get(keyOf(event.run));
        const now = { key: keyOf(event.run), label, status, startedAt, endedAt };
        steps.set(now.key, {
          ...now,
          compute: compute ?? before?.compute,
          needs: before?.needs ?? [],
          ...(usage && { usage }),
          ...(before?.nodes && { nodes: before.nodes }),
        });
      }
      if (event.type === "node") {
        const step = steps.get(event.key);
        const nodes = step?.nodes?.map((node) => node.name === event.node.name ? event.node : node);
        if (step !== undefined) steps.set(step.key, { ...step, nodes });
      }
      if (event.type === "failure") {
        const step = steps.get(keyOf(event.run));
        if (step !== undefined) {
          steps.set(step.key, { ...step, reason: reasonOf(event.failure) });
        }
      }
    },
    /** What the steps logged to MLflow; empty before the end. */
    metrics: () => metrics,
    steps: () => [...steps.values()].map(withEnd).map(withNodesEnded),
    /** Status of the run; `""` until it is known. */
    status: () => status,
    /** How long the run took; `undefined` before its end. */
    durationMs: () => durationMs,
  };
}

function waiting({ key, label, compute, needs, nodes }: JobStep): StepState {
  return {
    key,
    label,
    status: WAITING,
    compute,
    startedAt: undefined,
    endedAt: undefined,
    needs,
    ...(nodes && { nodes: waitingNodes(nodes) }),
  };
}

export function waitingNodes(names: readonly string[]): readonly NodeState[] {
  return names.map((name) => ({ name, status: WAITING }));
}

/**
 * A node whose end was not logged ended with its step, as if the container was killed; in a completed step, all nodes
 * completed, also if its log cannot be read.
 */
function withNodesEnded(step: StepState): StepState {
  if (step.nodes === undefined || step.endedAt === undefined) return step;
  const { status } = step;
  const endsWithStep = (node: NodeState) => status === "Completed" || node.status === "Running";
  return { ...step, nodes: step.nodes.map((node) => endsWithStep(node) ? { ...node, status } : node) };
}
