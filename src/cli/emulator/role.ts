import { ExitCode, UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/fields.ts";

const ML = "Microsoft.MachineLearningServices/workspaces";

/**
 * Denied actions by role; actions as in
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning.
 */
const DENIED: Readonly<Record<string, readonly string[]>> = {
  none: ["*"],
  reader: ["*/write", "*/delete", "*/action", "Microsoft.Storage/*"],
  "data-scientist": [
    `${ML}/write`,
    `${ML}/delete`,
    `${ML}/computes/*/write`,
    `${ML}/computes/*/delete`,
    `${ML}/computes/listKeys/action`,
    `${ML}/listKeys/action`,
    "Microsoft.Storage/*",
  ],
};

/** The actions that a role given by `--role` does not allow. @throws {UserError} `emulator.role`. */
export function deniedActions(role: string): readonly string[] {
  const denied = ownValue(DENIED, role);
  if (denied !== undefined) return denied;
  throw new UserError(`Unknown role "${role}"`, {
    code: "emulator.role",
    exit: ExitCode.Usage,
    hint: `Use one of ${Object.keys(DENIED).join(", ")}`,
  });
}
