import type { AppContext } from "../../app/context.ts";
import { schedulesOf } from "../../azureml/schedules/from_config.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { type CheckingOptions, requireSound } from "../../app/check/check.ts";
import { selectJobs } from "../../app/project/select_jobs.ts";
import { renderDeleted, renderPlannedSchedule, renderScheduleResult } from "./put_text.ts";
import type { Output } from "../command/output.ts";
import { refusePackageOptions } from "../../app/package/options.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { planSchedules, type Scheduling, sendSchedules } from "../../app/schedule/put.ts";
import { deleteSchedules } from "../../app/schedule/delete.ts";

/** Options of `schedule`. */
export interface ScheduleOptions extends CheckingOptions {
  readonly dryRun?: boolean;
  readonly delete?: boolean;
}

/** Creates or updates the schedules of jobs; nothing is sent unless all of them can be made. */
export async function* schedule(ctx: AppContext, given: ScheduleOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  refusePackageOptions(options);
  if (options.delete && options.amlEnv !== undefined) throw deleteAndEnvironment();
  const selected = await selectJobs(ctx, options);
  const { session, jobs } = selected;
  if (options.delete) {
    yield { data: undefined, text: "", warnings: session.warnings };
    for await (const one of deleteSchedules(ctx, selected, options)) yield renderDeleted(one);
    return;
  }
  const { azureml: config, place } = session.config;
  const schedules = schedulesOf({ config, jobs, place });
  const { specs, baggage, warnings } = await requireSound(ctx, selected, { ...options, action: "schedule" });
  yield { data: undefined, text: "", warnings };
  yield* putSchedules(ctx, { baggage, specs, schedules }, options);
}

/** Sends schedules, or with `dryRun` shows what would be sent. */
export async function* putSchedules(
  ctx: AppContext,
  scheduling: Scheduling,
  { dryRun = false }: { readonly dryRun?: boolean },
): AsyncIterable<Output> {
  if (dryRun) {
    for await (const planned of planSchedules(ctx, scheduling)) yield renderPlannedSchedule(planned);
    return;
  }
  for await (const result of sendSchedules(ctx, scheduling)) yield renderScheduleResult(result);
}

function deleteAndEnvironment(): UserError {
  return new UserError("Cannot take `--delete` and `--aml-env` together", {
    code: "usage.delete_and_environment",
    exit: ExitCode.Usage,
    hint: "Leave `--aml-env` out: a schedule is deleted by its name",
  });
}
