import { Buffer } from "node:buffer";
import type { Emulator } from "../../fakes/emulator.ts";
import type { Loose } from "../client.ts";

/** Sends a form to an operation of Entra ID, and returns the answer with the number of its AADSTS error. */
export async function post(
  emulator: Emulator,
  form: Readonly<Record<string, string>>,
  { operation = "oauth2/v2.0/token", tenant = emulator.identity.tenant } = {},
): Promise<{ readonly status: number; readonly code: number | undefined; readonly body: Loose }> {
  const answer = await emulator.fetch(
    new Request(`https://login.microsoftonline.com/${tenant}/${operation}`, {
      method: "POST",
      body: new URLSearchParams(form),
    }),
  );
  const body = await answer.json();
  return { status: answer.status, code: body.error_codes?.[0], body };
}

/** The claims of a token. */
export function claimsOf(token: string): Loose {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
}
