import { findEmulator } from "../../app/emulator/running.ts";
import type { Context } from "../../core/context.ts";
import { changedError, type UserError } from "../../core/errors.ts";

/**
 * Adds to an error about what a workspace does not have that an emulator only has the workspaces of the project that it
 * was started for, and what was sent to it since.
 */
export async function withEmulatorHint(
  error: UserError,
  ctx: Context,
  emulator: boolean,
): Promise<UserError> {
  if (emulator && await findEmulator(ctx) === undefined) {
    return changedError(error, {
      hint:
        "No emulator was running, so this command used a new one; `kedro-azureml emulator start` starts one that stays",
    });
  }
  const usesEmulator = emulator || Boolean(ctx.env.KEDRO_AZUREML_EMULATOR);
  if (error.code !== "azure.not_found" || !usesEmulator) return error;
  return changedError(error, {
    hint:
      "If the running emulator was started for another project, run `kedro-azureml emulator stop`, then this command again",
  });
}
