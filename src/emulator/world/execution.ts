import type { FileSystem } from "../../core/context.ts";

/** How a job's steps really run, so far; times in milliseconds since 1970. */
export interface JobExecution {
  /** By the step's key; a step that does not run yet, or never will, is not in it. */
  readonly steps: Readonly<Record<string, StepExecution>>;
  /** Absent while the job runs. */
  readonly endedAt?: number;
  readonly end?: "Completed" | "Failed" | "Canceled";
}

/** How one step really runs, so far. */
export interface StepExecution {
  /** Folder of its working copy, outputs and logs. */
  readonly folder: string;
  readonly queuedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly end?: "Completed" | "Failed" | "Canceled";
  /** What Azure ML would report about a step that failed. */
  readonly error?: string;
}

/** Runs the steps of jobs; jobs are named by their key in {@linkcode World.jobs}. */
export interface JobRunner {
  /** Starts the steps of a job that was just submitted, and returns at once. */
  start(job: string): void;
  /** Stops the steps of a job; the job ends soon after. */
  cancel(job: string): void;
  /** Stops all steps, and resolves once none runs any more. */
  close(): Promise<void>;
}

/** Where the emulator keeps what does not fit into memory: bytes of blobs, and what steps read and write. */
export interface Disk {
  readonly fs: FileSystem;
  /** Absolute path. */
  readonly folder: string;
}
