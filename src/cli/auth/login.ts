import { type LoginResult, logout, signIn } from "../../app/auth/login.ts";
import type { AppContext } from "../../app/context.ts";
import { UserError } from "../../core/errors.ts";
import type { Command } from "commander";
import { type CommandContext, programOf } from "../command/declare.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import type { Output } from "../command/output.ts";
import { openProgress } from "../terminal/progress.ts";
import { requirePerson } from "../terminal/require_person.ts";
import { decodeJsonObject } from "../../core/text/encoded_json.ts";

/** What is typed for `auth login`. */
interface LoginTyped {
  readonly deviceCode?: boolean;
  readonly tenant?: string;
  readonly clientId?: string;
  /** Base64 of the claims. */
  readonly claimsChallenge?: string;
  /** False with `--no-store`. */
  readonly store: boolean;
}

/** Signs a person in, and saves the session for later commands. */
export async function authLogin(ctx: CommandContext, typed: LoginTyped, command: Command): Promise<Output> {
  const { json = false, input = true } = programOf(command).opts<GlobalOptions>();
  const { deviceCode = false, store, tenant, clientId, claimsChallenge } = typed;
  const claims = claimsChallenge === undefined ? undefined : requireClaims(claimsChallenge);
  const interaction = requirePerson(ctx, openProgress(ctx, { json }), { deviceCode, input });
  return renderLogin(await signIn(ctx, { deviceCode, store, tenant, clientId, claims, interaction }));
}

function requireClaims(encoded: string): string {
  const claims = decodeJsonObject(encoded)?.text;
  if (claims !== undefined) return claims;
  throw new UserError("The value of --claims-challenge is not a JSON object in base64", {
    code: "usage.claims_challenge",
    hint: "Copy it whole from the error that names it",
  });
}

/** Renders who signed in, where the session is saved, and which credential takes precedence over it. */
function renderLogin({ name, objectId, tenant, path, warning }: LoginResult): Output {
  const saved = path === undefined
    ? "The session was not saved (--no-store); later commands cannot use it"
    : `Session saved to ${path}, readable only by you; \`kedro-azureml auth logout\` removes it`;
  return {
    data: { name, objectId: objectId ?? null, tenantId: tenant, sessionFile: path ?? null },
    ...(warning !== undefined && path !== undefined && { warnings: [warning] }),
    text: `✓ Signed in as ${name} (tenant ${tenant})\n${saved}\n`,
  };
}

/** Signs out: removes the session of `auth login`. */
export async function authLogout(ctx: AppContext): Promise<Output> {
  const { removed, path } = await logout(ctx);
  return {
    data: { removed, sessionFile: path ?? null },
    text: removed
      ? `✓ Signed out; removed ${path} (Azure CLI and your browser stay signed in)\n`
      : "· Not signed in with `auth login`; nothing to remove\n",
  };
}
