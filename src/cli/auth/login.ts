import type { CommandContext } from "../command/declare.ts";
import type { OnRetry } from "../../core/net/azure_http.ts";
import { loadCloud } from "../../core/clouds/load.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { decodeClaims } from "../../credentials/claims.ts";
import { login, precedenceWarning } from "../../credentials/sign_in/login.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import type { Output } from "../command/output.ts";
import { openProgress } from "../terminal/progress.ts";
import { renderLogin } from "./login_text.ts";
import { requirePerson } from "../terminal/require_person.ts";

/** Options of `auth login`. */
export interface AuthLoginOptions extends GlobalOptions {
  readonly deviceCode?: boolean;
  readonly tenant?: string;
  readonly clientId?: string;
  /** Base64 of the claims. */
  readonly claimsChallenge?: string;
  /** False with `--no-store`. */
  readonly store?: boolean;
}

/** Signs a person in, and saves the session for later commands. */
export async function authLogin(ctx: CommandContext, options: AuthLoginOptions): Promise<Output> {
  const { deviceCode = false, tenant, clientId, store = true } = options;
  const claims = options.claimsChallenge === undefined ? undefined : requireClaims(options.claimsChallenge);
  const progress = openProgress(ctx, options);
  const interaction = requirePerson(ctx, progress, options);
  const cloud = await loadCloud(ctx);
  const onRetry: OnRetry = (event) => ctx.report({ type: "retry", ...event });
  const signedIn = await login(ctx, {
    cloud,
    interaction,
    tenant,
    clientId,
    claims,
    deviceCode,
    store,
    onRetry,
  });
  return renderLogin(signedIn, precedenceWarning(ctx.env));
}

function requireClaims(encoded: string): string {
  const claims = decodeClaims(encoded);
  if (claims !== undefined) return claims;
  throw new UserError("The value of --claims-challenge is not a JSON object in base64", {
    code: "usage.claims_challenge",
    exit: ExitCode.Usage,
    hint: "Copy it whole from the error that names it",
  });
}
