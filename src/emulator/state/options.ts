import type { Clock, Random } from "../../core/context.ts";
import type { Disk } from "./disk.ts";
import type { WorldMaps } from "./records.ts";

export interface EmulatorOptions {
  /** Base URL of all services, such as `https://127.0.0.1:8443` (default: Azure's own hosts). */
  readonly origin?: string;
  /** Base URL of the pages of jobs (default: that of all services). */
  readonly studio?: string;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly random: Random;
  readonly seed?: Seed;
  readonly pace?: Partial<Pace>;
  readonly outcome?: Outcome;
  /** Lifetime of SAS in milliseconds (default: eight hours for uploads, else one hour). */
  readonly sasLifetimeMs?: number;
  /** Where the bytes of blobs are stored (default: in memory, up to a limit). */
  readonly disk?: Disk;
  /** Stored state (default: none; everything is lost at the end). */
  readonly maps?: WorldMaps;
  /** Resolves when all changes of these maps are saved; awaited before each response. */
  readonly flush?: () => Promise<void>;
  /** Creates every workspace, compute, environment and data asset that a request names. */
  readonly acceptAny?: boolean;
  /** Called with messages for the person who runs the emulator. */
  readonly onNotice?: (message: string) => void;
}

export interface Seed {
  readonly tenant?: string;
  readonly client?: string;
  readonly secret?: string;
  readonly workspaces?: readonly WorkspaceSeed[];
  /** Names of the clusters in each workspace, each of at most 4 nodes. */
  readonly computes?: readonly string[];
  /** Versions, oldest first. */
  readonly environments?: readonly EnvironmentSeed[];
  readonly data?: readonly DataSeed[];
  /** Whether missing data assets are created when first requested, in the requested version or as version 1. */
  readonly dataOnDemand?: boolean;
}

/** A workspace, with the keys of `azureml.yml`. */
export interface WorkspaceSeed {
  readonly subscription_id: string;
  readonly resource_group: string;
  readonly name: string;
}

interface AssetSeed {
  readonly name: string;
  readonly versions: readonly string[];
}

/** An environment, whose versions have the same definition. */
interface EnvironmentSeed extends AssetSeed {
  /** Image (default: one of Azure ML's base images). */
  readonly image?: string | undefined;
  /** Text of the Conda file, if the environment has one. */
  readonly condaFile?: string | undefined;
}

interface DataSeed extends AssetSeed {
  /** Type (default: `uri_folder`). */
  readonly type?: "uri_folder" | "uri_file" | "mltable";
  /** Path in `workspaceblobstore` (default: `NAME/VERSION`). */
  readonly path?: string;
}

/** Durations of simulated jobs, in milliseconds. */
export interface Pace {
  /** From submission to the first step: half `NotStarted`, half `Preparing`. */
  readonly prepareMs: number;
  /** Duration of each step, once a slot is free: a quarter `Queued`, the rest `Running`. */
  readonly stepMs: number;
  readonly parallelSteps: number;
  /** From `CancelRequested` to `Canceled`. */
  readonly cancelMs: number;
  readonly scheduleMs: number;
}

/** How simulated jobs fail, and what their steps produce. */
export interface Outcome {
  /** Error messages of failing steps, by key, display name or a Kedro node of the step. */
  readonly failingSteps?: Readonly<Record<string, string>>;
  /** Artifacts of each completed step: text by path, such as `outputs/metrics.json`. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** Files in the outputs of completed steps: text by path, by output name. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Final status of a job after its first step. */
  readonly afterFirstStep?: "Canceled" | "NotResponding";
}
