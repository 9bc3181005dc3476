import type { RunUsage } from "../../core/runs.ts";

/** A part of a blob's bytes: in memory, or in a file by its absolute path. */
export type Piece =
  | { readonly sizeBytes: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly sizeBytes: number; readonly file: string };

export interface Content {
  readonly sizeBytes: number;
  /** Absent if there were too many bytes to keep in memory. */
  readonly pieces?: readonly Piece[];
  /** In base64; absent if it was not computed, as for a blob made of blocks. */
  readonly md5?: string | undefined;
}

export interface Blob extends Content {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly modifiedAt: Date;
  /** Blocks, by id, that are not yet in a block list. */
  readonly staged: ReadonlyMap<string, Content>;
  /** Blocks, by id, of its block list. */
  readonly blocks?: ReadonlyMap<string, Content>;
  /** Whether it consists only of staged blocks so far. */
  readonly isUncommitted: boolean;
}

export interface Container {
  readonly account: string;
  readonly name: string;
  readonly blobs: Map<string, Blob>;
}

/** What the name of a map of blobs starts with; the container's key follows. */
export const BLOBS = "blobs:";

/** The maps that hold the emulator's data; with stored state, they record each change. */
export interface WorldMaps {
  /** The map with a name, which is created on first use. */
  of<V>(name: string): Map<string, V>;
}

/** Maps in memory, which are lost when the process ends. */
export function memoryMaps(): WorldMaps {
  const maps = new Map<string, Map<string, unknown>>();
  return {
    of<V>(name: string) {
      const map = maps.get(name) ?? new Map<string, unknown>();
      maps.set(name, map);
      return map as Map<string, V>;
    },
  };
}

/** The state of a step that runs on this machine; times are in milliseconds since 1970. */
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
  readonly usage?: RunUsage;
}

/** When one step of a job runs and how it ends. Times are in milliseconds since 1970. */
export interface StepTimes {
  readonly step: string;
  readonly queuedAt: number;
  /** `undefined` if the job ended first. */
  readonly startedAt: number | undefined;
  readonly endedAt: number;
  readonly end: "Completed" | "Failed" | "Canceled";
}

/** The course of a job, from submission to end. Times are in milliseconds since 1970. */
export interface Timeline {
  readonly preparedAt: number;
  readonly runningAt: number;
  /** The steps that are ever queued, in that order. */
  readonly steps: readonly StepTimes[];
  readonly cancelAskedAt: number | undefined;
  /** `Infinity` if it never ends. */
  readonly endedAt: number;
  readonly end: "Completed" | "Failed" | "Canceled" | "NotResponding";
}

/** Runs the steps of jobs; jobs are identified by their key in {@linkcode World.jobs}. */
export interface JobRunner {
  /** Starts the steps of a submitted job, and returns immediately. */
  start(job: string): void;
  cancel(job: string): void;
  /** Stops all steps, and resolves when none is running. */
  close(): Promise<void>;
}
