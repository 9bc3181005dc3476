import { type Command, Option } from "commander";
import { list, repeated, workspaceName } from "../parse/values.ts";
import type { Declaring } from "../parse/command.ts";
import { runningSteps } from "../parse/old_options.ts";
import type { PrintedShell } from "../commands/emulator.ts";

const SHELLS: readonly PrintedShell[] = ["sh", "fish", "powershell"];

const EMULATOR_ABOUT =
  `Run a local emulator of the workspaces in azureml.yml until you press Ctrl+C. Start it in a Kedro project.

It has the computes and environments that azureml.yml names for the Kedro environment (-e), and any data asset. It checks requests as Azure ML does. Steps are simulated, and no project code runs. With --run-steps, steps run on this machine: not sandboxed, with your permissions.`;

export function declareEmulator(root: Command, declaring: Declaring): void {
  const { declare, run } = declaring;
  const emulator = declare(root, "emulator", EMULATOR_ABOUT, [
    ["emulator start", "Try commands without Azure: add `--emulator` to them"],
    ["emulator --port 8443", "Run it in this terminal, on a fixed port"],
    ["emulator --fail train", "Simulate a failing step"],
    ["emulator --run-steps --venv .venv", "Run the steps of submitted jobs on this machine"],
    ["emulator --state .emulator --accept-any", "Keep all data, and accept any name"],
  ]).summary("Run a local emulator of Azure ML")
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
    .action(run(async () => (await import("../commands/emulator.ts")).emulator));
  declareBackground(emulator, declaring);
}

/** Declares the commands for an emulator in the background; `start` takes the options of `emulator`. */
function declareBackground(emulator: Command, { declare, run }: Declaring): void {
  const shell = () => new Option("--shell <shell>", "shell to print lines for").choices(SHELLS);
  const start = declare(emulator, "start", "Start an emulator in the background", [
    ["emulator start", "Start it, then add `--emulator` to other commands"],
    ["emulator start --run-steps", "Run the steps of submitted jobs on this machine"],
  ]);
  // For the help: the parser gives them to `emulator`, wherever they are typed.
  emulator.options.forEach((option) => start.addOption(option));
  start.action(run(async () => (await import("../commands/emulator.ts")).emulatorStart));
  declare(emulator, "stop", "Stop the emulator of this project", [["emulator stop", "Stop it"]])
    .option("-y, --yes", "do not ask before ending jobs whose steps run on this machine")
    .action(run(async () => (await import("../commands/emulator.ts")).emulatorStop));
  declare(
    emulator,
    "status",
    "Show the emulator of this project and others; exit with 1 if it is not running",
    [
      ["emulator status --json", "Find out its address in a script"],
    ],
  )
    .action(run(async () => (await import("../commands/emulator.ts")).emulatorStatus));
  declare(emulator, "env", "Print the environment variables that make other clients use the emulator", [
    ["emulator env --shell fish", "Print lines for the fish shell"],
  ])
    .addOption(shell())
    .action(run(async () => (await import("../commands/emulator.ts")).emulatorEnv));
  declare(emulator, "off", "Print the lines that undo those of `emulator env`", [
    ["emulator off", "Print the lines that undo `emulator env`"],
  ])
    .addOption(shell())
    .action(run(async () => (await import("../commands/emulator.ts")).emulatorOff));
}
