import type { Command } from "commander";
import { list, repeated, workspaceName } from "../command/argument_types.ts";
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
    .option("--state <dir>", "keep everything in this folder; a later emulator continues from it")
    .option(
      "--workspace <subscription/group/name>",
      "also serve this workspace, with or without a project; can be repeated",
      workspaceName,
    )
    .option("--compute <name>", "also have this compute; can be repeated", repeated)
    .option("--accept-any", "have every workspace, compute, environment and data asset that is named")
    .option("--role <name>", "what the identity may do: reader, data-scientist, none (default: everything)")
    .option(
      "--fault <fault>",
      "make requests go wrong, such as 'PUT jobs/*:429:2'; can be repeated",
      repeated,
    )
    .option("--latency <time>", "wait before each answer, such as 200ms")
    .option("--provision <time>", "time from a job's submission to its first step, such as 30s")
    .option("--demand-mfa", "refuse writes of users who signed in without multi-factor authentication")
    .action(async (options) =>
      done((await import("./emulator.ts")).emulator(app(), { ...globals(), ...options }))
    );
}
