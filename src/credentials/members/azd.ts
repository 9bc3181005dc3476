import {
  type Credential,
  type CredentialContext,
  type CredentialOptions,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
} from "../credential.ts";
import { parseJson, summary, tokenFromCommand } from "./command.ts";

/** Whoever is signed in with `azd auth login`. */
export function azdCredential(ctx: CredentialContext, { tenant, isOnly }: CredentialOptions): Credential {
  const login = tenant === undefined
    ? "Run `azd auth login`"
    : `Run \`azd auth login --tenant-id ${tenant}\``;
  return {
    name: "azd",
    getToken: (scope, signal) =>
      tokenFromCommand(ctx, {
        isOnly,
        signal,
        title: "Azure Developer CLI",
        program: "azd",
        args: [
          ...["auth", "token", "--output", "json", "--no-prompt", "--scope", scope],
          ...(tenant === undefined ? [] : ["--tenant-id", tenant]),
        ],
        parse: parseToken,
        explain: (complaint) => explain(complaint, login),
      }),
  };
}

function parseToken(stdout: string): Token | undefined {
  const { token, expiresOn } = parseJson(stdout) ?? {};
  const expiresAt = new Date(String(expiresOn));
  if (typeof token !== "string" || Number.isNaN(expiresAt.getTime())) return undefined;
  return { token, expiresAt };
}

/** It complains in lines of JSON: `{"error": …}` today, `{"type": "consoleMessage", "data": {"message": …}}` before. */
function explain(complaint: string, login: string): Unavailable {
  const said = complaint.split("\n").map(message).find((text) => text !== "") ?? complaint;
  if (/not logged in|azd auth login|reauthentication required|AADSTS\d+/i.test(said)) {
    return /not logged in/i.test(said)
      ? notConfigured("nobody is signed in to Azure Developer CLI", login)
      : failed(`its sign-in has ended: ${summary(said)}`, login);
  }
  return failed(`\`azd\` said: ${summary(said)}`);
}

function message(line: string): string {
  const { error, data } = parseJson(line) ?? {};
  const text = error ?? (data as { message?: unknown } | undefined)?.message;
  return typeof text === "string" ? text.trim().replace(/^ERROR:\s*/, "") : "";
}
