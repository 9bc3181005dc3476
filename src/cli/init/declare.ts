import { type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `init`. */
export function declareInit(root: Command, { declare, run }: Declaring): void {
  declare(root, "init", "Add azureml.yml and .amlignore to a Kedro project", [
    ["init", "Ask for the values, and write azureml.yml"],
    [
      "init --subscription-id 0000 --resource-group rg --workspace-name ws --compute cpu-cluster --environment my-env@latest",
      "Write it filled in",
    ],
    ["init --environment", "Also write the files of an Azure ML environment"],
    [
      "init --ci github --subscription-id 0000 --resource-group rg --workspace-name ws",
      "Also write a GitHub workflow that submits on every push",
    ],
  ])
    .option("--subscription-id <id>", "subscription ID of the workspace")
    .option("--resource-group <name>", "resource group of the workspace")
    .option("--workspace-name <name>", "Azure ML workspace")
    .addOption(new Option("--workspace <name>").hideHelp())
    .option("--compute <name>", "compute cluster that runs the steps")
    .option(
      "--environment [name]",
      "Azure ML environment for the steps, such as my-env@latest; without a name, write files that define one",
    )
    .addOption(
      new Option("--ci <system>", "also write a CI workflow, and print the commands that set up Azure for it")
        .choices(["github", "azure", "none"]),
    )
    .option(
      "--branch <name>",
      "with --ci, branch that submits a job when you push to it (default: the current one)",
    )
    .option("--vscode", "also write tasks for VS Code, and the schema's association")
    .option("--no-vscode", "do not ask for that")
    .option("--overwrite", "replace existing workflow, environment and schema files")
    .action(run(async () => (await import("./init.ts")).init));
}
