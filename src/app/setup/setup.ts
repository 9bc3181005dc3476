import { join } from "node:path";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { type BuildEvent, buildImage } from "../../azureml/service/history/build_image.ts";
import { createCluster, createDataAsset, createEnvironment } from "../../azureml/service/assets/create.ts";
import { assignBlobRole, principalOf } from "../../azureml/service/access/storage_role.ts";
import { openLookups } from "../../azureml/service/assets/lookups.ts";
import { getWorkspace } from "../../azureml/service/assets/workspace_info.ts";
import type { ClusterSettings } from "../../azureml/service/assets/cluster.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { requireWorkspace } from "../project/choose_workspace.ts";
import { compileJob } from "../project/compile_job.ts";
import { connect, requireSignIn } from "../project/connect.ts";
import { writeFile } from "../project/output_files.ts";
import { type JobsRequest, selectJobs } from "../project/select_jobs.ts";
import { uploadLocal } from "./local_data.ts";
import { planRewrites } from "./plan_data.ts";
import { planSetup } from "./plan.ts";
import type { PlanItem, SetupPlan } from "./plan_item.ts";

/** The jobs to make things for, and what may be made. */
export interface SetupRequest extends JobsRequest {
  /** A workspace of azureml.yml to use for all jobs, by its key. */
  readonly workspace?: string | undefined;
  readonly cluster: ClusterSettings;
  /** Whether to create without asking. */
  readonly yes?: boolean | undefined;
  /** Whether to build the images of new environments now, and to follow that. */
  readonly buildsImages?: boolean | undefined;
  /** Whether to show the plan only. */
  readonly dryRun?: boolean | undefined;
  /** Whether the identities of clusters get access to the workspace's storage account. */
  readonly storageAccess?: boolean | undefined;
  /** False to leave the catalog as it is. */
  readonly catalog?: boolean | undefined;
  /** Whether only to rewrite the catalog, without Azure. */
  readonly catalogOnly?: boolean | undefined;
}

/** What `setup` yields: the plan of each workspace, then each thing that was made, and how images are built. */
export type SetupResult =
  | { readonly type: "build"; readonly event: BuildEvent }
  | { readonly type: "plan"; readonly plan: SetupPlan }
  | { readonly type: "made"; readonly item: PlanItem };

/**
 * Makes what jobs need and do not have: compute clusters, the environment, data assets, and catalog entries that steps
 * can read. Nothing that exists is changed, so a second run makes nothing; an environment whose definition changed gets
 * a new version.
 *
 * @throws {UserError} `setup.not_confirmed` if nobody agrees to the plan, `setup.incomplete` if something is missing
 *   that cannot be made; `azure.*`, `network.*`, `auth.*`.
 */
export async function* setUp(ctx: AppContext, request: SetupRequest): AsyncIterable<SetupResult> {
  const plans = await planAll(ctx, request);
  for (const plan of plans) yield { type: "plan", plan };
  const items = plans.flatMap((plan) => plan.items.map((item) => ({ plan, item })));
  if (!request.dryRun && items.length > 0) {
    await requireConsent(ctx, items.length, request);
    for (const { plan, item } of items) {
      await make(ctx, plan, item);
      yield { type: "made", item };
    }
    if (request.buildsImages) yield* buildImages(items);
  }
  const unmet = plans.flatMap((plan) => plan.unmet);
  if (unmet.length === 0) return;
  throw new UserError(`${unmet.length === 1 ? "One thing is" : `${unmet.length} things are`} still missing`, {
    code: "setup.incomplete",
    details: unmet.map(({ what, hint }) => `${what}: ${hint}`),
  });
}

async function* buildImages(
  items: readonly { readonly plan: ProjectPlan; readonly item: PlanItem }[],
): AsyncIterable<SetupResult> {
  for (const { plan: { workspace }, item } of items) {
    if (item.kind !== "environment" || workspace === undefined) continue;
    for await (const event of buildImage(workspace, item.environment)) yield { type: "build", event };
  }
}

/** The plan of a workspace, and the folder of the project. */
type ProjectPlan = SetupPlan & { readonly root: string };

async function planAll(ctx: AppContext, request: SetupRequest): Promise<readonly ProjectPlan[]> {
  if (request.catalogOnly) return [await planCatalog(ctx, request)];
  const selected = await selectJobs(ctx, request);
  const { session, jobs } = selected;
  const specs = new Map<WorkspaceConfig, JobSpec[]>();
  for (const [name, { workspace }] of jobs) {
    const config = requireWorkspace(session.config, request.workspace ?? workspace ?? undefined);
    const { spec } = await compileJob(ctx, selected, name, request.overrides);
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
      cluster: request.cluster,
      account: request.storageAccess ? storageAccountId : undefined,
    });
    const items = plan.items.filter(({ kind }) => kind !== "catalog" || request.catalog !== false);
    plans.push({ ...plan, items, root: session.project.root });
  }
  return plans;
}

/** What can be planned without Azure. */
async function planCatalog(
  ctx: AppContext,
  { reading, jobs: choice, overrides }: JobsRequest,
): Promise<ProjectPlan> {
  const selected = await selectJobs(ctx, { reading: { ...reading, fillsPlaceholders: true }, jobs: choice });
  const { session, jobs } = selected;
  const compiled = await Promise.all(
    [...jobs.keys()].map((name) => compileJob(ctx, selected, name, overrides)),
  );
  const { items, unmet } = await planRewrites(ctx, { session, specs: compiled.map(({ spec }) => spec) });
  return { workspace: undefined, location: undefined, present: [], items, unmet, root: session.project.root };
}

async function requireConsent(ctx: AppContext, count: number, { yes = false }: SetupRequest): Promise<void> {
  if (yes) return;
  const question = count === 1 ? "Make it?" : `Make these ${count} things?`;
  if (await ctx.person?.confirm(question)) return;
  throw new UserError("Nothing was made: the plan was not confirmed", {
    code: "setup.not_confirmed",
    exit: ExitCode.Usage,
    hint: "Pass `--yes` to make it without a question, or `--dry-run` to see the commands",
  });
}

async function make(
  ctx: AppContext,
  { workspace, location, root }: ProjectPlan,
  item: PlanItem,
): Promise<void> {
  if (item.kind === "catalog") return await writeFile(ctx, join(root, item.file), item.text);
  if (workspace === undefined) return;
  switch (item.kind) {
    case "compute":
      return await createCluster(workspace, location, item.cluster);
    case "role": {
      const principal = item.principal ?? await principalOf(workspace, item.compute);
      return await assignBlobRole(workspace, item.account, principal!);
    }
    case "environment":
      return await createEnvironment(workspace, item.environment);
    case "data": {
      const { name, version, data } = item;
      const uri = await uploadLocal(ctx, workspace, data);
      return await createDataAsset(workspace, { name, version, type: data.type, uri });
    }
  }
}
