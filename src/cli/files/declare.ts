import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, reading } from "../command/shared_options.ts";

/** Declares `files`. */
export function declareFiles(root: Command, { declare, run }: Declaring): void {
  checking(
    reading(declare(root, "files", "List the files that `submit` would upload, and those it excludes", [
      ["files", "List what would be uploaded, and what is excluded and why"],
    ])),
  )
    .action(run(async () => (await import("./files.ts")).files));
}
