import type { Clock, Random } from "../../core/context.ts";
import type { PageParts } from "../../page/parts.ts";

/** What an emulator is made of; everything has a default that makes tests foreseeable. */
export interface EmulatorOptions {
  /** Where it is served, such as `https://127.0.0.1:8443`; every URL that it hands out is below. Absent: Azure's own hosts. */
  readonly origin?: string;
  /** Absent: time starts in 2026 and goes on by a second with each request. */
  readonly clock?: Pick<Clock, "now" | "sleep">;
  /** Absent: counts. */
  readonly random?: Random;
  readonly seed?: Seed;
  readonly pace?: Partial<Pace>;
  readonly outcome?: Outcome;
  /** Actions that the identity has no role for, such as `Microsoft.MachineLearningServices/workspaces/jobs/write`; `*` stands for anything. */
  readonly deniedActions?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Workspaces take requests through their private endpoints only, whose names begin with their ids. */
  readonly isPrivate?: boolean;
  /** Whether users need multi-factor authentication for writes, as in tenants where Azure enforces that. */
  readonly demandsMfa?: boolean;
  /** How long a token is good for; 86 399 s when absent. */
  readonly tokenLifetimeSeconds?: number;
  /**
   * What opens the storage of the workspaces: SAS and tokens when absent; with `identity` its account keys are switched
   * off, so that it refuses every SAS; with `no credentials` none is given out for uploads either.
   */
  readonly storage?: "identity" | "no credentials";
  /** How long a SAS is good for; an hour when absent. */
  readonly sasLifetimeMs?: number;
  /** What makes the page that shows its jobs; without it there is none. */
  readonly page?: PageParts;
}

/** What is there from the start; a name that is not seeded is not there. */
export interface Seed {
  readonly tenant?: string;
  readonly client?: string;
  readonly secret?: string;
  /** Certificates of the service principal, in PEM. */
  readonly certificates?: readonly string[];
  /** Issuers whose assertions stand for the service principal. */
  readonly federations?: readonly FederationSeed[];
  /** Name of the person who signs in in a browser or with a device code; `ada@emulator.example` when absent. */
  readonly user?: string;
  /** What becomes of such a sign-in; it works when absent. */
  readonly signIn?: SignInOutcome;
  readonly workspaces?: readonly WorkspaceSeed[];
  /** Computes in each workspace; a name alone is a cluster of at most 4 machines. */
  readonly computes?: readonly (string | ComputeSeed)[];
  /** Versions from the oldest to the newest. */
  readonly environments?: readonly AssetSeed[];
  readonly data?: readonly (AssetSeed & { readonly type?: "uri_folder" | "uri_file" | "mltable" })[];
  /** A data asset that is not there is made, as the version that is asked for or as version 1, when it is first asked for. */
  readonly dataOnDemand?: boolean;
  /** Besides `workspaceblobstore`, which is always there. */
  readonly datastores?: readonly string[];
}

/** An issuer whose assertions sign the service principal in. */
export interface FederationSeed {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly keys: readonly JsonWebKey[];
}

/** The person says no, or a conditional access policy does (to device codes only, or to all). */
export type SignInOutcome = "declined" | "blocked" | "device_code_blocked";

/** Which workspace; names as `azureml.yml` has them. */
export interface WorkspaceSeed {
  readonly subscription_id: string;
  readonly resource_group: string;
  readonly name: string;
}

/** A compute. */
export interface ComputeSeed {
  readonly name: string;
  readonly kind?: "AmlCompute" | "ComputeInstance" | "Kubernetes";
  readonly maxNodes?: number;
  readonly provisioningState?: "Succeeded" | "Failed" | "Creating" | "Deleting";
  /** Of a compute instance. */
  readonly state?: string;
  /** What went wrong with it, by Azure's codes. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** A versioned asset. */
export interface AssetSeed {
  readonly name: string;
  readonly versions: readonly string[];
}

/** How fast jobs go. */
export interface Pace {
  /** From the submission to the first step; half of it is `NotStarted`, half `Preparing`. */
  readonly prepareMs: number;
  /** Of each step, after it was queued. */
  readonly stepMs: number;
  readonly parallelSteps: number;
  /** From `CancelRequested` to `Canceled`. */
  readonly cancelMs: number;
}

/** How jobs end, when not well. */
export interface Outcome {
  /** What the error of a step says, by the step's name. */
  readonly failingSteps?: Readonly<Record<string, string>>;
  /** What each step that completes leaves besides its logs: text by path, such as `outputs/metrics.json`. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** The files of each output of a step that completes: text by path in the output, by the output's name. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Steps that reuse the results of the same step of an earlier job, if there is one. */
  readonly reusedSteps?: readonly string[];
  /** What becomes of a job once its first step has ended. */
  readonly afterFirstStep?: "Canceled" | "NotResponding";
}

/** Something that goes wrong on the way; the first fault that matches and is not used up happens. */
export interface Fault {
  readonly method?: string;
  /** Matched against the URL. */
  readonly url: RegExp;
  /** How many requests it happens to; 1 when absent. */
  readonly times?: number;
  /** How many matching requests pass before. */
  readonly after?: number;
  readonly happens: FaultKind;
}

/** What goes wrong. */
export type FaultKind =
  | { readonly kind: "throttle"; readonly retryAfterSeconds: number }
  | { readonly kind: "status"; readonly status: number }
  /** The connection is cut; `afterServer` says whether the service did its work first. */
  | { readonly kind: "cut"; readonly afterServer: boolean }
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Something between answers in the service's place, with 200 and a page for people. */
  | { readonly kind: "page" }
  /** What Azure says for a reason that the emulator has not, in Resource Manager's shape, or in XML for blobs. */
  | {
    readonly kind: "refuse";
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
