import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `auth` and the commands below it. */
export function declareAuth(root: Command, { app, done, globals, declare }: Declaring): void {
  const auth = declare(root, "auth", "Sign in and check access");
  declare(auth, "login", "Sign in with a browser or a device code")
    .option("--device-code", "print a code to enter in a browser on another device")
    .option("--tenant <id>", "tenant to sign in to (default: AZURE_TENANT_ID, else your home tenant)")
    .option("--client-id <id>", "public client application to sign in with (default: Azure CLI)")
    .option("--claims-challenge <base64>", "claims challenge, from the hint of an error")
    .option("--no-store", "do not save the session to disk")
    .action(async (options) =>
      done(await (await import("./login.ts")).authLogin(app(), { ...globals(), ...options }))
    );
  declare(auth, "logout", "Sign out")
    .action(async () => done(await (await import("./logout.ts")).authLogout(app())));
  declare(auth, "status", "Show the credential in use and check its access")
    .option("--tenant <id>", "tenant to request tokens from")
    .option("-w, --workspace <name>", "workspace to check, by its key in azureml.yml")
    .action(async (options) =>
      done(await (await import("./status.ts")).authStatus(app(), { ...globals(), ...options }))
    );
}
