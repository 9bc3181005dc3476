import { schedulesOf } from "../../azureml/service/schedules/from_config.ts";
import type { Warning } from "../../core/errors.ts";
import { type CheckOptions, requireSubmittable } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import { openPackageJobs, type PackageOptions } from "../package/open.ts";
import { selectJobs } from "../project/select_jobs.ts";
import { type DeletedSchedule, deleteJobSchedules } from "./delete.ts";
import {
  type PlannedSchedule,
  planSchedules,
  requireSchedules,
  type ScheduleInputs,
  type ScheduleResult,
  sendSchedules,
} from "./put.ts";

/** Options of `schedule`. */
export interface ScheduleOptions extends CheckOptions {
  /** Whether to show what would be done, without changing anything. */
  readonly dryRun?: boolean;
  /** Whether to delete the schedules of the jobs instead. */
  readonly delete?: boolean;
}

/** Options of scheduling the jobs of a package. */
export interface SchedulePackageOptions extends PackageOptions {
  readonly dryRun?: boolean;
}

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
  options: ScheduleOptions,
): AsyncIterable<ScheduleCommandResult> {
  if (options.delete) return yield* deleteAll(ctx, options);
  const selected = await selectJobs(ctx, options);
  const { session, jobs } = selected;
  const { azureml: config, place } = session.config;
  const schedules = schedulesOf({ config, jobs, place });
  const { specs, inputs, warnings } = await requireSubmittable(ctx, selected, {
    ...options,
    action: "schedule",
  });
  yield { type: "checked", warnings };
  yield* put(ctx, { inputs, specs, schedules }, options);
}

/** Creates or updates the schedules of a package's jobs, which needs no project. */
export async function* schedulePackage(
  ctx: AppContext,
  options: SchedulePackageOptions,
): AsyncIterable<ScheduleCommandResult> {
  const { specs, schedules, inputs } = await openPackageJobs(ctx, options);
  requireSchedules([...specs.keys()], schedules);
  specs.forEach(inputs.workspaceOf);
  yield* put(ctx, { inputs, specs, schedules }, options);
}

async function* put(
  ctx: AppContext,
  inputs: ScheduleInputs,
  { dryRun = false }: { readonly dryRun?: boolean },
): AsyncIterable<ScheduleCommandResult> {
  if (!dryRun) return yield* sendSchedules(ctx, inputs);
  for await (const planned of planSchedules(ctx, inputs)) yield { type: "planned", planned };
}

async function* deleteAll(ctx: AppContext, options: ScheduleOptions): AsyncIterable<ScheduleCommandResult> {
  const selected = await selectJobs(ctx, { ...options, mustName: true });
  yield { type: "checked", warnings: selected.session.warnings };
  for await (const schedule of deleteJobSchedules(ctx, selected, options)) {
    yield { type: "deleted", schedule };
  }
}
