import type { Warning } from "../../core/errors.ts";
import type { JobStep } from "../write/steps.ts";
import type { RunFailure, StepRun } from "./run_history.ts";

/** A change of a job that is followed. */
export type FollowEvent =
  /** Always first: the steps of the job, in graph order. */
  | { readonly type: "steps"; readonly job: string; readonly steps: readonly JobStep[] }
  | { readonly type: "status"; readonly job: string; readonly status: string }
  /** `key` is the step's in the job, where it can be told. */
  | { readonly type: "step"; readonly job: string; readonly run: StepRun; readonly key: string | undefined }
  /** Whole lines that a step has logged, each with its line break. */
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
  /** Time passed without a change, for elapsed times on screen. */
  | { readonly type: "tick"; readonly job: string }
  | { readonly type: "end"; readonly job: string; readonly status: string; readonly durationMs: number };

/** How a job is followed. */
export interface FollowOptions {
  /** Milliseconds between the first two looks; each wait is half as long again, up to 15 s. */
  readonly firstWaitMs?: number;
  /** Milliseconds between two looks at most (default: 15 s). */
  readonly longestWaitMs?: number;
  /** Milliseconds after which following stops; the job keeps running. */
  readonly timeoutMs?: number | undefined;
  /** The job's steps where they are known better than the job's body knows them. */
  readonly steps?: readonly JobStep[] | undefined;
  /** Whether to give what running steps log. */
  readonly logs?: boolean | undefined;
  /** Milliseconds between two ticks; none where absent. */
  readonly tickMs?: number | undefined;
}
