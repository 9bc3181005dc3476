import { downgradeAllowed, type Finding, findingsOf, mergeFindings } from "../../azureml/checks/finding.ts";
import { accessFindings, checkOnline } from "../../azureml/checks/online.ts";
import type { JobSpec } from "../../azureml/job_spec.ts";
import { openLookups } from "../../azureml/assets/lookups.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { UserError } from "../../core/errors.ts";
import { findProject } from "../../kedro/project.ts";
import { type Checked, type CheckingOptions, checkSelected } from "./check.ts";
import { connect, findWorkspace } from "../project/connect.ts";
import { type Selected, selectJobs } from "../project/select_jobs.ts";
import { workingFolder } from "../project/open.ts";

/** Options of `validate`. */
export interface ValidateOptions extends CheckingOptions {
  readonly all?: boolean;
  /** Whether Azure is asked too. */
  readonly online?: boolean;
}

/** What validating found. */
export interface Validated {
  /** Names of the jobs that were looked at. */
  readonly jobs: readonly string[];
  /** Equal ones of several jobs together, errors first. */
  readonly findings: readonly Finding[];
  /** Whether Azure was asked. */
  readonly online: boolean;
  /** Absolute path of the project, which places are relative to. */
  readonly root: string;
}

/**
 * Checks jobs, all of them where none is named. What makes reading the project impossible is a finding too.
 *
 * @throws {UserError} where there is no project, or no job of that name.
 */
export async function validateJobs(ctx: AppContext, options: ValidateOptions): Promise<Validated> {
  const { root } = await findProject(ctx, workingFolder(ctx, options));
  const selected = await selectOrTell(ctx, options);
  if ("findings" in selected) {
    return { jobs: [], findings: mergeFindings(selected.findings), online: false, root };
  }
  const checked = await checkSelected(ctx, selected, options);
  const asked = options.online ? await askAzure(ctx, { selected, checked }, options) : [];
  // What to type to see the newest version is no news where it was seen, or is known not to be there.
  const isSeen = asked.some(({ code }) => code.startsWith("environment."));
  const known = checked.findings.filter(({ code }) => !(isSeen && code === "environment.latest"));
  const findings = mergeFindings([...known, ...asked]);
  return { jobs: [...selected.jobs.keys()], findings, online: options.online ?? false, root };
}

/** Asks Azure for all that the jobs name, each once; jobs of a workspace that cannot be read are left alone. */
async function askAzure(
  ctx: AppContext,
  { selected, checked }: { readonly selected: Selected; readonly checked: Checked },
  options: ValidateOptions,
): Promise<Finding[]> {
  const { cloud, tokens, open } = await connect(ctx);
  await tokens.getToken(cloud.resourceManagerScope);
  const identity = tokens.identity();
  ctx.report({ type: "identity", identity, members: tokens.report() });
  const jobsIn = new Map<WorkspaceConfig, JobSpec[]>();
  for (const [name, spec] of checked.specs) {
    const asked = options.workspace ?? selected.jobs.get(name)!.workspace;
    const config = findWorkspace(selected.session.config.azureml, asked);
    if (config !== undefined) jobsIn.set(config, [...jobsIn.get(config) ?? [], spec]);
  }
  const findings: Finding[] = [];
  for (const [config, specs] of jobsIn) {
    const workspace = open(config);
    const access = await accessFindings(workspace, identity?.objectId);
    const at = placeOf(selected, config);
    findings.push(...access.map((one) => one.place === undefined ? { ...one, place: at } : one));
    if (access.some(({ severity }) => severity === "error")) continue;
    const lookups = openLookups(workspace, ctx.report);
    for (const spec of specs) {
      findings.push(...await checkOnline(spec, lookups, selected.session.config.place));
    }
  }
  return findings.map(downgradeAllowed(options.allow ?? []));
}

/** Where azureml.yml names a workspace. */
function placeOf({ session: { config } }: Selected, workspace: WorkspaceConfig): Finding["place"] {
  const named = Object.entries(config.azureml.workspace).find(([, one]) => one === workspace);
  return named && config.place(["workspace", named[0]]);
}

/** Kinds of failure that are about files which the user wrote, and not about how the command was typed. */
const ABOUT_FILES = /^(?:config|kedro|catalog|snapshot)\./;

async function selectOrTell(
  ctx: AppContext,
  options: ValidateOptions,
): Promise<Selected | { readonly findings: readonly Finding[] }> {
  try {
    return await selectJobs(ctx, { ...options, all: options.all ?? options.job === undefined });
  } catch (thrown) {
    if (thrown instanceof UserError && ABOUT_FILES.test(thrown.code)) {
      return { findings: findingsOf(thrown) };
    }
    throw thrown;
  }
}
