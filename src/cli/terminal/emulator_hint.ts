import { findEmulator } from "../../app/emulator/running.ts";
import type { ProjectOptions } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { changedError, type UserError } from "../../core/errors.ts";

/**
 * Adds to an error about what a workspace does not have that an emulator only has the workspaces of the project that it
 * was started for, and what was sent to it since.
 */
export async function withEmulatorHint(
  error: UserError,
  ctx: Context,
  { emulator, project }: { readonly emulator: boolean; readonly project: ProjectOptions },
): Promise<UserError> {
  if (emulator && await findEmulator(ctx, project) === undefined) {
    return changedError(error, {
      hint:
        "No emulator was running for this project, so this command used a new one; `kedro-azureml emulator start` starts one that stays",
    });
  }
  const usesEmulator = emulator || Boolean(ctx.env.KEDRO_AZUREML_EMULATOR);
  if (error.code !== "azure.not_found" || !usesEmulator) return error;
  return changedError(error, {
    hint: emulator
      ? "If azureml.yml has changed since the emulator was started, run `kedro-azureml emulator stop`, then this command again"
      : "If this shell's variables are those of another project's emulator, run `kedro-azureml emulator env` here",
  });
}
