import { isFinal } from "../../core/run.ts";
import { type ListedJob, listJobs } from "../../azureml/service/runs/list.ts";
import { cancelJob } from "../../azureml/service/runs/run.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { isBefore } from "./ci_run.ts";
import type { Report } from "../context.ts";

/** The tags that identify the same job across CI runs. */
const SAME_JOB_TAGS = ["ci.ref", "ci.repository", "ci.job", "ci.env"];

/** The job that is about to be submitted. */
export interface NextJob {
  /** Name in azureml.yml. */
  readonly job: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly experiment: string;
}

/**
 * Cancels the jobs that earlier CI runs submitted for the same branch, repository, job, Kedro environment and
 * experiment. Jobs of this run or of later runs, and jobs that have ended, are not affected.
 *
 * @throws {UserError} `azure.*`.
 */
export async function cancelPrevious(workspace: Workspace, next: NextJob, report: Report): Promise<void> {
  for await (const job of listJobs(workspace, { tag: "ci.job" })) {
    if (!isPrevious(job, next)) continue;
    const { outcome } = await cancelJob(workspace, job.name);
    if (outcome !== "requested") continue;
    const run = job.tags["ci.url"] ?? job.tags["ci.run"] ?? "an earlier run";
    report({ type: "canceled_previous", name: job.name, run });
  }
}

/** Whether a job is an unfinished one of an earlier CI run, with the same experiment and the same {@linkcode SAME_JOB_TAGS}. */
function isPrevious(job: ListedJob, { tags, experiment }: NextJob): boolean {
  return !isFinal(job.status) && job.status !== "CancelRequested" &&
    SAME_JOB_TAGS.every((name) => job.tags[name] === tags[name]) &&
    job.experimentName === experiment &&
    isBefore(job.tags["ci.run"], tags["ci.run"]);
}

/** Requires the branch whose earlier runs are canceled. @throws {UserError} `cancel_previous.no_branch`. */
export function requireBranch(tags: NextJob["tags"]): void {
  if (tags["ci.ref"] !== undefined) return;
  throw new UserError("Cannot cancel earlier runs: no branch was found", {
    code: "cancel_previous.no_branch",
    exit: ExitCode.Usage,
    hint: "Run it in GitHub Actions, Azure Pipelines or GitLab, or in a checkout that is on a branch",
  });
}
