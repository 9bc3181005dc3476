import type { Exit } from "../core/context.ts";
import { type Fields, isFields, parsedJson } from "../core/json.ts";
import { isGuid } from "../core/azure_limits.ts";
import { redact, withoutSecrets } from "../core/secrets.ts";
import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  encodeClaims,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "./credential.ts";
import { entraError } from "./entra_errors.ts";

/** Credential for the account that is signed in with `azd auth login`. */
export function azdCredential(ctx: CredentialContext, { tenant, isOnly }: CredentialOptions): Credential {
  return {
    name: "azd",
    getToken: (scope, { signal, claims, tenant: demanded } = {}) => {
      const from = demanded ?? tenant;
      const login = from === undefined
        ? "Run `azd auth login`"
        : `Run \`azd auth login --tenant-id ${from}\``;
      return tokenFromCommand(ctx, {
        isOnly,
        signal,
        title: "Azure Developer CLI",
        programs: ["azd"],
        args: [
          ...["auth", "token", "--output", "json", "--no-prompt", "--scope", scope],
          ...(from === undefined ? [] : ["--tenant-id", from]),
          // azd saves the claims and requests them at the next `azd auth login`.
          ...(claims === undefined ? [] : ["--claims", encodeClaims(claims)]),
        ],
        parse: parseAzdToken,
        explain: (complaint) =>
          claims === undefined ? explainAzd(complaint, login) : explainClaims(complaint, login),
      });
    },
  };
}

function parseAzdToken(stdout: string): Token | undefined {
  const { token, expiresOn } = parseOutput(stdout) ?? {};
  const expiresAt = new Date(String(expiresOn));
  if (typeof token !== "string" || Number.isNaN(expiresAt.getTime())) return undefined;
  return { token, expiresAt };
}

/** Like azure-identity (`azd_cli.py`): only the next interactive sign-in can meet the claims. */
function explainClaims(complaint: string, login: string): Unavailable {
  return /unknown flag: --claims/.test(complaint)
    ? failed("this version of azd does not support claims challenges", "Update azd to 1.18.1 or later")
    : failed("azd needs a new sign-in for that", `${login}, then run the command again`);
}

/** azd prints errors as JSON: `{"error": …}`, or `{"data": {"message": …}}` in older versions. */
function explainAzd(complaint: string, login: string): Unavailable {
  const problem = complaint.split("\n").map(message).find((text) => text !== "") ?? complaint;
  if (/not logged in|azd auth login|reauthentication required|AADSTS\d+/i.test(problem)) {
    return /not logged in/i.test(problem)
      ? notConfigured("Azure Developer CLI is not signed in", login)
      : failed(`its sign-in has expired: ${summary(problem)}`, login);
  }
  return failed(`\`azd\` said: ${summary(problem)}`);
}

function message(line: string): string {
  const { error, data } = parseOutput(line) ?? {};
  const text = error ?? (data as { message?: unknown } | undefined)?.message;
  return typeof text === "string" ? text.trim() : "";
}

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
      if (claims !== undefined) return cliNeedsLogin(scope, claims, ofTenant);
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
        parse: (stdout) => parseCliToken(stdout, { tenant: from, login }),
        explain: (complaint) => explainCli(complaint, { tenant: from, login }),
      });
    },
  };
}

/** `az` only accepts claims when it signs in; azure-identity prints the same command (`azure_cli.py`). */
function cliNeedsLogin(scope: string, claims: string, ofTenant: string): Unavailable {
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

function parseCliToken(stdout: string, { tenant, login }: Wanted): Token | Unavailable | undefined {
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

function explainCli(complaint: string, { tenant, login }: Wanted): Unavailable | undefined {
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
      if (claims !== undefined) return powershellNeedsLogin(claims, ofTenant);
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
        parse: parsePowershellToken,
        explain: (complaint) =>
          explainPowershell(complaint, `Run \`Connect-AzAccount${ofTenant}\` in PowerShell`),
      });
    },
  };
}

/** PowerShell only accepts claims when it signs in; azure-identity prints the same command (`azure_powershell.py`). */
function powershellNeedsLogin(claims: string, ofTenant: string): Unavailable {
  return failed(
    "Azure PowerShell needs a new sign-in for that",
    `Run \`Connect-AzAccount${ofTenant} -ClaimsChallenge ${
      encodeClaims(claims)
    }\` in PowerShell (Az.Accounts 5.2.0 ` +
      "or later), then run the command again",
  );
}

function parsePowershellToken(stdout: string): Token | undefined {
  const { token, expiresOn } = parseOutput(stdout) ?? {};
  if (typeof token !== "string" || typeof expiresOn !== "number") return undefined;
  return { token, expiresAt: new Date(expiresOn * 1000) };
}

function explainPowershell(complaint: string, login: string): Unavailable | undefined {
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

/**
 * Time limits of a program in milliseconds: a cold `az` on a slow laptop takes several seconds. If it is the only
 * credential that may be used, there is nothing to gain by giving up early.
 */
const LIMITS = { usual: 10_000, only: 60_000 } as const;

/** Gets a token from another program; every failure is a reason to skip the credential. */
export async function tokenFromCommand(
  ctx: CredentialContext,
  { isOnly, signal, title, programs, args, env = {}, parse, explain }: {
    /** Whether it is the only credential that may be used. */
    readonly isOnly: boolean | undefined;
    readonly signal: AbortSignal | undefined;
    /** Product name. */
    readonly title: string;
    /** Names to look for on PATH; the first that exists is run. */
    readonly programs: readonly string[];
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Reads the token from its output; `undefined` for anything else. */
    readonly parse: (stdout: string) => Token | Unavailable | undefined;
    /** Explains its error output; `undefined` for unknown messages. */
    readonly explain: (complaint: string) => Unavailable | undefined;
  },
): Promise<Token | Unavailable> {
  const timeoutMs = isOnly ? LIMITS.only : LIMITS.usual;
  const stop = signal === undefined ? ctx.signal : AbortSignal.any([signal, ctx.signal]);
  const startedAt = ctx.clock.now().getTime();
  let [program, exit] = ["", undefined as Exit | undefined];
  for (program of programs) {
    // Not in the project: these programs, and scripts that they start, could read its files.
    const cwd = ctx.platform === "windows" ? ctx.env.SystemRoot ?? "C:\\" : "/";
    const all = { ...withoutSecrets(ctx.env), ...env };
    exit = await ctx.exec(program, args, { cwd, timeoutMs, signal: stop, env: all, clearEnv: true });
    ctx.signal.throwIfAborted();
    if (exit.found && !isUnknownCommand(exit)) break;
    exit = undefined;
  }
  if (exit === undefined) return notConfigured(`${title} is not installed (no \`${programs[0]}\` on PATH)`);
  if (exit.timedOut) {
    const seconds = ((ctx.clock.now().getTime() - startedAt) / 1000).toFixed(1);
    return failed(
      `\`${program}\` hung and was stopped after ${seconds} s`,
      `Run \`${program}\` by itself to see why, or select it with \`--credential\` to wait longer`,
    );
  }
  if (exit.status !== 0) {
    const complaint = exit.stderr.trim() || exit.stdout.trim();
    return explain(complaint) ??
      failed(`\`${program}\` said: ${summary(complaint) || `status ${exit.status}`}`);
  }
  return parse(exit.stdout) ?? failed(`\`${program}\` did not print a token`);
}

/** Whether a shell reported that the program does not exist: status 127, or 9009 or a message on Windows. */
function isUnknownCommand({ status, stderr }: Exit): boolean {
  return status === 127 || status === 9009 ||
    (status === 1 && /is not recognized as an internal or external command/i.test(stderr));
}

/** The most informative line of an error output, without secrets. */
function summary(complaint: string): string {
  const lines = complaint.split(/\r?\n/).map(printable).filter((line) => line !== "");
  // A Python traceback ends with the error.
  const broke = lines.some((line) => /^Traceback \(|Here is the traceback/.test(line));
  const telling = lines.find((line) => /AADSTS\d+/.test(line)) ??
    (broke
      ? lines.findLast((line) => /^(ERROR: )?[\w.]+(Error|Exception)\b|\[Errno/.test(line))
      : undefined) ??
    lines.find((line) => line.startsWith("ERROR:")) ?? lines[0] ?? "";
  return redact(telling.replace(/^ERROR:\s*/, "").split("Trace ID:", 1)[0]!.trimEnd()).slice(0, 300);
}

/** A line without escape sequences, control characters and invalid text. */
function printable(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[[\d;?]*[A-Za-z]/g, "").replace(/[\x00-\x1f\x7f-\x9f\ufffd]/g, "").trim();
}

/** Parses a program's output as a JSON object; `undefined` if it is not one. */
export function parseOutput(text: string): Fields | undefined {
  const value = parsedJson(text);
  return isFields(value) ? value : undefined;
}
