import type { RunStatus, SentRun } from "../../core/run.ts";
import type { PlannedRerun } from "../../azureml/features/rerun/plan.ts";
import type { SubmittedJob } from "../../azureml/features/submit/submitter.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { UserError } from "../../core/errors.ts";
import type { FollowedRun } from "./follow_run.ts";

/** A run that repeats an earlier one. */
export interface RepeatedRun extends SentRun {
  readonly status: RunStatus;
  /** Whether the same run already existed, so that nothing was sent. */
  readonly wasThere: boolean;
  /** Name in Azure ML of the run that it repeats. */
  readonly of: string;
  readonly planned: PlannedRerun;
}

/** An event of one run, for commands that submit or follow jobs. */
export type RunResult =
  | { readonly type: "submitted"; readonly job: SubmittedJob; readonly workspace: WorkspaceConfig }
  | { readonly type: "rerun"; readonly run: RepeatedRun; readonly workspace: WorkspaceConfig }
  /** The function to call with each job returned; `printed` is what it printed. */
  | {
    readonly type: "callback";
    readonly job: SubmittedJob;
    readonly callback: string;
    readonly printed: string;
  }
  /** The function to call with each job failed; the job still runs. */
  | {
    readonly type: "callback_failed";
    readonly job: SubmittedJob;
    readonly callback: string;
    readonly error: UserError;
  }
  | { readonly type: "ended"; readonly run: FollowedRun }
  /** One of several jobs was not submitted or, if it has a name in Azure ML, not followed to its end. */
  | {
    readonly type: "failed";
    readonly job: string;
    readonly name?: string | undefined;
    readonly error: UserError;
  }
  /** Not submitted because job `because` failed before. */
  | { readonly type: "skipped"; readonly job: string; readonly because: string };

/** Whether a result means that later jobs must not be submitted. */
export function isFailure(result: RunResult): boolean {
  if (result.type === "ended") return result.run.status !== "Completed";
  return result.type === "failed" || result.type === "callback_failed";
}
