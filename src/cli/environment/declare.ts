import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

const PUSH = `Register the environment in environment/ as a new version.

Azure ML builds its image when the first job uses it, which takes 10 to 20 minutes; with \`--follow\`, at once.`;

/** Declares `environment` and the command below it. */
export function declareEnvironment(root: Command, { declare, run }: Declaring): void {
  const environment = declare(root, "environment", "Manage environments");
  declare(environment, "push", PUSH, [
    ["environment push", "After you change environment/conda.yml: the next job uses it"],
    ["environment push --follow", "Build its image now, and show the log"],
  ]).summary("Register the environment in environment/ as a new version")
    .option("-w, --workspace <name>", "workspace, by its key in azureml.yml")
    .option("--follow", "build the image now, and show its log until the build ends")
    .action(run(async () => (await import("./push.ts")).environmentPush));
}
