import { type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `init`. */
export function declareInit(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "init", "Add azureml.yml and .amlignore to a Kedro project")
    .option("--subscription-id <id>", "subscription of the workspace")
    .option("--resource-group <name>", "resource group of the workspace")
    .option("--workspace-name <name>", "Azure ML workspace")
    .addOption(new Option("--workspace <name>").hideHelp())
    .option("--compute <name>", "compute cluster for the steps")
    .option(
      "--environment [name]",
      "Azure ML environment for the steps, such as my-env@latest; without a name, write the files to create one",
    )
    .addOption(
      new Option("--ci <system>", "also write a CI workflow, and print the one-time setup in Azure")
        .choices(["github", "azure"]),
    )
    .option("--branch <name>", "branch whose pushes submit a job (default: current branch)")
    .option("--overwrite", "replace the workflow, environment and schema files if they exist")
    .action(async ({ workspace, workspaceName = workspace, environment, ...options }) => {
      const named = typeof environment === "string" ? { environment } : {};
      const values = {
        ...options,
        ...named,
        ...(workspaceName !== undefined && { workspace: workspaceName }),
      };
      const { init } = await import("./init.ts");
      await done(await init(app(), { ...globals(), ...values, newEnvironment: environment === true }));
    });
}
