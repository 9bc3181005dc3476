import { decodeJsonObject } from "../core/text/encoded_json.ts";

/**
 * Encodes claims as commands take them (`az login --claims-challenge`): base64 of the JSON, as azure-identity prints
 * it.
 */
export function encodeClaims(claims: string): string {
  return new TextEncoder().encode(claims).toBase64();
}

/** Decodes claims in base64 or base64url; returns the JSON, or `undefined` if the text is not base64 of a JSON object. */
export function decodeClaims(encoded: string): string | undefined {
  return decodeJsonObject(encoded)?.text;
}

/** What a claims challenge requires, as part of a sentence. */
export function describeClaims(claims: string): string {
  // The authentication context with which Azure requires multi-factor authentication: `acrs` of `p1`.
  const context = claims.split('"acrs"')[1]?.split("}", 1)[0] ?? "";
  return context.includes('"p1"') ? "multi-factor authentication" : "a stronger sign-in (a claims challenge)";
}
