import { isGuid } from "../../core/text/names.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  encodeClaims,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "../credential.ts";
import { entraError } from "../entra/error.ts";
import { parseOutput, summary, tokenFromCommand } from "./token_command.ts";

/** Credential for the account that is signed in with `az login`. */
export function azureCliCredential(
  ctx: CredentialContext,
  { tenant, isOnly }: CredentialOptions,
): Credential {
  const programs = ctx.platform === "windows" ? ["az.cmd", "az"] : ["az"];
  return {
    name: "azure-cli",
    headStartMs: 1000,
    async getToken(scope, { signal, claims, tenant: demanded } = {}) {
      const from = demanded ?? tenant;
      const ofTenant = from === undefined ? "" : ` --tenant ${from}`;
      if (claims !== undefined) return needsLogin(scope, claims, ofTenant);
      const login = `Run \`az login${ofTenant}\``;
      return await tokenFromCommand(ctx, {
        isOnly,
        signal,
        title: "Azure CLI",
        programs,
        args: [
          ...["account", "get-access-token", "--output", "json"],
          ...["--resource", scope.replace(/\/\.default$/, "")],
          ...(from === undefined ? [] : ["--tenant", from]),
        ],
        parse: (stdout) => parseToken(stdout, { tenant: from, login }),
        explain: (complaint) => explain(complaint, { tenant: from, login }),
      });
    },
  };
}

/** `az` only accepts claims when it signs in; azure-identity prints the same command (`azure_cli.py`). */
function needsLogin(scope: string, claims: string, ofTenant: string): Unavailable {
  return failed(
    "Azure CLI needs a new sign-in for that",
    `Run \`az login${ofTenant} --scope ${scope} --claims-challenge ${
      encodeClaims(claims)
    }\` (Azure CLI 2.76 or ` +
      "later), then run the command again",
  );
}

interface Wanted {
  readonly tenant: string | undefined;
  readonly login: string;
}

function parseToken(stdout: string, { tenant, login }: Wanted): Token | Unavailable | undefined {
  const output = parseOutput(stdout);
  if (typeof output?.accessToken !== "string") return undefined;
  if (
    tenant !== undefined && isGuid(tenant) && typeof output.tenant === "string" && output.tenant !== tenant
  ) {
    return failed(`Azure CLI is signed in to tenant "${output.tenant}", not "${tenant}"`, login);
  }
  // Before 2.54 there is only `expiresOn`, in the machine's local time.
  const expiresAt = typeof output.expires_on === "number"
    ? new Date(output.expires_on * 1000)
    : new Date(String(output.expiresOn).replace(" ", "T").slice(0, 23));
  if (Number.isNaN(expiresAt.getTime())) return undefined;
  return { token: output.accessToken, expiresAt };
}

function explain(complaint: string, { tenant, login }: Wanted): Unavailable | undefined {
  if (/az login.*setup account|No subscription found|not logged in/i.test(complaint)) {
    return notConfigured("Azure CLI is not signed in", login);
  }
  const aadsts = /AADSTS(\d+)/.exec(complaint)?.[1];
  if (aadsts !== undefined) {
    const problem = {
      error: "",
      code: Number(aadsts),
      description: summary(complaint),
      correlationId: undefined,
    };
    const { message, hint = login } = entraError(problem, { credential: "azure-cli", tenant });
    const reason = message.replace(/^Cannot [^:]+: /, "");
    return failed(
      reason.includes(`AADSTS${aadsts}`) ? reason : `${reason} (AADSTS${aadsts})`,
      // Azure CLI keeps its own sign-in; hints about AZURE_* variables apply to other credentials.
      /AZURE_/.test(hint) ? login : hint,
    );
  }
  if (/Interactive authentication is needed|az login|refresh token|token.*expired/i.test(complaint)) {
    return failed(`the sign-in of Azure CLI has expired: ${summary(complaint)}`, login);
  }
  if (/certificate verify failed|CERTIFICATE_VERIFY_FAILED/i.test(complaint)) {
    return failed(
      "Azure CLI does not trust the network's certificate",
      "Set REQUESTS_CA_BUNDLE to a PEM file with your organization's certificate authority",
    );
  }
  return undefined;
}
