import type { FileSystem } from "../../core/context.ts";

/** The state of a job whose steps run on this machine; times are in milliseconds since 1970. */
export interface JobExecution {
  /** By step key; steps that have not been queued are missing. */
  readonly steps: Readonly<Record<string, StepExecution>>;
  /** Absent while the job runs. */
  readonly endedAt?: number;
  readonly end?: "Completed" | "Failed" | "Canceled";
}

/** The state of one such step. */
export interface StepExecution {
  /** Folder with its working copy, outputs and logs. */
  readonly folder: string;
  readonly queuedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly end?: "Completed" | "Failed" | "Canceled";
  /** The error as Azure ML would report it, if the step failed. */
  readonly error?: string;
  /** Absent if it was not measured. */
  readonly usage?: StepUsage;
}

/** What the processes of a step used. */
export interface StepUsage {
  /** Peak memory of the largest process, in bytes. */
  readonly peakBytes: number;
  /** Processor time of all processes, in milliseconds. */
  readonly cpuMs: number;
}

/** Runs the steps of jobs; jobs are identified by their key in {@linkcode World.jobs}. */
export interface JobRunner {
  /** Starts the steps of a submitted job, and returns immediately. */
  start(job: string): void;
  /** Stops the steps of a job; the job ends soon afterwards. */
  cancel(job: string): void;
  /** Stops all steps, and resolves when none is running. */
  close(): Promise<void>;
}

/** Storage for what does not fit into memory: bytes of blobs, and the files of steps. */
export interface Disk {
  readonly fs: FileSystem;
  /** Absolute path. */
  readonly folder: string;
}
