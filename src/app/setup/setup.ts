import { USUAL_CLUSTER } from "../defaults.ts";
import { join } from "node:path";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { createCluster, createDataAsset, createEnvironment } from "../../azureml/resources/create.ts";
import { getWorkspace } from "../../azureml/resources/kinds.ts";
import { errorToFindings } from "../../azureml/checks/finding.ts";
import { openLookups } from "../../azureml/resources/pin.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { shellWord } from "../../core/untrusted.ts";
import { LEFT_OUT } from "../../kedro/snapshot.ts";
import { checkJobs, problemsError } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import { isCommitted } from "../git.ts";
import { typedPath, writeFile } from "../output_files.ts";
import { connect, requireSignIn } from "../project/connect.ts";
import { type JobOptions, selectJobs } from "../project/select_jobs.ts";
import type { SelectedJobs } from "../project/open.ts";
import { requireWorkspace } from "../project/workspace.ts";
import { uploadLocal } from "./local_data.ts";
import { planDataAssets, planRewrites } from "./plan_data.ts";
import {
  joined,
  planComputes,
  planEnvironment,
  type PlanInput,
  type PlanItem,
  planRoles,
  type SetupPlan,
} from "./plan.ts";

export interface SetupOptions extends JobOptions {
  /** Size of the machines of a new cluster; this and how many they are is as usual if not given. */
  readonly vmSize?: string | undefined;
  readonly minNodes?: number | undefined;
  readonly maxNodes?: number | undefined;
  readonly idleSeconds?: number | undefined;
  readonly workspace?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Whether new clusters get an identity, and the identities of clusters must have access to the storage account. */
  readonly storageAccess?: boolean | undefined;
  readonly catalog?: boolean | undefined;
  readonly catalogOnly?: boolean | undefined;
}

/**
 * Makes what jobs need and do not have, and yields the plan of each workspace, then each thing that was made: compute
 * clusters, the environment, data assets, and catalog entries that steps can read. Nothing that exists is changed, so a
 * second run makes nothing; an environment whose definition changed gets a new version.
 *
 * @throws {UserError} `setup.not_confirmed` if nobody agrees to the plan, `setup.incomplete` if something is missing
 *   that cannot be made; `azure.*`, `network.*`, `auth.*`.
 */
export async function* setUp(ctx: AppContext, options: SetupOptions): AsyncIterable<
  /** With the command that undoes its changes of the catalog, if git has all files as they were. */
  | { readonly type: "plan"; readonly plan: SetupPlan; readonly undo: string | undefined }
  | { readonly type: "made"; readonly item: PlanItem }
> {
  const plans = await planAll(ctx, options);
  for (const plan of plans) yield { type: "plan", plan, undo: await undoOf(ctx, plan) };
  const items = plans.flatMap((plan) => plan.items.map((item) => ({ plan, item })));
  if (!options.dryRun && items.length > 0) {
    await requireConsent(ctx, items.length, options);
    for (const { plan, item } of items) {
      await make(ctx, plan, item);
      yield { type: "made", item };
    }
  }
  const unmet = plans.flatMap((plan) => plan.unmet.filter(({ isNote }) => !isNote));
  if (unmet.length === 0) return;
  throw new UserError(`${unmet.length === 1 ? "One thing is" : `${unmet.length} things are`} still missing`, {
    // setup.incomplete: Something that the jobs need is missing and cannot be created. Each line says what to
    //   do.
    code: "setup.incomplete",
    details: unmet.map(({ what, hint }) => `${what}: ${hint}`),
  });
}

type ProjectPlan = SetupPlan & { readonly root: string };

async function planAll(ctx: AppContext, options: SetupOptions): Promise<readonly ProjectPlan[]> {
  const { vmSize, minNodes, maxNodes, idleSeconds } = USUAL_CLUSTER;
  const cluster = {
    vmSize: options.vmSize ?? vmSize,
    minNodes: options.minNodes ?? minNodes,
    maxNodes: options.maxNodes ?? maxNodes,
    idleSeconds: Math.ceil(options.idleSeconds ?? idleSeconds),
  };
  if (options.catalogOnly) {
    const plan = await planCatalog(ctx, options);
    // Another command may have changed the catalog since the project was read.
    return [plan.unmet.length === 0 ? plan : await planCatalog(ctx, options)];
  }
  const selected = await selectJobs(ctx, { ...options, all: true });
  const { session, jobs } = selected;
  const specs = new Map<WorkspaceConfig, JobSpec[]>();
  for (const [name, spec] of await compiledJobs(ctx, selected, options, NEEDED)) {
    const config = requireWorkspace(session.config, options.workspace, { job: jobs.get(name)! });
    specs.set(config, [...specs.get(config) ?? [], spec]);
  }
  const connection = await connect(ctx);
  await requireSignIn(ctx, connection);
  const plans: ProjectPlan[] = [];
  for (const [config, ofWorkspace] of specs) {
    const workspace = connection.open(config);
    const { location, storageAccountId } = await getWorkspace(workspace);
    const plan = await planSetup(ctx, {
      session,
      workspace,
      location,
      lookups: openLookups(workspace, () => {}),
      specs: ofWorkspace,
      cluster,
      account: options.storageAccess ? storageAccountId : undefined,
    });
    const isWanted = options.catalog !== false;
    plans.push({
      ...plan,
      items: plan.items.filter((item) => !isFile(item) || isWanted),
      unmet: plan.unmet.filter(({ isNote }) => !isNote || isWanted),
      root: session.project.root,
    });
  }
  return plans;
}

/** Codes of errors without whose mending nothing can be made in a workspace. */
const NEEDED = /^(?:config\.placeholder|workspace\.|compute\.name$|environment\.no_version$)/;

/**
 * The jobs, compiled.
 *
 * @throws {UserError} with all that `validate` says of jobs that do not compile, and of what is needed.
 */
async function compiledJobs(
  ctx: AppContext,
  selected: SelectedJobs,
  options: SetupOptions,
  needed?: RegExp,
): Promise<ReadonlyMap<string, JobSpec>> {
  const checked = await checkJobs(ctx, selected, options);
  const failed = new Set(checked.failures.flatMap(errorToFindings).map(({ code }) => code));
  const findings = checked.findings
    // What follows from a part of the project would be written into its catalog.
    .filter(({ code }) => failed.has(code) || code === LEFT_OUT || needed?.test(code))
    .map((finding) => finding.code === LEFT_OUT ? { ...finding, hint: "Correct it" } : finding);
  const error = problemsError("set up", { ...checked, findings }, { jobs: [...selected.jobs.keys()] });
  if (error !== undefined) throw error;
  return checked.specs;
}

async function planCatalog(ctx: AppContext, options: SetupOptions): Promise<ProjectPlan> {
  const selected = await selectJobs(ctx, { ...options, all: true, fillsPlaceholders: true });
  const { session } = selected;
  const specs = [...(await compiledJobs(ctx, selected, options)).values()];
  const { items, unmet } = await planRewrites(ctx, { session, specs });
  return { workspace: undefined, location: undefined, present: [], items, unmet, root: session.project.root };
}

async function requireConsent(ctx: AppContext, count: number, { yes = false }: SetupOptions): Promise<void> {
  if (yes) return;
  const question = count === 1 ? "Apply this change?" : `Apply these ${count} changes?`;
  if (await ctx.person?.confirm(question)) return;
  throw new UserError("Nothing was changed: the plan was not confirmed", {
    // setup.not_confirmed: Nobody agreed to the plan, so nothing was created. Pass `--yes`, or run it on a
    //   terminal.
    code: "setup.not_confirmed",
    exit: ExitCode.Usage,
    hint: "Pass `--yes` to apply it without a question, or `--dry-run` to see the plan only",
  });
}

async function undoOf(ctx: AppContext, { root, items }: ProjectPlan): Promise<string | undefined> {
  const files = items.filter(({ kind }) => kind === "catalog").filter(isFile).map(({ file }) => file);
  const areCommitted = await Promise.all(files.map((file) => isCommitted(ctx, join(root, file))));
  if (files.length === 0 || !areCommitted.every(Boolean)) return undefined;
  const folder = typedPath(ctx, root);
  return `git ${folder === "." ? "" : `-C ${shellWord(folder)} `}checkout ${files.map(shellWord).join(" ")}`;
}

/** Whether it is a file of the catalog, in the project; everything else is in the workspace. */
function isFile(item: PlanItem): item is Extract<PlanItem, { readonly text: string }> {
  return "text" in item;
}

async function make(
  ctx: AppContext,
  { workspace, location, root }: ProjectPlan,
  item: PlanItem,
): Promise<void> {
  if (isFile(item)) return await writeFile(ctx, join(root, item.file), item.text);
  if (workspace === undefined) return;
  switch (item.kind) {
    case "compute":
      return await createCluster(workspace, location, item.cluster);
    case "environment":
      return await createEnvironment(workspace, item.environment);
    case "data": {
      const { name, version, data } = item;
      const uri = await uploadLocal(ctx, workspace, data);
      return await createDataAsset(workspace, { name, version, type: data.type, uri });
    }
  }
}

/**
 * Finds out what jobs need and a workspace does not have. Reads only.
 *
 * @throws {UserError} `azure.*`, `network.*`, `auth.*`, `environment.definition`.
 */
async function planSetup(ctx: AppContext, input: PlanInput): Promise<SetupPlan> {
  const parts = await Promise.all([
    planComputes(input),
    planRoles(input),
    planEnvironment(ctx, input),
    planDataAssets(ctx, input),
  ]);
  return { workspace: input.workspace, location: input.location, ...joined(parts) };
}
