import type { OnRetry } from "../core/net/azure_http.ts";
import type { Context } from "../core/context.ts";
import type { Warning } from "../core/errors.ts";
import type { FollowEvent } from "../azureml/history/follow_event.ts";
import type { SendingJob, SubmitEvent } from "../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../config/azureml/types.ts";
import type { MemberReport } from "../credentials/chain/chain.ts";
import type { Identity } from "../credentials/entra/identity.ts";
import type { Interaction } from "../credentials/interaction.ts";
import type { Board, BoardStep } from "./step_board.ts";

/**
 * The context of the application layer: a {@linkcode Context} without its terminal, and in its place somewhere to report
 * events, a person to ask, and the CI system. `cli` makes it; a test may omit the last two.
 */
export interface AppContext extends Omit<Context, "terminal"> {
  /** Takes each event as it happens. Must not throw. */
  readonly report: Report;
  /** The person at the terminal; `undefined` in CI, with `--no-input`, `--json`, or without a terminal. */
  readonly person?: Person | undefined;
  /** The CI system that runs the command; `undefined` outside CI. */
  readonly ci?: CiReport | undefined;
  /** Milliseconds between two `tick` events while a run is followed; no ticks when `undefined`. */
  readonly tickMs?: number | undefined;
  /** Milliseconds between two requests for the state of a run that is followed (default: 2 to 15 seconds). */
  readonly pollMs?: number | undefined;
}

/** The person at the terminal, who signs in and answers questions. */
export interface Person extends Interaction {
  /** Lets the person choose one of several names; `undefined` when they choose none. */
  choose(question: string, names: readonly string[]): Promise<string | undefined>;
}

/** Takes what happens while a command works, in order; resolves when it is shown, which only following waits for. */
export type Report = (event: AppEvent) => void | Promise<void>;

/** What commands report while they work. */
export type AppEvent =
  | SubmitEvent
  | { readonly type: "warning"; readonly warning: Warning }
  /** The project is being read, which may take seconds; `read` ends it, also after a failure. */
  | { readonly type: "reading" | "read" }
  /** The project's code printed this while it was read. */
  | { readonly type: "print"; readonly text: string }
  /** Whether what an earlier command read is used, or why a reading is not remembered; for `--verbose`. */
  | { readonly type: "cache"; readonly message: string }
  /** The identity that signs in, and which credential gave it. */
  | {
    readonly type: "identity";
    readonly identity: Identity | undefined;
    readonly members: readonly MemberReport[];
  }
  | ({ readonly type: "retry" } & Parameters<OnRetry>[0])
  /** A job was compiled from the project. */
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
    readonly tool: string;
    readonly from: string;
    readonly folder: string;
  }
  | { readonly type: "environment_made"; readonly durationMs: number }
  /** A package was opened; `isEnforced` when its hash was given on the command line. */
  | {
    readonly type: "package";
    readonly project: string;
    readonly env: string;
    readonly madeBy: string;
    readonly sha256: string;
    readonly isEnforced: boolean;
    readonly jobs: readonly string[];
  }
  | ({ readonly type: "rerun" } & SendingJob)
  /** A run of an earlier commit of the same branch is being cancelled. */
  | { readonly type: "cancelled_previous"; readonly name: string; readonly run: string }
  /** No run was named: the command uses the last that was submitted from this project. */
  | { readonly type: "last_job"; readonly name: string; readonly job: string; readonly at: string }
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

/** Something happened to a run that is followed. */
export type FollowedEvent = {
  readonly type: "follow";
  /** Its name in Azure ML. */
  readonly name: string;
  /** Its name in azureml.yml and in Azure ML, for people. */
  readonly title: string;
  /** The steps of the run, already up to date with the event. */
  readonly board: Board;
  /** Whether the logs of running steps are shown, too. */
  readonly logs: boolean;
  /** `closed` ends it, also after a failure to follow. */
  readonly event: FollowEvent | { readonly type: "closed" };
  /** What to do about a step that failed, when that is known. */
  readonly advice?: string | undefined;
};

/** One run, as `--output-file` and the CI system get it. */
export interface RecordedJob {
  /** Its name in azureml.yml. */
  readonly job: string;
  /** Its name in Azure ML. */
  readonly name: string;
  /** `Sending` until Azure has answered, then Azure's own. */
  readonly status: string;
  readonly studioUrl: string;
  readonly workspace: WorkspaceConfig;
  /** Milliseconds, once it has ended. */
  readonly durationMs?: number;
}

/** One run in the summary of a CI run. */
export interface SummarizedJob extends RecordedJob {
  /** In graph order. */
  readonly steps: readonly BoardStep[];
}

/** The CI system that runs the command. */
export interface CiReport {
  /** Sets the outputs of the step: of the first job, and all jobs as JSON. Never fails. */
  setOutputs(jobs: readonly RecordedJob[]): Promise<void>;
  /** Adds to the summary of the run, at the end. Never fails. */
  summarize(jobs: readonly SummarizedJob[]): Promise<void>;
}

/** Where a command works. */
export interface ProjectOptions {
  /** `-e`: the Kedro environment. */
  readonly env?: string;
  /** `-C`: the folder to work in, as typed. */
  readonly directory?: string;
  /** Folders outside the project that its code and its configuration may be in, as typed. */
  readonly allowOutside?: readonly string[];
}
