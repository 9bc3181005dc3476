import type { AppContext } from "../../app/context.ts";
import {
  type DeletedSchedule,
  type DeleteNamedOptions,
  deleteNamedSchedules,
} from "../../app/schedule/delete.ts";
import { type Output, workspaceData } from "../command/output.ts";

/** Deletes schedules by their names in Azure ML. */
export async function* scheduleDelete(
  ctx: AppContext,
  typed: Omit<DeleteNamedOptions, "names"> & { readonly args: { readonly schedules: readonly string[] } },
): AsyncIterable<Output> {
  const { args: { schedules: names }, ...options } = typed;
  for await (const deleted of deleteNamedSchedules(ctx, { ...options, names })) yield renderDeleted(deleted);
}

/** Renders a schedule that was deleted, did not exist, or with `dryRun` would be deleted. */
export function renderDeleted({ name, job, workspace, deleted }: DeletedSchedule): Output {
  if (deleted === undefined) {
    return {
      data: { schedule: name, job, workspace: workspaceData(workspace), dryRun: true },
      text: `Schedule ${name} would be deleted from workspace ${workspace.name}\n`,
    };
  }
  return {
    data: { schedule: name, job, workspace: workspaceData(workspace), deleted },
    text: deleted
      ? `✓ Deleted schedule ${name}\n`
      : `· Schedule ${name} does not exist in workspace ${workspace.name}\n`,
  };
}
