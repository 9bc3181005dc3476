import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares the commands about who you are. */
export function declareAuth(root: Command, { app, done, globals, declare }: Declaring): void {
  const auth = declare(root, "auth", "Who you are to Azure");
  declare(auth, "login", "Sign in by the browser, or by a device code, and keep that for later commands")
    .option("--device-code", "show a code to type in a browser elsewhere")
    .option("--tenant <id>", "tenant to sign in to; else AZURE_TENANT_ID, else your own")
    .option("--client-id <id>", "application to sign in to, a public client; else Azure CLI's")
    .option("--no-store", "keep nothing on disk")
    .action(async (options) =>
      done(await (await import("./login.ts")).authLogin(app(), { ...globals(), ...options }))
    );
  declare(auth, "logout", "Forget whom `auth login` signed in")
    .action(async () => done(await (await import("./logout.ts")).authLogout(app())));
  declare(auth, "status", "Show which credential is used and why, and what it may reach")
    .option("--tenant <id>", "tenant that tokens must come from")
    .option("-w, --workspace <name>", "workspace of azureml.yml whose roles are looked at")
    .action(async (options) =>
      done(await (await import("./status.ts")).authStatus(app(), { ...globals(), ...options }))
    );
}
