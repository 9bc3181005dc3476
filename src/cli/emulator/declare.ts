import type { Command } from "commander";
import { list } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";

const DESCRIPTION =
  `Run a local emulator of the workspaces in azureml.yml until you press Ctrl+C. Start it in a Kedro project.

It has the computes and environments that azureml.yml names for the Kedro environment (-e), and any data asset. It checks requests as Azure ML does. Steps are simulated: no project code runs.`;

/** Declares `emulator`. */
export function declareEmulator(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "emulator", DESCRIPTION)
    .summary("Run a local emulator of Azure ML")
    .option("--port <number>", "port to listen on, on 127.0.0.1 (default: a free port)")
    .option("--ca-file <path>", "write the CA certificate that clients must trust to this file")
    .option(
      "--fail <steps>",
      "comma-separated names of steps that fail in every job, such as train,report",
      list,
    )
    .option("--demand-mfa", "reject writes from users who signed in without multi-factor authentication")
    .action(async (options) =>
      done((await import("./emulator.ts")).emulator(app(), { ...globals(), ...options }))
    );
}
