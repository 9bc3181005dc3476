import { schedulesOf } from "../../azureml/service/schedules/from_config.ts";
import type { Warning } from "../../core/errors.ts";
import { unexpectedSchedules } from "../../azureml/features/checks/job_references.ts";
import { findingToWarning } from "../../azureml/features/checks/finding.ts";
import { type CheckRequest, requireSubmittable } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { openPackageJobs, type PackageRequest } from "../package/open.ts";
import { workspaceOption } from "../project/choose_workspace.ts";
import { selectJobs } from "../project/select_jobs.ts";
import { type DeletedSchedule, deleteJobSchedules } from "./delete.ts";
import { openLeftovers } from "../run/leftover_schedules.ts";
import {
  type PlannedSchedule,
  planSchedules,
  requireSchedules,
  type ScheduleInputs,
  type ScheduleResult,
  sendSchedules,
} from "./put.ts";

/** Which jobs of a project to schedule, and how. */
export interface ScheduleRequest extends CheckRequest {
  /** Whether to show what would be done, without changing anything. */
  readonly dryRun?: boolean | undefined;
  /** Whether to delete the schedules of the jobs instead. */
  readonly delete?: boolean | undefined;
}

/** Which jobs of a package to schedule, and how. */
export interface SchedulePackageRequest extends PackageRequest, Pick<ScheduleRequest, "dryRun"> {}

/** What `schedule` yields: first the warnings of the checks, then each schedule. */
export type ScheduleCommandResult =
  | { readonly type: "checked"; readonly warnings: readonly Warning[] }
  | { readonly type: "planned"; readonly planned: PlannedSchedule }
  | { readonly type: "deleted"; readonly schedule: DeletedSchedule }
  | ScheduleResult;

/**
 * Creates, updates or deletes the schedules of a project's jobs. Nothing is sent unless all jobs pass the checks.
 *
 * @throws {UserError} `schedule.*`, `usage.*`, those of the checks.
 */
export async function* scheduleJobs(
  ctx: AppContext,
  request: ScheduleRequest,
): AsyncIterable<ScheduleCommandResult> {
  if (request.delete) return yield* deleteAll(ctx, request);
  const selected = await selectJobs(ctx, request);
  const { session, jobs } = selected;
  const { azureml: config, place } = session.config;
  const schedules = schedulesOf({ config, jobs, place });
  const { specs, inputs, warnings } = await requireSubmittable(ctx, selected, {
    ...request,
    action: "schedule",
  });
  const unexpected = unexpectedSchedules(session.config, jobs, ctx.clock.now());
  yield { type: "checked", warnings: [...warnings, ...unexpected.map(findingToWarning)] };
  const leftovers = openLeftovers(selected, request.workspace);
  const workspaceOptions = (job: string) => workspaceOption(request.workspace, jobs.get(job));
  yield* put(ctx, { inputs, specs, schedules, workspaceOptions, leftovers }, request);
}

/** Creates or updates the schedules of a package's jobs, which needs no project. */
export async function* schedulePackage(
  ctx: AppContext,
  request: SchedulePackageRequest,
): AsyncIterable<ScheduleCommandResult> {
  const { specs, schedules, inputs } = await openPackageJobs(ctx, request);
  requireSchedules([...specs.keys()], schedules);
  specs.forEach(inputs.workspaceOf);
  const workspaceOptions = (_: string, { subscription_id, resource_group, name }: WorkspaceConfig) =>
    ` --subscription-id ${subscription_id} --resource-group ${resource_group} --workspace-name ${name}`;
  yield* put(ctx, { inputs, specs, schedules, workspaceOptions }, request);
}

async function* put(
  ctx: AppContext,
  inputs: ScheduleInputs,
  { dryRun = false }: Pick<ScheduleRequest, "dryRun">,
): AsyncIterable<ScheduleCommandResult> {
  if (!dryRun) return yield* sendSchedules(ctx, inputs);
  for await (const planned of planSchedules(ctx, inputs)) yield { type: "planned", planned };
}

async function* deleteAll(
  ctx: AppContext,
  { reading, jobs, workspace, dryRun }: ScheduleRequest,
): AsyncIterable<ScheduleCommandResult> {
  const selected = await selectJobs(ctx, { reading, jobs: { ...jobs, mustName: true } });
  yield { type: "checked", warnings: selected.session.warnings };
  for await (const schedule of deleteJobSchedules(ctx, selected, { workspace, dryRun })) {
    yield { type: "deleted", schedule };
  }
}
