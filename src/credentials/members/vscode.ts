import { type Credential, notConfigured } from "../credential.ts";

/** The account of Visual Studio Code, which other programs cannot use: always unavailable. */
export function vscodeCredential(): Credential {
  const answer = notConfigured("Visual Studio Code shares its sign-in with its own extensions only");
  return { name: "vscode", getToken: async () => answer };
}
