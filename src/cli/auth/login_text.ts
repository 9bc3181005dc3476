import { readIdentity } from "../../credentials/entra/identity.ts";
import type { Login } from "../../credentials/sign_in/login.ts";
import type { Warning } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";

/** Tells who signed in, where that is kept, and what is used before it. */
export function renderLogin({ token, account, path }: Login, before: Warning | undefined): Output {
  const { name = account.username, objectId } = readIdentity(token.token);
  const kept = path === undefined
    ? "Nothing is kept on disk (--no-store), so that later commands do not know it"
    : `Your session is kept in ${path}, which only you may read; \`kedro-azureml auth logout\` removes it`;
  return {
    data: {
      name,
      object_id: objectId ?? null,
      tenant_id: account.tenant,
      session_file: path ?? null,
    },
    ...(before !== undefined && path !== undefined && { warnings: [before] }),
    text: `✓ You are ${name} of tenant ${account.tenant}\n${kept}\n`,
  };
}

/** Tells what was removed. */
export function renderLogout({ removed, path }: { removed: boolean; path: string | undefined }): Output {
  return {
    data: { removed, session_file: path ?? null },
    text: removed
      ? `✓ Your session is removed from ${path}; Azure CLI and your browser stay signed in\n`
      : "· There is no session of `auth login` to remove\n",
  };
}
