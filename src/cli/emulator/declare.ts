import type { Command } from "commander";
import { list } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";

/** Declares `emulator`. */
export function declareEmulator(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "emulator", "Serve a local Azure ML workspace to rehearse with")
    .option("--port <number>", "loopback port; else a free one")
    .option("--ca-file <path>", "where to write the certificate that clients must trust")
    .option("--fail <steps>", "let these steps of every job fail, by their keys, such as train,report", list)
    .action(async (options) =>
      done((await import("./emulator.ts")).emulator(app(), { ...globals(), ...options }))
    );
}
