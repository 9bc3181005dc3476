import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { overwriting } from "../command/shared_options.ts";

/** Declares `migrate`. */
export function declareMigrate(root: Command, { declare, run }: Declaring): void {
  overwriting(declare(root, "migrate", "Convert a project from getindata's kedro-azureml", [
    ["migrate", "Show what would change, and what is left to do"],
    ["migrate --write", "Write the files"],
  ]))
    .option("--write", "write the files (default: only show the changes)")
    .action(run(async () => (await import("./migrate.ts")).migrate));
}
