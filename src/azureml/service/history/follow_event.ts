import type { RunStatus } from "../../../core/run.ts";
import type { Warning } from "../../../core/errors.ts";
import type { JobStep } from "../../job/steps.ts";
import type { MainMetric } from "./job_metrics.ts";
import type { NodeRun } from "./node_lines.ts";
import type { RunFailure, StepRun } from "./run_history.ts";

/** An event of a job that is followed. */
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
    /** The step's key in the job. */
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
  | { readonly type: "warning"; readonly warning: Warning }
  /** Why a step failed; `run` is the job itself if no step caused it. */
  | { readonly type: "failure"; readonly job: string; readonly run: StepRun; readonly failure: RunFailure }
  /** What the steps logged to MLflow; before the end, if they logged anything. */
  | { readonly type: "metrics"; readonly job: string; readonly metrics: readonly MainMetric[] }
  /** Time passed without a change; for displaying elapsed time. */
  | { readonly type: "tick"; readonly job: string }
  | { readonly type: "end"; readonly job: string; readonly status: RunStatus; readonly durationMs: number };

/** Options of following a job. */
export interface FollowOptions {
  /** Milliseconds between the first two polls; each wait is 1.5 times as long, up to 15 s. */
  readonly firstWaitMs?: number;
  /** Milliseconds between two looks at most (default: 15 s). */
  readonly longestWaitMs?: number;
  /** Shortest wait as a multiple of how long the last poll took (default: 0). */
  readonly patience?: number;
  /** Milliseconds after which following stops; the job keeps running. */
  readonly timeoutMs?: number | undefined;
  /** The job's steps, if they are known more precisely than from the job's body. */
  readonly steps?: readonly JobStep[] | undefined;
  /** Whether to yield the log lines of running steps. */
  readonly logs?: boolean | undefined;
  /** Milliseconds between two ticks (default: no ticks). */
  readonly tickMs?: number | undefined;
}
