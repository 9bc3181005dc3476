import type { Workspace } from "../../azureml/client/workspace.ts";
import type { RunHistory } from "../../azureml/runs/history.ts";
import {
  cancelJob,
  type CancelOutcome,
  findJobBody,
  jobNotFound,
  studioUrl as linkTo,
} from "../../azureml/runs/jobs.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { workspaceId } from "../../config/workspace.ts";
import { once, onceEach } from "../../core/async.ts";
import { inQuotes, UserError, userErrorOf } from "../../core/errors.ts";
import { nearest } from "../../core/suggest.ts";
import { percentDecoded } from "../../core/untrusted.ts";
import { noBrowserReason, openBrowser, openWithKey } from "../../core/browser.ts";
import type { AppContext } from "../context.ts";
import { connect } from "../project/connect.ts";
import { openConfig, type ReadOptions } from "../project/open.ts";
import { requireWorkspace } from "../project/workspace.ts";
import { SENDING } from "./ledger.ts";
import { readJobsFile } from "./jobs_file.ts";
import { findRemembered, newestRunOf, noneSubmitted, rememberedRun } from "./names.ts";
import { keptRehearsals } from "./rehearsals.ts";
import { type RememberedJob, whyNotRemembered } from "./submitted_jobs.ts";

/** Time between attempts to find a job that is just being submitted. */
const RETRY_MS = 2000;
const ATTEMPTS = 5;

type CancelResult =
  | { readonly name: string; readonly canceling: CancelOutcome }
  | { readonly name: string; readonly error: UserError };

/**
 * Cancels runs in parallel and yields the result of each. It is not an error if a run has ended, or if it never
 * reached Azure because the command that submitted it was stopped.
 *
 * @throws {UserError} `job.not_found`, `azure.*`, if there is only one run; with several, an error is a result.
 */
export async function* cancelRuns(jobs: readonly RunTarget[]): AsyncIterable<CancelResult> {
  const results = jobs.map(async (job): Promise<CancelResult> => {
    try {
      return await cancel(job);
    } catch (thrown) {
      if (jobs.length === 1) throw thrown;
      return { name: job.name, error: userErrorOf(thrown) };
    }
  });
  // The results are awaited in order; a rejection before its turn must not count as unhandled.
  Promise.allSettled(results);
  for (const result of results) yield await result;
}

async function cancel({ workspace, name, isSent }: RunTarget): Promise<CancelResult> {
  for (let attempt = 1;; attempt++) {
    const canceling = await cancelJob(workspace, name);
    if (canceling.outcome !== "absent") return { name, canceling };
    if (isSent !== false) throw jobNotFound(workspace, name);
    if (attempt === ATTEMPTS) return { name, canceling };
    await workspace.clock.sleep(RETRY_MS, workspace.signal);
  }
}

/** Opens a run in Azure ML Studio; without a browser or a person, only returns the link. */
export async function openInStudio(
  ctx: AppContext,
  { workspace, name, tenant }: RunTarget,
) {
  const studioUrl = linkTo(workspace, name, tenant);
  if (ctx.person === undefined) return { name, studioUrl, opened: false, reason: undefined };
  const open = async () => {
    // Links to an emulator have a key.
    if (workspace.cloud.newStudioKey === undefined) return await openBrowser(ctx, studioUrl);
    const { notOpened, shown } = await openWithKey(ctx, studioUrl);
    await shown;
    return notOpened;
  };
  const reason = noBrowserReason(ctx) ?? await open();
  return { name, studioUrl, opened: reason === undefined, reason };
}

export interface RunsRequest extends ReadOptions {
  /**
   * Names in Azure ML, links to Azure ML studio, `last`, or names of jobs in azureml.yml, which mean their last run;
   * `~1` means the run before. Empty for the last run submitted from this project.
   */
  readonly names: readonly string[];
  /** A file of submitted jobs, of which those with these names are used, or all. */
  readonly from?: string | undefined;
  /** What else can be done if the project was rehearsed, but no job was submitted; begins a hint. */
  readonly afterRehearsal?: string;
  readonly workspace?: string | undefined;
}

export interface RunTarget {
  readonly workspace: Workspace;
  readonly name: string;
  readonly job?: string | undefined;
  readonly tenant?: string | undefined;
  /** Whether Azure is known to have it (default: true). */
  readonly isSent?: boolean;
  /** Whether it is read from the folder of a rehearsal or an emulator, so that no page shows it. */
  readonly isKept?: boolean;
  readonly openHistory?: () => Promise<RunHistory>;
}

interface Target extends Omit<RunTarget, "workspace"> {
  readonly workspace: WorkspaceConfig;
}

/**
 * Finds the runs and opens their workspaces: the named one, else the one that the run was submitted to from
 * this project, else that of azureml.yml. Reads the project's pipelines only for a job of a factory.
 *
 * @throws {UserError} `job.none_submitted`, `job.no_run`, `compare.no_run`, `jobs_file.*`.
 */
export async function openRuns(ctx: AppContext, request: RunsRequest): Promise<readonly RunTarget[]> {
  const opened = once(async () => onceEach((await connect(ctx)).open, workspaceId));
  const targets = request.from !== undefined
    ? await targetsFrom(ctx, request.from, request.names)
    : await targetsOf(ctx, request, async (config) => (await opened())(config));
  if (targets.length === 0) return [];
  const open = await opened();
  return targets.map((target) => ({ ...target, workspace: open(target.workspace) }));
}

async function targetsFrom(
  ctx: AppContext,
  from: string,
  names: readonly string[],
): Promise<readonly Target[]> {
  const all = await readJobsFile(ctx, from);
  const isNamed = ({ name, job }: typeof all[number]) => names.includes(name) || names.includes(job);
  const jobs = names.length === 0 ? all : all.filter(isNamed);
  if (jobs.length === 0 && all.length > 0) throw notInFile(from, names, all.map(({ job }) => job));
  return jobs.map(({ name, job, workspace, status }) => ({
    name,
    job,
    workspace,
    isSent: status !== SENDING,
  }));
}

function notInFile(from: string, names: readonly string[], jobs: readonly string[]): UserError {
  return new UserError(`${from} has no job ${inQuotes(names)}`, {
    // jobs_file.no_job: The file of `--output-file` has no such job. Use one that is in it.
    code: "jobs_file.no_job",
    hint: `Use ${jobs.length === 1 ? jobs[0] : `one of ${jobs.join(", ")}`}`,
  });
}

async function targetsOf(
  ctx: AppContext,
  request: RunsRequest,
  opened: OpenWorkspace,
): Promise<readonly Target[]> {
  // Links need no project.
  const runs = once(() => openProjectRuns(ctx, request, opened));
  if (request.names.length === 0) return [await (await runs()).last()];
  const targets: Target[] = [];
  for (const typed of new Set(request.names)) {
    targets.push(readJobLink(typed) ?? await (await runs()).named(nameInLink(typed) ?? typed));
  }
  return [
    ...new Map(targets.map((target) => [`${workspaceId(target.workspace)} ${target.name}`, target])).values(),
  ];
}

type OpenWorkspace = (config: WorkspaceConfig) => Promise<Workspace>;

/** Finds the last run that was submitted on this machine, and the one that a name stands for. */
async function openProjectRuns(ctx: AppContext, request: RunsRequest, opened: OpenWorkspace) {
  const config = once(() => openConfig(ctx, request));
  const chosen = once(async () => requireWorkspace(await config(), request.workspace));
  const { root, runs } = await findRemembered(ctx, request, chosen);
  const whyNone = once(async () => runs.length === 0 ? await whyNotRemembered(ctx) : undefined);

  function submittedHere(typed: string, run: RememberedJob): Target {
    const { name, job, at } = run;
    const other = name === typed ? runs.find((run) => run.job === typed && run.name !== typed) : undefined;
    if (name !== typed) ctx.report({ type: "last_job", name, job, at, asked: typed });
    if (other !== undefined) ctx.report({ type: "named_run", name, other: other.name });
    return toTarget(run);
  }

  async function submittedElsewhere(typed: string): Promise<Target> {
    const workspace = await chosen();
    const newest = await newestRunOf(ctx, typed, {
      config: await config(),
      root,
      project: request,
      workspace: () => opened(workspace),
    });
    if (newest === undefined) {
      const known = [
        ...Object.keys((await config()).azureml.jobs),
        ...runs.flatMap(({ name, job }) => [job, name]),
      ];
      await requireIfMistyped(typed, known, () => opened(workspace));
    }
    const name = newest?.name ?? typed;
    const at = newest?.createdAt?.toISOString();
    if (at !== undefined) ctx.report({ type: "last_job", name, job: typed, at, asked: typed });
    return { name, job: newest === undefined ? undefined : typed, workspace };
  }

  return {
    async last(): Promise<Target> {
      const [last] = runs;
      if (last === undefined) {
        const { afterRehearsal } = request;
        const hasRehearsal = afterRehearsal !== undefined && (await keptRehearsals(ctx, root)).length > 0;
        throw noneSubmitted(request, {
          why: await whyNone(),
          instead: hasRehearsal ? afterRehearsal : undefined,
        });
      }
      const { name, job, at } = last;
      ctx.report({ type: "last_job", name, job, at });
      return toTarget(last);
    },
    async named(typed: string): Promise<Target> {
      const run = rememberedRun(typed, runs, await whyNone());
      return run === undefined ? await submittedElsewhere(typed) : submittedHere(typed, run);
    },
  };
}

function toTarget({ name, job, workspace, studioUrl, sent }: RememberedJob): Target {
  const tenant = URL.parse(studioUrl)?.searchParams.get("tid") ?? undefined;
  return { name, job, workspace, tenant, isSent: sent };
}

/** If a name has spaces, as no run's has, or resembles a known one, requires a run of that name. @throws {UserError} `job.not_found`. */
async function requireIfMistyped(
  typed: string,
  known: readonly string[],
  open: () => Promise<Workspace>,
): Promise<void> {
  const meant = nearest(typed, known);
  const isName = !/\s/.test(typed);
  if (meant === undefined && isName) return;
  const workspace = await open();
  if (!isName || await findJobBody(workspace, typed) === undefined) {
    throw jobNotFound(workspace, typed, meant);
  }
}

const STUDIO = /^https?:\/\/[^/?#\s]+\/runs\/([^/?#\s]+)\?/;
const IN_WORKSPACE = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/workspaces\/([^/]+)$/i;
const RESOURCE =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.MachineLearningServices\/workspaces\/([^/]+)\/jobs\/([^/]+)$/i;

/** The name of a run in the link to an emulator's page of it, which does not name the workspace. */
function nameInLink(text: string): string | undefined {
  const [, name] = STUDIO.exec(text) ?? [];
  return name && percentDecoded(name);
}

/**
 * Reads the link of a job in Azure ML studio, or its resource ID in Azure; `undefined` if a text is neither. Only names
 * are taken from a link: requests go to the hosts of the cloud.
 */
export function readJobLink(text: string): Target | undefined {
  const [, studioName] = STUDIO.exec(text) ?? [];
  if (studioName !== undefined) {
    const query = new URL(text).searchParams;
    const parts = IN_WORKSPACE.exec(query.get("wsid") ?? "")?.slice(1);
    return parts && linkedRun([...parts, percentDecoded(studioName)], query.get("tid") ?? undefined);
  }
  const parts = RESOURCE.exec(text)?.slice(1);
  return parts && linkedRun(parts.map(percentDecoded), undefined);
}

function linkedRun(parts: readonly string[], tenant: string | undefined): Target {
  const [subscription_id = "", resource_group = "", workspace = "", name = ""] = parts;
  return { name, workspace: { subscription_id, resource_group, name: workspace }, tenant };
}
