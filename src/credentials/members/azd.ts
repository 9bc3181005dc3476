import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "../credential.ts";
import { encodeClaims } from "../claims.ts";
import { parseOutput, summary, tokenFromCommand } from "./command.ts";

/** The account that is signed in with `azd auth login`. */
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
          // It remembers them, and asks for them at the next `azd auth login`.
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

/** As azure-identity does (`azd_cli.py`): the claims can be met by the next interactive sign-in only. */
function explainClaims(complaint: string, login: string): Unavailable {
  return /unknown flag: --claims/.test(complaint)
    ? failed("this version of azd does not support claims challenges", "Update azd to 1.18.1 or later")
    : failed("azd needs a new sign-in for that", `${login}, then run the command again`);
}

/** It prints errors as lines of JSON: `{"error": …}` today, `{"type": "consoleMessage", "data": {"message": …}}` before. */
function explain(complaint: string, login: string): Unavailable {
  const said = complaint.split("\n").map(message).find((text) => text !== "") ?? complaint;
  if (/not logged in|azd auth login|reauthentication required|AADSTS\d+/i.test(said)) {
    return /not logged in/i.test(said)
      ? notConfigured("Azure Developer CLI is not signed in", login)
      : failed(`its sign-in has expired: ${summary(said)}`, login);
  }
  return failed(`\`azd\` said: ${summary(said)}`);
}

function message(line: string): string {
  const { error, data } = parseOutput(line) ?? {};
  const text = error ?? (data as { message?: unknown } | undefined)?.message;
  return typeof text === "string" ? text.trim().replace(/^ERROR:\s*/, "") : "";
}
