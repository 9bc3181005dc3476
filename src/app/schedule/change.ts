import type { ScheduleAction } from "../../azureml/service/schedules/schedule.ts";
import { interruption } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";

const DONE: Readonly<Record<ScheduleAction, string>> = {
  create: "created",
  update: "updated",
  delete: "disabled or deleted",
  pause: "paused",
  resume: "resumed",
};

/**
 * Changes a schedule and reports that, because Azure takes some seconds for it.
 *
 * @throws {UserError} `interrupted`, which says that Azure may have changed it.
 */
export async function changeSchedule<T>(
  ctx: Pick<AppContext, "report" | "signal">,
  { name, action }: { readonly name: string; readonly action: ScheduleAction },
  change: () => Promise<T>,
): Promise<T> {
  ctx.report({ type: "schedule_changing", name, action });
  try {
    return await change();
  } catch (thrown) {
    if (!ctx.signal.aborted) throw thrown;
    const remove = action === "create" ? `, and \`kedro-azureml schedule delete ${name}\` to delete it` : "";
    throw interruption(ctx.signal.reason, [`schedule "${name}" may have been ${DONE[action]}`], {
      hint: `Run \`kedro-azureml schedule list\` to see the schedules${remove}`,
    });
  }
}
