import { type ListedJob, listJobs } from "../../azureml/jobs/list.ts";
import { cancelJob, isFinal } from "../../azureml/jobs/job.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { isBefore } from "./ci_run.ts";
import type { Report } from "../context.ts";

/** What makes jobs of different runs the same job: by these tags. */
const SAME = ["ci.ref", "ci.repository", "ci.job", "ci.env"];

/** The job that is about to be sent. */
export interface NextJob {
  /** Its name in azureml.yml. */
  readonly job: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly experiment: string;
}

/**
 * Asks Azure to cancel the jobs of earlier runs that build the same: of the same branch, repository, job, Kedro
 * environment and experiment. Those of this run, of later runs, and those that have ended are left alone.
 *
 * @throws {UserError} `azure.*`.
 */
export async function cancelPrevious(workspace: Workspace, next: NextJob, report: Report): Promise<void> {
  for await (const job of listJobs(workspace, { tag: "ci.job" })) {
    if (!isPrevious(job, next)) continue;
    const { outcome } = await cancelJob(workspace, job.name);
    if (outcome !== "asked") continue;
    const run = job.tags["ci.url"] ?? job.tags["ci.run"] ?? "an earlier run";
    report({ type: "cancelled_previous", name: job.name, run });
  }
}

/** Whether a job is an unfinished one of an earlier run that builds the same. Pure. */
export function isPrevious(job: ListedJob, { tags, experiment }: NextJob): boolean {
  return !isFinal(job.status) && job.status !== "CancelRequested" &&
    SAME.every((name) => job.tags[name] === tags[name]) &&
    job.experimentName === experiment &&
    isBefore(job.tags["ci.run"], tags["ci.run"]);
}

/**
 * Refuses to look for previous jobs where nothing says what branch this is.
 *
 * @throws {UserError} `cancel_previous.no_branch`.
 */
export function requireBranch(tags: NextJob["tags"]): void {
  if (tags["ci.ref"] !== undefined) return;
  throw new UserError("Cannot tell which jobs are previous ones: no branch is known", {
    code: "cancel_previous.no_branch",
    exit: ExitCode.Usage,
    hint: "Run it in GitHub Actions, Azure Pipelines or GitLab, or in a checkout that is on a branch",
  });
}
