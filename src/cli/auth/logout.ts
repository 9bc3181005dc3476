import type { AppContext } from "../../app/context.ts";
import { logout } from "../../credentials/sign_in/login.ts";
import type { Output } from "../command/output.ts";
import { renderLogout } from "./login_text.ts";

/** Signs out: removes the session of `auth login`. */
export async function authLogout(ctx: AppContext): Promise<Output> {
  return renderLogout(await logout(ctx));
}
