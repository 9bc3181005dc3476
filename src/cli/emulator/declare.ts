import { type Command, Option } from "commander";
import { list, repeated, workspaceName } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { runningSteps } from "../command/shared_options.ts";
import { SHELLS } from "./shells.ts";

const DESCRIPTION =
  `Run a local emulator of the workspaces in azureml.yml until you press Ctrl+C. Start it in a Kedro project.

It has the computes and environments that azureml.yml names for the Kedro environment (-e), and any data asset. It checks requests as Azure ML does. Steps are simulated, and no project code runs. With --run-steps, steps run on this machine: not sandboxed, with your permissions.`;

/** Declares `emulator`. */
export function declareEmulator(root: Command, declaring: Declaring): void {
  const { app, done, globals, declare } = declaring;
  const emulator = declare(root, "emulator", DESCRIPTION).summary("Run a local emulator of Azure ML")
    .option("--run-steps", "run the steps of jobs on this machine, as `rehearse` does")
    .option("--python <path>", "with --run-steps, Python interpreter that runs the steps");
  runningSteps(emulator)
    .option("--port <number>", "port to listen on, on 127.0.0.1 (default: a free port)")
    .option("--ca-file <path>", "write the CA certificate that clients must trust to this file")
    .option(
      "--fail <steps>",
      "comma-separated names of steps that fail in every job, such as train,report",
      list,
    )
    .option("--state <dir>", "keep all data in this folder, and continue from there the next time")
    .option(
      "--workspace <subscription/group/name>",
      "also serve this workspace; needs no project; can be repeated",
      workspaceName,
    )
    .option("--compute <name>", "also provide this compute; can be repeated", repeated)
    .option("--empty", "start with empty workspaces: no computes, environments or data assets")
    .option("--accept-any", "accept the name of any workspace, compute, environment or data asset")
    .option("--role <name>", "role of your identity: reader, data-scientist or none (default: full access)")
    .option(
      "--fault <fault>",
      "inject a fault into matching requests, such as 'PUT jobs/*:429:2'; can be repeated",
      repeated,
    )
    .option("--latency <time>", "delay each response by this time, such as 200ms")
    .option("--provision <time>", "delay the first step of each job by this time, such as 30s")
    .option("--demand-mfa", "reject writes from users who signed in without multi-factor authentication")
    .action(async (options) =>
      done((await import("./emulator.ts")).emulator(app(), { ...globals(), ...options }))
    );
  declareBackground(root, emulator, declaring);
}

/** Declares the commands for an emulator in the background; `start` takes the options of `emulator`. */
function declareBackground(root: Command, emulator: Command, { app, done, declare }: Declaring): void {
  const load = () => import("./background.ts");
  const shell = () => new Option("--shell <shell>", "shell to print lines for").choices(SHELLS);
  declare(emulator, "start", "Start an emulator in the background, with the options of `emulator`")
    .action(async () => {
      const words = [...(root as unknown as { readonly rawArgs: readonly string[] }).rawArgs];
      words.splice(words.indexOf("start", words.indexOf("emulator")), 1);
      await done(await (await load()).emulatorStart(app(), words));
    });
  declare(emulator, "stop", "Stop the emulator that is running")
    .action(async () => done(await (await load()).emulatorStop(app())));
  declare(emulator, "status", "Show whether an emulator is running; exit with 1 if none is")
    .action(async () => done(await (await load()).emulatorStatus(app())));
  declare(emulator, "env", "Print the environment variables that make other clients use the emulator")
    .addOption(shell())
    .action(async (options) => done(await (await load()).emulatorEnv(app(), options)));
  declare(emulator, "off", "Print the lines that undo those of `emulator env`")
    .addOption(shell())
    .action(async (options) => done(await (await load()).emulatorOff(app(), options)));
}
