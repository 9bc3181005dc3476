import { type Credential, notConfigured } from "../credential.ts";

/** Credential for the account of Visual Studio Code; always unavailable, because other programs cannot use it. */
export function vscodeCredential(): Credential {
  const answer = notConfigured("Visual Studio Code shares its sign-in with its own extensions only");
  return { name: "vscode", getToken: async () => answer };
}
