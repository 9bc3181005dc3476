import type { Context } from "../../context.ts";
import type { Output } from "../output.ts";
import type { PackageOptions } from "../package_options.ts";
import { openJobsOfPackage } from "../packages.ts";
import { planSchedules, requireSchedules, sendSchedules } from "../scheduling.ts";

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
