import type { Context } from "../../context.ts";
import { logout } from "../../credentials/login.ts";
import type { Output } from "../output.ts";
import { renderLogout } from "../render/auth_login.ts";

/** Forgets whom `auth login` signed in. */
export async function authLogout(ctx: Context): Promise<Output> {
  return renderLogout(await logout(ctx));
}
