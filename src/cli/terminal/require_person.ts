import { isCi } from "../../core/env_vars.ts";
import type { Context } from "../../core/context.ts";
import type { Interaction } from "../../credentials/interaction.ts";
import { UserError } from "../../core/errors.ts";
import { personAt } from "./ask_person.ts";
import type { Progress } from "./progress.ts";

/**
 * Returns the person who signs in. A device code only needs someone who reads the output, as in a notebook. In CI and
 * with `--no-input` there is no person.
 *
 * @throws {UserError} `auth.nobody`.
 */
export function requirePerson(
  ctx: Context,
  progress: Progress,
  { deviceCode = false, input = true }: { readonly deviceCode?: boolean; readonly input?: boolean },
): Interaction {
  const reads = deviceCode || ctx.terminal.interactive;
  if (input && reads && !isCi(ctx.env)) return personAt(ctx, progress);
  const reason = isCi(ctx.env) ? "this is CI" : !input ? "`--no-input` is set" : "there is no terminal";
  throw new UserError(`Cannot sign in interactively: ${reason}`, {
    code: "auth.nobody",
    hint: input && !isCi(ctx.env)
      ? "Run `kedro-azureml auth login --device-code`, which needs no terminal"
      : "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET for a service principal",
  });
}
