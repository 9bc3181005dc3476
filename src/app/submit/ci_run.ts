import type { Workspace } from "../../azureml/client/workspace.ts";
import { JOB_LIMITS } from "../../core/azure_limits.ts";
import { cancelJob, type Job, listJobs } from "../../azureml/runs/jobs.ts";
import type { Context } from "../../core/context.ts";
import { type CiSystemName, ciSystemOf } from "../../core/env_vars.ts";
import { UserError } from "../../core/errors.ts";
import { gitOf, isFinal } from "../../core/runs.ts";
import type { Report } from "../context.ts";

const SAME_JOB_TAGS = ["ci.ref", "ci.repository", "ci.job", "ci.env"];

interface NextJob {
  /** Name in azureml.yml. */
  readonly job: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly experiment: string;
}

/**
 * Cancels the jobs that earlier CI runs submitted for the same branch, repository, job, Kedro environment and
 * experiment. Jobs of this run or of later runs, and jobs that have ended, are not affected.
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
function isPrevious(job: Job, { tags, experiment }: NextJob): boolean {
  return !isFinal(job.status) && job.status !== "CancelRequested" &&
    SAME_JOB_TAGS.every((name) => job.tags[name] === tags[name]) &&
    job.experimentName === experiment &&
    isBefore(job.tags["ci.run"], tags["ci.run"]);
}

/** Requires the branch whose earlier runs are canceled. @throws {UserError} `cancel_previous.no_branch`. */
export function requireBranch(tags: NextJob["tags"]): void {
  if (tags["ci.ref"] !== undefined) return;
  throw new UserError("Cannot cancel earlier runs: no branch was found", {
    // cancel_previous.no_branch: `--cancel-previous` needs the branch, which is unknown. Run it in a CI job,
    //   or check out a branch.
    code: "cancel_previous.no_branch",
    hint: "Run it in GitHub Actions, Azure Pipelines or GitLab, or in a checkout that is on a branch",
  });
}

interface CiRun {
  readonly system?: CiSystemName;
  /** Number of the run and its attempt, such as `1234-1`; both increase. */
  readonly run?: string | undefined;
  readonly url?: string | undefined;
  readonly actor?: string | undefined;
  readonly branch: string | undefined;
  /** The git ref, such as `refs/heads/main` or `refs/pull/7/merge`; unlike the branch, it is unique across forks. */
  readonly ref: string | undefined;
  readonly repository: string | undefined;
}

type Env = Context["env"];

export function readCi(env: Env): CiRun | undefined {
  const system = ciSystemOf(env);
  return system === undefined ? undefined : READERS[system](env);
}

const READERS: Readonly<Record<CiSystemName, (env: Env) => CiRun>> = {
  github,
  "azure-pipelines": azurePipelines,
  gitlab,
  ci: other,
};

function github(env: Env): CiRun {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const attempt = env.GITHUB_RUN_ATTEMPT || "1";
  const isKnown = server && repository && id;
  return {
    system: "github",
    run: id && `${id}-${attempt}`,
    url: isKnown ? `${server}/${repository}/actions/runs/${id}/attempts/${attempt}` : undefined,
    actor: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR,
    branch: env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME,
    ref: env.GITHUB_REF,
    repository,
  };
}

function azurePipelines(env: Env): CiRun {
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: id } = env;
  const isKnown = collection && project && id;
  const url = `${collection}${encodeURIComponent(project ?? "")}/_build/results?buildId=${id}`;
  return {
    system: "azure-pipelines",
    run: id && `${id}-${env.SYSTEM_JOBATTEMPT || "1"}`,
    url: isKnown ? url : undefined,
    actor: env.BUILD_REQUESTEDFOR,
    branch: (env.SYSTEM_PULLREQUEST_SOURCEBRANCH || env.BUILD_SOURCEBRANCH)?.replace(/^refs\/heads\//, ""),
    ref: env.BUILD_SOURCEBRANCH,
    repository: env.BUILD_REPOSITORY_NAME,
  };
}

function gitlab(env: Env): CiRun {
  const { CI_MERGE_REQUEST_IID: request, CI_COMMIT_TAG: tag, CI_COMMIT_REF_NAME: name } = env;
  const ref = request ? `refs/merge-requests/${request}` : `refs/${tag ? "tags" : "heads"}/${name}`;
  return {
    system: "gitlab",
    run: env.CI_PIPELINE_ID && `${env.CI_PIPELINE_ID}-${env.CI_JOB_ID ?? "1"}`,
    url: env.CI_JOB_URL || env.CI_PIPELINE_URL,
    actor: env.GITLAB_USER_LOGIN,
    branch: env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || name,
    ref: request || name ? ref : undefined,
    repository: env.CI_PROJECT_PATH,
  };
}

/** Jenkins, and systems that set the same variables. */
function other(env: Env): CiRun {
  const { BRANCH_NAME: branch, BUILD_NUMBER: run, BUILD_URL: url } = env;
  return {
    system: "ci",
    run: run && `${run}-1`,
    url,
    actor: env.CHANGE_AUTHOR || env.BUILD_USER_ID,
    branch,
    ref: branch && `refs/heads/${branch}`,
    repository: env.JOB_NAME,
  };
}

/** A CI run, with branch and repository of the checkout if the CI system does not provide them. */
function withCheckout(run: CiRun | undefined, git: Readonly<Record<string, string>>): CiRun {
  const checkout = gitOf(git);
  const branch = run?.branch || checkout.branch;
  return {
    ...run,
    branch,
    ref: run?.ref || (branch && `refs/heads/${branch}`),
    repository: run?.repository || checkout.repository,
  };
}

export function ciTags(
  run: CiRun,
  job: { readonly job: string; readonly env: string },
): Record<string, string> {
  const tags = {
    "ci": run.system,
    "ci.run": run.run,
    "ci.url": run.url,
    "ci.actor": run.actor,
    "ci.branch": run.branch,
    "ci.ref": run.ref,
    "ci.repository": run.repository,
    "ci.job": job.job,
    "ci.env": job.env,
  };
  const present = Object.entries(tags).filter(([, value]) => value) as [string, string][];
  return Object.fromEntries(
    present.map(([name, value]) => [name, oneLine(value).slice(0, JOB_LIMITS.valueCharacters)]),
  );
}

function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
}

/** Returns the tags of each job: those of the CI run; outside CI none, unless earlier runs are canceled by them. */
export function jobTags(
  ctx: Pick<Context, "env">,
  { properties, env }: { readonly properties: Readonly<Record<string, string>>; readonly env: string },
  { cancelPrevious }: { readonly cancelPrevious?: boolean | undefined },
): (job: string) => Readonly<Record<string, string>> {
  const run = readCi(ctx.env);
  if (run === undefined && !cancelPrevious) return () => ({});
  return (job) => ciTags(withCheckout(run, properties), { job, env });
}

/** Whether a CI run is earlier than another one of the same system; a run without a number counts as earlier. */
export function isBefore(run: string | undefined, other: string | undefined): boolean {
  const [a, b] = [numbers(run), numbers(other)];
  if (a === undefined || b === undefined) return run === undefined || run !== other;
  return a[0]! !== b[0]! ? a[0]! < b[0]! : a[1]! < b[1]!;
}

function numbers(run: string | undefined): readonly bigint[] | undefined {
  const parts = /^(\d+)-(\d+)$/.exec(run ?? "");
  return parts === null ? undefined : [BigInt(parts[1]!), BigInt(parts[2]!)];
}
