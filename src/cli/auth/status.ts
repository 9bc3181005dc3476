import type { AppContext } from "../../app/context.ts";
import { type AuthStatusOptions, checkAuth } from "../../app/auth/status.ts";
import type { Output } from "../command/output.ts";
import { renderAuthStatus } from "./status_text.ts";

/** Shows which credential is used and why, whose identity it is, and what that may do in the workspace. */
export async function authStatus(ctx: AppContext, options: AuthStatusOptions): Promise<Output> {
  return renderAuthStatus(await checkAuth(ctx, options));
}
