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
import { parseOutput, summary, tokenFromCommand } from "./token_command.ts";

/**
 * Values are passed as environment variables, so that they cannot be interpreted as code. Since Az.Accounts 5, tokens
 * are SecureStrings.
 */
const SCRIPT = `
$ErrorActionPreference = 'Stop'
if (-not (Get-Module -ListAvailable -Name Az.Accounts)) { [Console]::Error.WriteLine('no Az.Accounts'); exit 3 }
Import-Module Az.Accounts
$arguments = @{ ResourceUrl = $env:TOKEN_RESOURCE }
if ($env:TOKEN_TENANT) { $arguments.TenantId = $env:TOKEN_TENANT }
$answer = Get-AzAccessToken @arguments -WarningAction SilentlyContinue
$token = $answer.Token
if ($token -is [System.Security.SecureString]) { $token = [System.Net.NetworkCredential]::new('', $token).Password }
@{ token = $token; expiresOn = $answer.ExpiresOn.ToUnixTimeSeconds() } | ConvertTo-Json -Compress
`;

/** Credential for the account that is signed in with `Connect-AzAccount`. */
export function azurePowerShellCredential(
  ctx: CredentialContext,
  { tenant, isOnly }: CredentialOptions,
): Credential {
  return {
    name: "azure-powershell",
    headStartMs: 0,
    async getToken(scope, { signal, claims, tenant: demanded } = {}) {
      const from = demanded ?? tenant;
      const ofTenant = from === undefined ? "" : ` -Tenant ${from}`;
      if (claims !== undefined) return needsLogin(claims, ofTenant);
      return await tokenFromCommand(ctx, {
        isOnly,
        signal,
        title: "PowerShell",
        // Every Windows has `powershell`, which has its own modules; azure-identity falls back the same way.
        programs: ctx.platform === "windows" ? ["pwsh", "powershell"] : ["pwsh"],
        args: ["-NoProfile", "-NonInteractive", "-Command", SCRIPT],
        env: {
          TOKEN_RESOURCE: scope.replace(/\/\.default$/, ""),
          ...(from === undefined ? {} : { TOKEN_TENANT: from }),
        },
        parse: parseToken,
        explain: (complaint) => explain(complaint, `Run \`Connect-AzAccount${ofTenant}\` in PowerShell`),
      });
    },
  };
}

/** PowerShell only accepts claims when it signs in; azure-identity prints the same command (`azure_powershell.py`). */
function needsLogin(claims: string, ofTenant: string): Unavailable {
  return failed(
    "Azure PowerShell needs a new sign-in for that",
    `Run \`Connect-AzAccount${ofTenant} -ClaimsChallenge ${
      encodeClaims(claims)
    }\` in PowerShell (Az.Accounts 5.2.0 ` +
      "or later), then run the command again",
  );
}

function parseToken(stdout: string): Token | undefined {
  const { token, expiresOn } = parseOutput(stdout) ?? {};
  if (typeof token !== "string" || typeof expiresOn !== "number") return undefined;
  return { token, expiresAt: new Date(expiresOn * 1000) };
}

function explain(complaint: string, login: string): Unavailable | undefined {
  if (/no Az\.Accounts/.test(complaint)) {
    return notConfigured(
      "the PowerShell module Az.Accounts is not installed",
      "Run `Install-Module Az.Accounts` in PowerShell",
    );
  }
  if (/Connect-AzAccount/i.test(complaint)) return notConfigured("Azure PowerShell is not signed in", login);
  if (/AADSTS\d+/.test(complaint)) return failed(`its sign-in has expired: ${summary(complaint)}`, login);
  return undefined;
}
