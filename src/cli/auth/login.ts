import type { AppContext } from "../../app/context.ts";
import type { OnRetry } from "../../core/net/azure_http.ts";
import { loadCloud } from "../../core/clouds/load.ts";
import { goesBefore, login } from "../../credentials/sign_in/login.ts";
import type { Globals } from "../command/globals.ts";
import type { Output } from "../command/output.ts";
import { openProgress } from "../terminal/progress.ts";
import { renderLogin } from "./login_text.ts";
import { requirePerson } from "../terminal/signing_in.ts";

/** Options of `auth login`. */
export interface AuthLoginOptions extends Globals {
  readonly deviceCode?: boolean;
  readonly tenant?: string;
  readonly clientId?: string;
  /** False with `--no-store`. */
  readonly store?: boolean;
}

/** Signs a person in, and keeps that for later commands. */
export async function authLogin(ctx: AppContext, options: AuthLoginOptions): Promise<Output> {
  const { deviceCode = false, tenant, clientId, store = true } = options;
  const progress = openProgress(ctx, options);
  const interaction = requirePerson(ctx, progress, options);
  const cloud = await loadCloud(ctx);
  const onRetry: OnRetry = (event) => ctx.report({ type: "retry", ...event });
  const signedIn = await login(ctx, { cloud, interaction, tenant, clientId, deviceCode, store, onRetry });
  return renderLogin(signedIn, goesBefore(ctx.env));
}
