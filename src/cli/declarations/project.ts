import { type Command, Option } from "commander";
import type { Declaring } from "../parse/command.ts";
import { runtimeParams } from "../parse/values.ts";
import { selecting } from "../parse/old_options.ts";
import { checking, compiling, overwriting, reading, WORKSPACE_OF_ALL } from "../parse/old_options.ts";

/** Declares the commands of the group "Project". */
export function declareProjectGroup(root: Command, declaring: Declaring): void {
  declareInit(root, declaring);
  declareMigrate(root, declaring);
  declareInspect(root, declaring);
  declareFiles(root, declaring);
  declareValidate(root, declaring);
  declareCompile(root, declaring);
  declareConfig(root, declaring);
  declarePatterns(root, declaring);
}

function declareInit(root: Command, { declare, run }: Declaring): void {
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
    .option("--overwrite", "replace existing workflow, environment and schema files")
    .action(run(async () => (await import("../commands/init.ts")).init));
}

function declareMigrate(root: Command, { declare, run }: Declaring): void {
  overwriting(declare(root, "migrate", "Convert a project from getindata's kedro-azureml", [
    ["migrate", "Show what would change, and what is left to do"],
    ["migrate --write", "Write the files"],
  ]))
    .option("--write", "write the files (default: only show the changes)")
    .action(run(async () => (await import("../commands/init.ts")).migrate));
}

function declareInspect(root: Command, { declare, run }: Declaring): void {
  const command = overwriting(
    reading(declare(root, "inspect", "Print the project's pipelines, catalog and parameters", [
      ["inspect", "List pipelines, nodes and datasets"],
      ["inspect -p training --from-nodes split", "Show only a node and the nodes after it"],
      ["inspect --json > snapshot.json", "Save a snapshot for --snapshot"],
      ["inspect --html -o pipelines.html", "Draw the pipelines on an HTML page"],
    ])),
    "--html",
  )
    .option("--params <params>", "runtime parameters, such as a.b=1,c=2 or JSON", runtimeParams);
  selecting(command, "only this pipeline")
    .option("--html", "write an HTML page with a graph of each pipeline")
    .option("-o, --output <file>", "with --html, file to write (default: pipelines.html)")
    .action(run(async () => (await import("../commands/inspect.ts")).inspect));
}

function declareFiles(root: Command, { declare, run }: Declaring): void {
  checking(
    reading(declare(root, "files", "List the files that `submit` would upload, and those it excludes", [
      ["files", "List what would be uploaded, and what is excluded and why"],
    ])),
  )
    .action(run(async () => (await import("../commands/validate.ts")).files));
}

function declareValidate(root: Command, { declare, run }: Declaring): void {
  const command = declare(root, "validate", "Check jobs for problems before you submit them", [
    ["validate", "Check all jobs, offline"],
    ["validate main --online --strict", "Check a job against the workspace, and fail on warnings"],
    ["validate main --group-by chain", "See how many container starts grouping saves"],
  ]);
  checking(reading(compiling(command, { jobs: "jobs in azureml.yml (default: all)" })))
    .option("--online", "also check the workspace, your role, computes, environment and data assets in Azure")
    .option("--all", "all jobs (the default)")
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .action(run(async () => (await import("../commands/validate.ts")).validate));
}

function declareCompile(root: Command, { declare, run }: Declaring): void {
  overwriting(
    reading(compiling(declare(root, "compile", "Compile jobs to YAML for `az ml job create --file`", [
      ["compile main", "Write pipeline.yaml"],
      ["compile --all --check", "Compile all jobs without writing files"],
      ["compile main -o - --format mermaid", "Draw the steps as a Mermaid graph"],
      [
        "-e prod compile main --params '{\"alpha\": 5}'",
        "Compile for another Kedro environment, with a parameter",
      ],
    ]))),
  )
    .option("--all", "all jobs in azureml.yml, including those from job factories")
    .option("--check", "compile without writing files; fail if a job does not compile")
    .option(
      "-o, --output <file>",
      "file to write (default: pipeline.yaml), or folder/ for JOB.yaml; several jobs get a file each, such as pipeline_JOB.yaml",
    )
    .addOption(
      new Option(
        "--format <format>",
        "output format; rest is the request body that `submit` sends, mermaid and dot are graphs",
      )
        .choices(["yaml", "json", "rest", "mermaid", "dot"]).default("yaml"),
    )
    .action(run(async () => (await import("../commands/compile.ts")).compileCommand));
}

/** Declares `config` and the commands below it. */
function declareConfig(root: Command, { declare, run }: Declaring): void {
  const config = declare(root, "config", "Show the project's configuration");
  reading(declare(config, "show", "Print azureml.yml as merged for the Kedro environment", [
    ["config show", "Print the merged azureml.yml"],
    ["-e prod config show --origin", "Show the file and line of each value"],
  ]))
    .option("--params <params>", "runtime parameters, such as a.b=1,c=2 or JSON", runtimeParams)
    .option("--origin", "show the file and line of each value, and what it overrides")
    .action(run(async () => (await import("../commands/config.ts")).configShow));
  declare(config, "schema", "Print the JSON Schema of azureml.yml for your editor", [
    ["config schema > azureml.schema.json", "Save the schema for your editor"],
  ])
    .action(run(async () => (await import("../commands/config.ts")).configSchema));
}

/** Declares `list-patterns` and `resolve-patterns`, which the plugin has under the same names. */
function declarePatterns(root: Command, { declare, run }: Declaring): void {
  const list = declare(root, "list-patterns", "List the job factories in azureml.yml", [
    ["list-patterns", "List job factories"],
  ]);
  reading(list).action(run(async () => (await import("../commands/config.ts")).listPatterns));
  const resolve = declare(root, "resolve-patterns", "List all jobs, including those from job factories", [
    ["resolve-patterns --json", "List all jobs, for scripts"],
  ]);
  reading(resolve).action(run(async () => (await import("../commands/config.ts")).resolvePatterns));
}
