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
        parse: parseToken,
        explain: (complaint) =>
          claims === undefined ? explain(complaint, login) : explainClaims(complaint, login),
      });
    },
  };
}

function parseToken(stdout: string): Token | undefined {
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
function explain(complaint: string, login: string): Unavailable {
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
