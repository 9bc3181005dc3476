import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, reading } from "../command/shared_options.ts";

/** Declares `files`. */
export function declareFiles(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(
    reading(declare(root, "files", "List the files that `submit` would upload, and those it excludes")),
  )
    .action(async (options) =>
      done(await (await import("./files.ts")).files(app(), { ...globals(), ...options }))
    );
}
