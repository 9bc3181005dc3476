import type { Command } from "commander";
import { list } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";

/** Declares `emulator`. */
export function declareEmulator(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "emulator", "Serve a local imitation of an Azure ML workspace; it runs no project code")
    .option("--port <number>", "port on the loopback interface (default: a free port)")
    .option("--ca-file <path>", "where to write the CA certificate that clients must trust")
    .option("--fail <steps>", "steps that fail in every job, by step name, such as train,report", list)
    .action(async (options) =>
      done((await import("./emulator.ts")).emulator(app(), { ...globals(), ...options }))
    );
}
