import type { Board, FollowEvent } from "../azureml/runs/follow_job.ts";
import type { MainMetric } from "../azureml/runs/metrics.ts";
import type { ScheduleAction } from "../azureml/schedules/schedules.ts";
import type { SubmitEvent } from "../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../config/schema.ts";
import type { Context } from "../core/context.ts";
import type { OnRetry } from "../core/net/retry.ts";
import type { RunStatus, SentRun, StepState } from "../core/runs.ts";
import type { MemberReport } from "../credentials/chain.ts";
import type { Interaction } from "../credentials/credential.ts";
import { CREDENTIALS } from "../credentials/chain_order.ts";
import type { Identity } from "../credentials/identity.ts";

/**
 * The context of the application layer: a {@linkcode Context} in which the terminal is replaced by an event reporter,
 * a person to ask, and the CI system. `cli` creates it; tests may omit the last two.
 */
export interface AppContext extends Omit<Context, "terminal"> {
  /** Receives each event as it happens. Must not throw. */
  readonly report: Report;
  /** The person at the terminal; `undefined` in CI, without a terminal, or if prompts are off. */
  readonly person?: Person | undefined;
  /** The CI system that runs the command; `undefined` outside CI. */
  readonly ci?: CiReport | undefined;
  /** Milliseconds between `tick` events while a run is followed; `undefined` for no ticks. */
  readonly tickMs?: number | undefined;
  /** Milliseconds between two requests for the state of a run that is followed (default: 2 to 15 seconds). */
  readonly pollMs?: number | undefined;
}

export interface Person extends Interaction {
  /** Asks the person to choose a name; the default if the answer is empty, `undefined` if there is none. */
  choose(question: string, names: readonly string[], byDefault?: string): Promise<string | undefined>;
  /** Asks a question of yes or no. @param byDefault What an empty answer means (default: no). */
  confirm(question: string, byDefault?: boolean): Promise<boolean>;
}

/** Receives the events of a command in order; resolves when an event is shown, which only following a run waits for. */
export type Report = (event: AppEvent) => void | Promise<void>;

export type AppEvent =
  | SubmitEvent
  /** Reading the project has started, which may take seconds, or has ended, even if it failed. */
  | { readonly type: "reading" | "read" }
  /** The project's code printed this while it was read. */
  | { readonly type: "print"; readonly text: string }
  /** How the project is read: from the cache or why not, or without a layer of the sandbox; shown if details are wanted. */
  | { readonly type: "cache"; readonly message: string }
  /** The signed-in identity, and the credentials that were tried. */
  | {
    readonly type: "identity";
    readonly identity: Identity | undefined;
    readonly members: readonly MemberReport[];
  }
  | ({ readonly type: "retry" } & Parameters<OnRetry>[0])
  | {
    readonly type: "compiled";
    readonly job: string;
    readonly steps: number;
    readonly pipeline: string;
    readonly project: string;
    readonly env: string;
  }
  /** A Python environment for rehearsals is being made, with which tool and from which file. */
  | {
    readonly type: "environment_making";
    /** Whether the environment exists, and its packages are installed again. */
    readonly isUpdate: boolean;
    readonly tool: string;
    readonly from: string;
    readonly folder: string;
  }
  /** What is being installed into it, such as `pandas-2.2.2 (13.0 MB)`. */
  | { readonly type: "installing"; readonly what: string }
  | { readonly type: "environment_made"; readonly durationMs: number }
  /** A package was opened; `isEnforced` if its hash was given on the command line. */
  | {
    readonly type: "package";
    readonly project: string;
    readonly env: string;
    readonly madeBy: string;
    readonly sha256: string;
    readonly isEnforced: boolean;
    readonly jobs: readonly string[];
  }
  | ({ readonly type: "rerun" } & SentRun)
  /** A schedule is being changed, which takes seconds. */
  | { readonly type: "schedule_changing"; readonly name: string; readonly action: ScheduleAction }
  | { readonly type: "canceled_previous"; readonly name: string; readonly run: string }
  /**
   * The command uses a run that was not named: the last one submitted from this project, or what the name `asked`
   * stands for, such as the last run of a job.
   */
  | {
    readonly type: "last_job";
    readonly name: string;
    readonly job: string;
    readonly at: string;
    readonly asked?: string;
  }
  /** Nodes are selected without a job, so that the settings of these jobs in azureml.yml are not used. */
  | { readonly type: "settings_unused"; readonly jobs: readonly string[] }
  /** A run has the name of a job in azureml.yml, whose last run is another. */
  | { readonly type: "named_run"; readonly name: string; readonly other: string }
  | {
    readonly type: "downloaded";
    readonly step: string;
    /** Name and version of the data asset that the file belongs to. */
    readonly asset?: string;
    readonly path: string;
    readonly shown: string;
    readonly sizeBytes: number;
    readonly wasThere: boolean;
  }
  | FollowedEvent;

export type FollowedEvent = {
  readonly type: "follow";
  readonly name: string;
  /** Name in azureml.yml and in Azure ML, for display. */
  readonly title: string;
  readonly board: Board;
  readonly logs: boolean;
  /** `closed` is the last event, even if following failed. */
  readonly event: FollowEvent | { readonly type: "closed" };
  readonly advice?: string | undefined;
  readonly failedNode?: string | undefined;
};

/** A run as the file of submitted jobs and the CI system receive it. */
export interface RecordedJob extends SentRun {
  /** `Sending` until Azure has responded, then Azure's status. */
  readonly status: RunStatus;
  readonly workspace: WorkspaceConfig;
  /** Duration in milliseconds, once it has ended. */
  readonly durationMs?: number;
}

export interface SummarizedJob extends RecordedJob {
  readonly steps: readonly StepState[];
  readonly graph: string;
  readonly metrics: readonly MainMetric[];
}

export interface CiReport {
  /** Sets the step outputs: those of the first job, and all jobs as JSON. Never fails. */
  setOutputs(jobs: readonly RecordedJob[]): Promise<void>;
  /** Adds a table to the summary of the CI run, at the end. Never fails. */
  summarize(jobs: readonly SummarizedJob[]): Promise<void>;
}

export interface ProjectOptions {
  /** The Kedro environment that was named for this command: where `init` writes, and whose last run is meant. */
  readonly env?: string | undefined;
  /** The Kedro environment to read (default: `local`). */
  readonly kedroEnv?: string | undefined;
  /** Absolute path of the folder to work in (default: the current one). */
  readonly directory?: string | undefined;
  /** Absolute paths of folders outside the project that may contain its code or configuration. */
  readonly allowOutside?: readonly string[] | undefined;
  /** Path of a Python to read the project with, instead of the embedded one. */
  readonly kedroPython?: string | undefined;
}

/** A workspace by its key in azureml.yml, or by its names in Azure. */
export interface WorkspaceNames {
  readonly workspace?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly workspaceName?: string | undefined;
}

/** Says who is signed in and with which credential, in one sentence. */
export function describeIdentity(identity: Identity | undefined, members: readonly MemberReport[]): string {
  const used = members.find(({ status }) => status === "used");
  const who = identity?.name ?? identity?.applicationId ?? identity?.objectId ?? "an unnamed identity";
  const kind = identity === undefined || ["user", "unknown"].includes(identity.kind)
    ? ""
    : `${identity.kind} `;
  const tenant = identity?.tenantId === undefined ? "" : ` in tenant ${identity.tenantId}`;
  const by = used === undefined ? "" : ` (${used.title ?? CREDENTIALS[used.name].title})`;
  return `Signed in as ${kind}${who}${tenant}${by}`;
}
