import type { Command } from "commander";
import { list } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { runningSteps } from "../command/shared_options.ts";

const DESCRIPTION =
  `Serve a local imitation of the workspaces in azureml.yml, until Ctrl+C. Run it in a Kedro project.

It has the computes and environments that azureml.yml names in this Kedro environment (-e), and any data asset. It checks requests as Azure ML does. Steps are simulated, and no project code runs, unless --run-steps runs them on this machine: not sandboxed, with your permissions.`;

/** Declares `emulator`. */
export function declareEmulator(root: Command, { app, done, globals, declare }: Declaring): void {
  const emulator = declare(root, "emulator", DESCRIPTION).summary("Serve a local imitation of Azure ML")
    .option("--run-steps", "run the steps of jobs on this machine, as `rehearse` does")
    .option("--python <path>", "with --run-steps, Python that runs the steps");
  runningSteps(emulator)
    .option("--port <number>", "port on the loopback interface (default: a free port)")
    .option("--ca-file <path>", "where to write the CA certificate that clients must trust")
    .option("--fail <steps>", "steps that fail in every job, by step name, such as train,report", list)
    .option("--demand-mfa", "refuse writes of users who signed in without multi-factor authentication")
    .action(async (options) =>
      done((await import("./emulator.ts")).emulator(app(), { ...globals(), ...options }))
    );
}
