import type { Command } from "commander";
import { USUAL_CLUSTER } from "../../core/azure_limits.ts";
import { count, list, seconds } from "../parse/values.ts";
import type { Declaring } from "../parse/command.ts";
import { compiling, reading, WORKSPACE, WORKSPACE_OF_ALL } from "../parse/old_options.ts";

/** Declares the commands of the group "Workspace". */
export function declareWorkspaceGroup(root: Command, declaring: Declaring): void {
  declareSetup(root, declaring);
  declareData(root, declaring);
  declareEnvironment(root, declaring);
}

const SETUP_ABOUT = `Create what jobs need and do not have, after showing it.

This is the compute cluster, the environment that environment/environment.yml defines, data assets from local files, and catalog entries that steps can read. What exists is not changed, so running it again creates nothing. An environment whose definition changed gets a new version if jobs use the newest one.`;

function declareSetup(root: Command, { declare, run }: Declaring): void {
  const { vmSize, minNodes, maxNodes, idleSeconds } = USUAL_CLUSTER;
  const command = declare(root, "setup", SETUP_ABOUT, [
    ["setup", "Show what is missing, and create it if you agree"],
    [
      "setup --yes --max-nodes 2 --vm-size Standard_DS11_v2",
      "Create it without a question, with a smaller cluster",
    ],
    ["setup --dry-run", "Show what would be created"],
  ]).summary("Create the compute, environment and data that jobs need");
  reading(compiling(command, { jobs: "jobs in azureml.yml (default: all)", isSelecting: false }))
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .option("--vm-size <size>", `size of the machines of a new cluster (default: ${vmSize})`)
    .option("--min-nodes <count>", `machines of a new cluster that always run (default: ${minNodes})`, count)
    .option("--max-nodes <count>", `most machines of a new cluster (default: ${maxNodes})`, count)
    .option(
      "--idle-time <time>",
      `time until an idle machine is released, such as 10m (default: ${idleSeconds / 60}m)`,
      seconds,
    )
    .option(
      "--storage-access",
      "give new clusters an identity, and print what an owner must run so that the clusters' identities can use the workspace's storage account",
    )
    .option("--no-catalog", "leave the catalog as it is")
    .option("--catalog-only", "only rewrite catalog entries of local files; needs no Azure")
    .option("--follow", "build the image of a new environment now, and show its log until the build ends")
    .option("-y, --yes", "create without asking")
    .option("--dry-run", "show the plan, without creating anything")
    .action(run(async () => (await import("../commands/setup.ts")).setup));
}

/** Declares `data` and the command below it. */
function declareData(root: Command, { declare, run }: Declaring): void {
  const data = declare(root, "data", "Manage data assets");
  const push = declare(
    data,
    "push <name> [path]",
    "Upload a file or folder as a new version of a data asset (default path: the catalog's)",
    [
      ["data push companies", "Upload the local file that the catalog names"],
      ["data push images data/01_raw/images", "Upload a folder"],
    ],
  );
  reading(push)
    .option("-w, --workspace <name>", WORKSPACE)
    .option("--allow <codes>", "errors to ignore: data.secret, data.link, data.kind, data.dataset_name", list)
    .action(run(async () => (await import("../commands/setup.ts")).dataPush));
}

const ENVIRONMENT_PUSH_ABOUT = `Register the environment in environment/ as a new version.

Jobs use it if \`execution.environment\` in azureml.yml is its name with \`@latest\`. Azure ML builds its image when the first job uses it, which takes 10 to 20 minutes; with \`--follow\`, at once.`;

/** Declares `environment` and the command below it. */
function declareEnvironment(root: Command, { declare, run }: Declaring): void {
  const environment = declare(root, "environment", "Manage environments");
  declare(environment, "push", ENVIRONMENT_PUSH_ABOUT, [
    ["environment push", "After you change environment/conda.yml"],
    ["environment push --follow", "Build its image now, and show the log"],
  ]).summary("Register the environment in environment/ as a new version")
    .option("-w, --workspace <name>", WORKSPACE)
    .option("--follow", "build the image now, and show its log until the build ends")
    .action(run(async () => (await import("../commands/setup.ts")).environmentPush));
}
