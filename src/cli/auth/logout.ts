import type { AppContext } from "../../app/context.ts";
import { logout } from "../../credentials/sign_in/login.ts";
import type { Output } from "../command/output.ts";
import { renderLogout } from "./login_text.ts";

/** Forgets whom `auth login` signed in. */
export async function authLogout(ctx: AppContext): Promise<Output> {
  return renderLogout(await logout(ctx));
}
