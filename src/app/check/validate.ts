import {
  downgradeAllowed,
  errorToFindings,
  type Finding,
  mergeFindings,
} from "../../azureml/checks/finding.ts";
import { ENVIRONMENT_CHECKS, runChecks } from "../../azureml/checks/all_checks.ts";
import { openLookups, type PinnedEnvironment } from "../../azureml/resources/pin.ts";
import { accessFindings, checkOnline } from "../../azureml/checks/online.ts";
import { unexpectedSchedules } from "../../azureml/checks/references.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { workspaceProblems } from "../../config/workspace.ts";
import type { AppContext } from "../context.ts";
import { UserError, userErrorOf } from "../../core/errors.ts";
import { findProject } from "../../kedro/project.ts";
import {
  type CheckedJobs,
  checkJobs,
  type CheckOptions,
  findingsInAzure,
  isSame,
  type Strictness,
} from "./check.ts";
import { findWorkspace } from "../project/workspace.ts";
import { connect, requireSignIn } from "../project/connect.ts";
import { selectionOf, selectJobs } from "../project/select_jobs.ts";
import { type ReadOptions, type SelectedJobs, withLoadOptions } from "../project/open.ts";
import { resolve } from "node:path";
import { CODE_CHECKS } from "../../azureml/checks/upload.ts";
import { findSecrets } from "../../azureml/checks/secrets_in_upload.ts";
import type { CodeSelection } from "../../azureml/job/code/walk.ts";
import { loadConfig } from "../../config/azureml_yml.ts";
import { openStore } from "../../kedro/reader/cache_store.ts";
import { openProjectCode } from "../project/project_code.ts";

export interface Validated {
  readonly jobs: readonly string[];
  /** Errors first; equal findings of several jobs are merged. */
  readonly findings: readonly Finding[];
  readonly online: boolean;
  /** Absolute path of the project, which places are relative to. */
  readonly root: string;
}

/**
 * Checks jobs. An error while reading the project becomes a finding.
 *
 * @throws {UserError} if there is no project, or no job of that name.
 */
export async function validateJobs(
  ctx: AppContext,
  options: CheckOptions & {
    readonly online?: boolean | undefined;
  },
): Promise<Validated> {
  const { names, allow = [], all = names.length === 0 && selectionOf(options) === undefined } = options;
  const { root } = await findProject(ctx, options.directory);
  const selected = await selectOrFindings(ctx, { ...options, all });
  if ("findings" in selected) {
    return { jobs: [], findings: mergeFindings(selected.findings), online: false, root };
  }
  const checked = await checkJobs(ctx, selected, options);
  const jobs = [...selected.jobs.keys()];
  const schedules = unexpectedSchedules(selected.session.config, selected.jobs, ctx.clock.now());
  const offline = { jobs, findings: mergeFindings([...checked.findings, ...schedules]), online: false, root };
  if (!options.online) return offline;
  try {
    const azure = await checkOnAzure(ctx, { selected, checked }, options.workspace);
    if (azure === undefined) return offline;
    const findings = azure.findings.map(downgradeAllowed(allow));
    const { environments } = azure;
    const withEnvironments = await withAzureEnvironments(ctx, checked, { environments, allow });
    // Azure was asked for the newest version, and whether there is a cluster of that name.
    const isSeen = findings.some(({ code }) => code.startsWith("environment."));
    const answered = ["compute.unknown_key", ...isSeen ? ["environment.latest"] : []];
    const rest = withEnvironments.filter(({ code }) => !answered.includes(code));
    return { ...offline, findings: mergeFindings([...rest, ...schedules, ...findings]), online: true };
  } catch (thrown) {
    const error = userErrorOf(thrown, ctx.signal);
    return { ...offline, findings: mergeFindings([...offline.findings, ...errorToFindings(error)]) };
  }
}

/** The offline findings, with those about packages by what the environments have in Azure. */
async function withAzureEnvironments(
  ctx: AppContext,
  { findings, subject }: CheckedJobs,
  { environments, allow }: {
    readonly environments: ReadonlyMap<string, PinnedEnvironment>;
    readonly allow: readonly string[];
  },
): Promise<readonly Finding[]> {
  const inAzure = await findingsInAzure(ctx, subject, environments);
  if (inAzure === undefined) return findings;
  const byFiles = runChecks(subject, ENVIRONMENT_CHECKS);
  return [
    ...findings.filter((finding) => !byFiles.some((other) => isSame(finding, other))),
    ...inAzure.map(downgradeAllowed(allow)),
  ];
}

/**
 * Checks everything that the jobs reference in Azure, each once; skips jobs whose workspace cannot be read.
 *
 * @returns `undefined` if none of their workspaces can exist, which is found offline.
 */
async function checkOnAzure(
  ctx: AppContext,
  { selected, checked }: { readonly selected: SelectedJobs; readonly checked: CheckedJobs },
  named: string | undefined,
): Promise<
  { readonly findings: Finding[]; readonly environments: Map<string, PinnedEnvironment> } | undefined
> {
  const jobsIn = new Map<WorkspaceConfig, JobSpec[]>();
  for (const [name, spec] of checked.specs) {
    const config = findWorkspace(selected.session.config.azureml, named, selected.jobs.get(name));
    if (config !== undefined && workspaceProblems(config).length === 0) {
      jobsIn.set(config, [...jobsIn.get(config) ?? [], spec]);
    }
  }
  if (jobsIn.size === 0 && checked.specs.size > 0) return undefined;
  const connection = await connect(ctx);
  const identity = await requireSignIn(ctx, connection);
  const findings: Finding[] = [];
  const environments = new Map<string, PinnedEnvironment>();
  for (const [config, specs] of jobsIn) {
    const workspace = connection.open(config);
    const access = await accessFindings(workspace, identity?.objectId);
    const workspacePlace = placeOf(selected, config);
    findings.push(
      ...access.map((finding) =>
        finding.place === undefined ? { ...finding, place: workspacePlace } : finding
      ),
    );
    if (access.some(({ severity }) => severity === "error")) continue;
    const lookups = openLookups(workspace, ctx.report);
    for (const spec of specs) {
      const online = await checkOnline(spec, lookups, checked.subject);
      findings.push(...online.findings);
      if (online.environment !== undefined) environments.set(spec.environment!, online.environment);
    }
  }
  return { findings, environments };
}

function placeOf({ session: { config } }: SelectedJobs, workspace: WorkspaceConfig): Finding["place"] {
  const named = Object.entries(config.azureml.workspace).find(([, config]) => config === workspace);
  return named && config.place(["workspace", named[0]]);
}

/** Codes of errors in the project's files, as opposed to the command line. */
const ABOUT_FILES = /^(?:config|kedro|snapshot|validate)\./;

async function selectOrFindings(
  ctx: AppContext,
  options: CheckOptions,
): Promise<SelectedJobs | { readonly findings: readonly Finding[] }> {
  try {
    return await selectJobs(ctx, options);
  } catch (thrown) {
    if (thrown instanceof UserError && ABOUT_FILES.test(thrown.code)) {
      return { findings: errorToFindings(thrown) };
    }
    throw thrown;
  }
}

export interface ListedFiles {
  /** Absolute path of the code folder; `undefined` if the environment contains the code. */
  readonly folder: string | undefined;
  readonly selection: CodeSelection | undefined;
  readonly findings: readonly Finding[];
  readonly root: string;
}

/** Selects the code as `submit` does, without reading pipelines. @throws {UserError} `config.*`, `code.*`. */
export async function listFiles(
  ctx: AppContext,
  options: ReadOptions & Pick<Strictness, "allow">,
): Promise<ListedFiles> {
  const { allow = [] } = options;
  return await withLoadOptions(ctx, options, async (load): Promise<ListedFiles> => {
    const { azureml, place } = await loadConfig(ctx, load);
    const directory = azureml.execution.code_directory;
    const { root } = load;
    if (directory === null) return { folder: undefined, selection: undefined, findings: [], root };
    const selection = await openProjectCode(ctx, load, place).select(directory);
    const subject = {
      code: selection,
      secrets: await findSecrets(ctx.fs, selection.files, await openStore(ctx, root)),
      place,
    };
    const findings = CODE_CHECKS.flatMap(({ run }) => run(subject)).map(
      downgradeAllowed(allow),
    );
    return { folder: resolve(root, directory), selection, findings, root };
  });
}
