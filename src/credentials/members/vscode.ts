import { type Credential, notConfigured } from "../credential.ts";

/** Whoever is signed in to Visual Studio Code, whose sign-in no other program can use: it says why, and what can. */
export function vscodeCredential(): Credential {
  const answer = notConfigured("Visual Studio Code gives its sign-in to its own extensions only");
  return { name: "vscode", getToken: async () => answer };
}
