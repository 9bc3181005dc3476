/** The authentication context with which Azure requires multi-factor authentication (`acrs` of `p1`). */
const MFA_CONTEXT = /"acrs"\s*:\s*\{[^}]*"p1"/;

/**
 * Encodes claims as commands take them (`az login --claims-challenge`): base64 of the JSON, as azure-identity prints
 * it.
 */
export function encodeClaims(claims: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(claims)));
}

/**
 * Decodes claims in base64 or base64url, with or without padding.
 *
 * @returns The JSON; `undefined` if the text is not base64 of a JSON object.
 */
export function decodeClaims(encoded: string): string | undefined {
  try {
    const bytes = atob(encoded.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, ""));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** What a claims challenge requires, as part of a sentence. */
export function describeClaims(claims: string): string {
  return MFA_CONTEXT.test(claims) ? "multi-factor authentication" : "a stronger sign-in (a claims challenge)";
}
