import type { AppContext } from "../../app/context.ts";
import { putSchedules } from "./put.ts";
import type { Output } from "../command/output.ts";
import type { PackageOptions } from "../../app/package/options.ts";
import { openJobsOfPackage } from "../../app/package/open.ts";
import { requireSchedules } from "../../app/schedule/put.ts";

/** Options of `schedule --package`. */
export interface SchedulePackageOptions extends PackageOptions {
  readonly dryRun?: boolean;
}

/** Creates or updates the schedules of the jobs of a package; there need be no project. */
export async function* schedulePackage(
  ctx: AppContext,
  options: SchedulePackageOptions,
): AsyncIterable<Output> {
  const { specs, schedules, baggage } = await openJobsOfPackage(ctx, options);
  requireSchedules([...specs.keys()], schedules);
  specs.forEach(baggage.workspaceOf);
  yield* putSchedules(ctx, { baggage, specs, schedules }, options);
}
