import type { Context } from "../../core/context.ts";
import type { Output } from "../command/output.ts";
import type { PackageOptions } from "../../app/package/options.ts";
import { openJobsOfPackage } from "../../app/package/open.ts";
import { planSchedules, requireSchedules, sendSchedules } from "../../app/schedule/put.ts";

/** Options of `schedule --package`. */
export interface SchedulePackageOptions extends PackageOptions {
  readonly dryRun?: boolean;
}

/** Creates or updates the schedules of the jobs of a package; there need be no project. */
export async function* schedulePackage(ctx: Context, options: SchedulePackageOptions): AsyncIterable<Output> {
  const { specs, schedules, baggage } = await openJobsOfPackage(ctx, options);
  requireSchedules([...specs.keys()], schedules);
  specs.forEach(baggage.workspaceOf);
  const scheduling = { options, baggage, specs, schedules };
  yield* options.dryRun ? planSchedules(ctx, scheduling) : sendSchedules(ctx, scheduling);
}
