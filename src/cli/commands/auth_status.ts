import type { Context } from "../../context.ts";
import { type AuthStatusOptions, checkAuth } from "../auth_check.ts";
import type { Output } from "../output.ts";
import { renderAuthStatus } from "../render/auth_status.ts";

/** Shows which credential is used and why, who that is, and what the workspace allows it. */
export async function authStatus(ctx: Context, options: AuthStatusOptions): Promise<Output> {
  return renderAuthStatus(await checkAuth(ctx, options));
}
