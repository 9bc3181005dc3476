import type { Command } from "commander";
import type { Declaring } from "../parse/command.ts";
import { inWorkspace } from "../parse/options.ts";

/** Declares the commands of the group "Access". */
export function declareAccessGroup(root: Command, declaring: Declaring): void {
  declareAuth(root, declaring);
  declareDoctor(root, declaring);
}

/** Declares `auth` and the commands below it. */
function declareAuth(root: Command, { declare, run }: Declaring): void {
  const auth = declare(root, "auth", "Sign in and check access");
  declare(auth, "login", "Sign in with a browser or a device code", [
    ["auth login", "Sign in with your browser"],
    ["auth login --device-code", "Sign in on a machine without a browser"],
  ])
    .option("--device-code", "print a code to enter in a browser on another device")
    .option("--tenant <id>", "tenant to sign in to (default: AZURE_TENANT_ID, else your home tenant)")
    .option("--client-id <id>", "public client application to sign in with (default: Azure CLI)")
    .option("--claims-challenge <base64>", "claims challenge, from the hint of an error")
    .option("--no-store", "do not save the session to disk")
    .action(run(async () => (await import("../commands/auth.ts")).authLogin));
  declare(auth, "logout", "Sign out", [
    ["auth logout", "Sign out"],
  ])
    .action(run(async () => (await import("../commands/auth.ts")).authLogout));
  inWorkspace(declare(auth, "status", "Show the credential in use and check its access", [
    ["auth status", "Show the credential in use"],
    ["auth status --credential azure-cli", "Check a single credential"],
    ["auth status --json", "List missing roles, for scripts"],
  ]))
    .option("--tenant <id>", "tenant to request tokens from")
    .action(run(async () => (await import("../commands/auth.ts")).authStatus));
}

function declareDoctor(root: Command, { declare, run }: Declaring): void {
  inWorkspace(declare(root, "doctor", "Diagnose the connection to Azure and the workspace", [
    ["doctor", "Find the first problem"],
    ["doctor --endpoints", "List hosts and ports for a firewall request"],
    ["--ca-file corporate-ca.pem doctor", "Test with a private CA certificate"],
  ]))
    .option("--endpoints", "list the required hosts and ports without connecting")
    .option("--tenant <id>", "tenant to request tokens from")
    .action(run(async () => (await import("../commands/doctor.ts")).doctor));
}
