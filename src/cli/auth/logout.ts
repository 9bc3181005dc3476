import { type LogoutResult, signOut } from "../../app/auth/login.ts";
import type { AppContext } from "../../app/context.ts";
import type { Output } from "../command/output.ts";

/** Signs out: removes the session of `auth login`. */
export async function authLogout(ctx: AppContext): Promise<Output> {
  return renderLogout(await signOut(ctx));
}

function renderLogout({ removed, path }: LogoutResult): Output {
  return {
    data: { removed, sessionFile: path ?? null },
    text: removed
      ? `✓ Signed out; removed ${path} (Azure CLI and your browser stay signed in)\n`
      : "· Not signed in with `auth login`; nothing to remove\n",
  };
}
