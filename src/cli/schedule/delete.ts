import { ExitCode } from "../../core/errors.ts";
import type { AppContext } from "../../app/context.ts";
import { type DeletedSchedule, deleteNamedSchedules } from "../../app/schedule/delete.ts";
import type { SchedulesOptions } from "../../app/schedule/target.ts";
import { type Output, workspaceData } from "../command/output.ts";

/** Deletes schedules by their names in Azure ML. */
export async function* scheduleDelete(
  ctx: AppContext,
  typed: SchedulesOptions & {
    readonly args: { readonly schedules: readonly string[] };
    readonly dryRun?: boolean;
  },
): AsyncIterable<Output> {
  const { args: { schedules: names }, dryRun } = typed;
  for await (const schedule of deleteNamedSchedules(ctx, { ...typed, names, dryRun })) {
    const isMissing = schedule.deleted === false;
    yield {
      ...renderDeleted(schedule),
      ...(isMissing &&
        { exit: ExitCode.Rejected, next: [`Run \`kedro-azureml schedule list\` to see the names`] }),
    };
  }
}

/** Renders a schedule that was deleted, did not exist, or with `dryRun` would be deleted. */
export function renderDeleted({ name, job, workspace, deleted }: DeletedSchedule): Output {
  const outcome = deleted === undefined ? { dryRun: true } : { deleted };
  return {
    data: { schedule: name, job, workspace: workspaceData(workspace), ...outcome },
    text: deleted === undefined
      ? `Schedule ${name} would be deleted from workspace ${workspace.name}\n`
      : deleted
      ? `✓ Deleted schedule ${name}\n`
      : `· Schedule ${name} does not exist in workspace ${workspace.name}\n`,
  };
}
