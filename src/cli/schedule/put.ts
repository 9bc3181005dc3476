import { schedulesOf } from "../../azureml/schedules/from_config.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { type CheckingOptions, requireSound } from "../../app/check/check.ts";
import { selectJobs } from "../../app/project/select_jobs.ts";
import type { Output } from "../command/output.ts";
import { refusePackageOptions } from "../../app/package/options.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { planSchedules, sendSchedules } from "../../app/schedule/put.ts";
import { deleteSchedules } from "../../app/schedule/delete.ts";

/** Options of `schedule`. */
export interface ScheduleOptions extends CheckingOptions {
  readonly dryRun?: boolean;
  readonly delete?: boolean;
}

/** Creates or updates the schedules of jobs; nothing is sent unless all of them can be made. */
export async function* schedule(ctx: Context, given: ScheduleOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  refusePackageOptions(options);
  if (options.delete && options.amlEnv !== undefined) throw deleteAndEnvironment();
  const selected = await selectJobs(ctx, options);
  const { session, jobs } = selected;
  if (options.delete) {
    yield { data: undefined, text: "", warnings: session.warnings };
    return yield* deleteSchedules(ctx, selected, options);
  }
  const { azureml: config, place } = session.config;
  const schedules = schedulesOf({ config, jobs, place });
  const { specs, baggage, warnings } = await requireSound(ctx, selected, { ...options, action: "schedule" });
  yield { data: undefined, text: "", warnings };
  const send = { options, baggage, specs, schedules };
  if (options.dryRun) return yield* planSchedules(ctx, send);
  yield* sendSchedules(ctx, send);
}

function deleteAndEnvironment(): UserError {
  return new UserError("Cannot take `--delete` and `--aml-env` together", {
    code: "usage.delete_and_environment",
    exit: ExitCode.Usage,
    hint: "Leave `--aml-env` out: a schedule is deleted by its name",
  });
}
