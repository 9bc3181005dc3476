import { type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `init`. */
export function declareInit(root: Command, { app, done, globals, declare }: Declaring): void {
  declare(root, "init", "Write conf/base/azureml.yml and .amlignore")
    .option("--subscription-id <id>", "subscription of the workspace")
    .option("--resource-group <name>", "resource group of the workspace")
    .option("--workspace <name>", "Azure ML workspace")
    .option("--compute <name>", "compute cluster that steps run on")
    .option("--environment <name>", "Azure ML environment that steps run in, such as my-env@latest")
    .addOption(
      new Option("--ci <system>", "write a workflow that submits, and print what to do once in Azure")
        .choices(["github", "azure"]),
    )
    .option("--branch <name>", "branch whose pushes the workflow submits; else the one checked out")
    .option("--overwrite", "replace the workflow that is there")
    .action(async (options) =>
      done(await (await import("./init.ts")).init(app(), { ...globals(), ...options }))
    );
}
