import type { Command } from "commander";
import { count, seconds } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { compiling, reading } from "../command/shared_options.ts";

const DESCRIPTION = `Create what jobs need and do not have, after showing it.

This is the compute cluster, the environment that environment/environment.yml defines, data assets from local files, and catalog entries that steps can read. What exists is not changed, so running it again creates nothing.`;

/** Declares `setup`. */
export function declareSetup(root: Command, { declare, run }: Declaring): void {
  const command = declare(root, "setup", DESCRIPTION, [
    ["setup", "Show what is missing, and create it if you agree"],
    [
      "setup --yes --max-nodes 2 --vm-size Standard_DS11_v2",
      "Create it without a question, with a smaller cluster",
    ],
    ["setup --dry-run", "Print the plan and the Azure CLI commands that do the same"],
  ]).summary("Create the compute, environment and data that jobs need");
  reading(compiling(command, { jobs: "jobs in azureml.yml (default: all)", isSelecting: false }))
    .option(
      "-w, --workspace <name>",
      "key of the workspace in azureml.yml to use for all jobs (default: each job's own)",
    )
    .option("--vm-size <size>", "size of the machines of a new cluster (default: Standard_DS3_v2)")
    .option("--min-nodes <count>", "machines of a new cluster that always run (default: 0)", count)
    .option("--max-nodes <count>", "most machines of a new cluster (default: 4)", count)
    .option(
      "--idle-time <time>",
      "time until an idle machine is released, such as 10m (default: 2m)",
      seconds,
    )
    .option(
      "--storage-access",
      "let the clusters' identities read and write the workspace's storage account; needs an owner",
    )
    .option("--no-catalog", "leave the catalog as it is")
    .option("--catalog-only", "only rewrite catalog entries of local files; needs no Azure")
    .option("--follow", "build the image of a new environment now, and show its log until the build ends")
    .option("-y, --yes", "create without asking")
    .option("--dry-run", "show the plan and the Azure CLI commands, without creating anything")
    .action(run(async () => (await import("./setup.ts")).setup));
}
