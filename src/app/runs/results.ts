import type { PlannedRerun } from "../../azureml/submit/rerun_plan.ts";
import type { SubmittedJob } from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { UserError } from "../../core/errors.ts";
import type { FollowedRun } from "./follow.ts";

/** A run that repeats another. */
export interface RepeatedRun {
  /** The job's name in azureml.yml; its name in Azure ML when it has no other. */
  readonly job: string;
  /** Its name in Azure ML. */
  readonly name: string;
  readonly status: string;
  readonly studioUrl: string;
  /** Whether the same run was there already, so that nothing was sent. */
  readonly wasThere: boolean;
  /** Name in Azure ML of the run that it repeats. */
  readonly of: string;
  readonly planned: PlannedRerun;
}

/** What a command that submits or follows jobs yields, as soon as it is known. */
export type RunResult =
  | { readonly type: "submitted"; readonly job: SubmittedJob; readonly workspace: WorkspaceConfig }
  | { readonly type: "rerun"; readonly run: RepeatedRun; readonly workspace: WorkspaceConfig }
  /** The function of `--on-job-scheduled` returned; `printed` is what it wrote. */
  | {
    readonly type: "callback";
    readonly job: SubmittedJob;
    readonly callback: string;
    readonly printed: string;
  }
  /** The function of `--on-job-scheduled` failed; the job runs all the same. */
  | {
    readonly type: "callback_failed";
    readonly job: SubmittedJob;
    readonly callback: string;
    readonly error: UserError;
  }
  | { readonly type: "ended"; readonly run: FollowedRun }
  /** One of several jobs was not submitted, or could not be followed. */
  | { readonly type: "failed"; readonly job: string; readonly error: UserError }
  /** Not submitted because job `because` failed before. */
  | { readonly type: "skipped"; readonly job: string; readonly because: string };

/** Whether a result means that later jobs must not be submitted. */
export function isFailure(result: RunResult): boolean {
  if (result.type === "ended") return result.run.status !== "Completed";
  return result.type === "failed" || result.type === "callback_failed";
}
