import type { Command } from "commander";
import type { Declaring } from "./declaring.ts";

/** Declares the commands about who you are. */
export function declareAuth(root: Command, { ctx, done, globals, declare }: Declaring): void {
  const auth = declare(root, "auth", "Who you are to Azure");
  declare(auth, "status", "Show which credential is used and why, and what it may reach")
    .option("--credential <name>", "only this one, such as azure-cli")
    .option("--tenant <id>", "tenant that tokens must come from")
    .option("-w, --workspace <name>", "workspace of azureml.yml whose roles are looked at")
    .action(async (options) =>
      done(await (await import("../commands/auth_status.ts")).authStatus(ctx, { ...globals(), ...options }))
    );
}
