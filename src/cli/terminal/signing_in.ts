import { isCi } from "../../core/is_ci.ts";
import type { Context } from "../../core/context.ts";
import type { Interaction } from "../../credentials/interaction.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { personAt } from "./ask_person.ts";
import type { Progress } from "./progress.ts";

/**
 * The person who signs in. A device code needs nobody who answers, only somebody who reads, as in a notebook; in CI and
 * with `--no-input` there is nobody.
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
  const reason = isCi(ctx.env) ? "this is CI" : !input ? "`--no-input` is given" : "there is no terminal";
  throw new UserError(`Cannot ask a person to sign in: ${reason}`, {
    code: "auth.nobody",
    exit: ExitCode.Auth,
    hint: input && !isCi(ctx.env)
      ? "Run `kedro-azureml auth login --device-code`, which needs no terminal"
      : "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to a service principal's",
  });
}
