import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

const PUSH = `Register the environment in environment/ as a new version.

Azure ML builds its image when the first job uses it, which takes 10 to 20 minutes.`;

/** Declares `environment` and the command below it. */
export function declareEnvironment(root: Command, { declare, run }: Declaring): void {
  const environment = declare(root, "environment", "Manage environments");
  declare(environment, "push", PUSH, [
    ["environment push", "After you change environment/conda.yml: the next job uses it"],
  ]).summary("Register the environment in environment/ as a new version")
    .option("-w, --workspace <name>", "workspace, by its key in azureml.yml")
    .action(run(async () => (await import("./push.ts")).environmentPush));
}
