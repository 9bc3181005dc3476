import { readIdentity } from "../../credentials/entra/identity.ts";
import type { Login } from "../../credentials/sign_in/login.ts";
import type { Warning } from "../../core/errors.ts";
import { withOldKeys } from "../command/old_keys.ts";
import type { Output } from "../command/output.ts";

/** Renders who signed in, where the session is saved, and which credential takes precedence over it. */
export function renderLogin({ token, account, path }: Login, before: Warning | undefined): Output {
  const { name = account.username, objectId } = readIdentity(token.token);
  const saved = path === undefined
    ? "The session was not saved (--no-store); later commands cannot use it"
    : `Session saved to ${path}, readable only by you; \`kedro-azureml auth logout\` removes it`;
  return {
    data: withOldKeys(
      { name, objectId: objectId ?? null, tenantId: account.tenant, sessionFile: path ?? null },
      { object_id: "objectId", tenant_id: "tenantId", session_file: "sessionFile" },
    ),
    ...(before !== undefined && path !== undefined && { warnings: [before] }),
    text: `✓ Signed in as ${name} (tenant ${account.tenant})\n${saved}\n`,
  };
}

/** Renders what signing out removed. */
export function renderLogout({ removed, path }: { removed: boolean; path: string | undefined }): Output {
  return {
    data: withOldKeys({ removed, sessionFile: path ?? null }, { session_file: "sessionFile" }),
    text: removed
      ? `✓ Signed out; removed ${path} (Azure CLI and your browser stay signed in)\n`
      : "· Not signed in with `auth login`; nothing to remove\n",
  };
}
