import { Command, Option } from "commander";
import type { Context } from "../context.ts";
import { VERSION } from "../version.ts";
import type { Globals } from "./globals.ts";
import type { Outputs } from "./output.ts";
import { jsonObject, list, nameAndValue, repeated, seconds, versions } from "./values.ts";

/** Declares every command, in the order of the help text, and loads none of them. */
export function program(ctx: Context, done: (result: Outputs) => Promise<void>): Command {
  const root = new Command("kedro-azureml")
    .description("Take a Kedro project to Azure Machine Learning")
    .version(VERSION, "-V, --version", "print the version")
    .option("-e, --env <name>", "Kedro environment; else KEDRO_ENV, else local")
    .option("-C, --directory <dir>", "work in this folder instead of the current one")
    .option("--json", "print results, warnings and errors as JSON")
    .option("--verbose", "say on standard error what is asked of Azure")
    .option("--no-color", "print without colour")
    .option("--no-input", "never ask")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ sortOptions: false, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => ctx.terminal.out(text),
      writeErr: (text) => ctx.terminal.out(text),
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride();
  const globals = () => root.opts<Globals>();
  const declare = (parent: Command, name: string, description: string) =>
    parent.command(name).description(description).allowExcessArguments(false);

  declare(root, "init", "Write conf/base/azureml.yml and .amlignore")
    .option("--subscription-id <id>", "subscription of the workspace")
    .option("--resource-group <name>", "resource group of the workspace")
    .option("--workspace <name>", "Azure ML workspace")
    .option("--compute <name>", "compute cluster that steps run on")
    .option("--environment <name>", "Azure ML environment that steps run in, such as my-env@latest")
    .action(async (options) =>
      done(await (await import("./commands/init.ts")).init(ctx, { ...globals(), ...options }))
    );

  reading(declare(root, "inspect", "Print the project's pipelines, catalog and parameters"))
    .option("--params <json>", "runtime parameters as a JSON object", jsonObject)
    .option("-p, --pipeline <name>", "only this pipeline")
    .option("--tags <names>", "only nodes with one of these tags", list)
    .option("--from-nodes <names>", "only these nodes and those after them", list)
    .option("--to-nodes <names>", "only these nodes and those before them", list)
    .option("--nodes <names>", "only these nodes", list)
    .option("--from-inputs <names>", "only nodes that need these datasets", list)
    .option("--to-outputs <names>", "only nodes that lead to these datasets", list)
    .option("--namespaces <names>", "only nodes of these namespaces", list)
    .action(async (options) =>
      done(await (await import("./commands/inspect.ts")).inspect(ctx, { ...globals(), ...options }))
    );

  reading(compiling(declare(root, "compile", "Compile jobs to the YAML that `az ml job create -f` takes")))
    .option("--all", "every job of azureml.yml, those of job factories too")
    .option("--check", "compile and write nothing; fails when a job does")
    .option(
      "-o, --output <file>",
      "file to write, else pipeline.yaml; with several jobs, each file's name ends in the job's",
    )
    .addOption(
      new Option(
        "--format <format>",
        "how to write jobs; rest is what `submit` would send, mermaid and dot draw",
      )
        .choices(["yaml", "json", "rest", "mermaid", "dot"]).default("yaml"),
    )
    .action(async (options) =>
      done((await import("./commands/compile.ts")).compileJobs(ctx, { ...globals(), ...options }))
    );

  reading(
    compiling(
      declare(root, "submit", "Compile jobs, upload the code, and run them on Azure ML").alias("run"),
    ),
  )
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--dry-run", "show all that would be sent, and send nothing")
    .option("--wait-for-completion", "follow the jobs to their end; fails unless all complete")
    .option("--display-name <job=name>", "name to show for a job; may be repeated", nameOfJob)
    .option("--concurrent", "submit several jobs at once, and all of them whatever happens to one")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .action(async (options) =>
      done((await import("./commands/submit.ts")).submit(ctx, { ...globals(), ...options }))
    );

  reading(compiling(declare(root, "schedule", "Create or update the schedules of jobs on Azure ML")))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--dry-run", "show the schedules, and send nothing")
    .option("--delete", "delete the schedules instead; one that is not there is no failure")
    .action(async (options) =>
      done((await import("./commands/schedule.ts")).schedule(ctx, { ...globals(), ...options }))
    );

  reading(declare(root, "list-patterns", "List the job factories of azureml.yml"))
    .action(async (options) =>
      done(await (await import("./commands/patterns.ts")).listPatterns(ctx, { ...globals(), ...options }))
    );

  reading(declare(root, "resolve-patterns", "List all jobs, those that job factories make too"))
    .action(async (options) =>
      done(await (await import("./commands/patterns.ts")).resolvePatterns(ctx, { ...globals(), ...options }))
    );

  const config = declare(root, "config", "The project's configuration");
  reading(declare(config, "show", "Show azureml.yml as the layers of the environment make it"))
    .option("--params <json>", "runtime parameters as a JSON object", jsonObject)
    .option("--origin", "show where each value came from, and what it overrode")
    .action(async (options) =>
      done(await (await import("./commands/config_show.ts")).configShow(ctx, { ...globals(), ...options }))
    );

  const job = declare(root, "job", "Look after jobs that were submitted");
  declare(job, "show <job>", "Show the state of one job")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .action(async (name, options) =>
      done(await (await import("./commands/job_show.ts")).jobShow(ctx, { ...globals(), ...options, name }))
    );
  declare(job, "follow <job>", "Follow one job to its end")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .action(async (name, options) =>
      done(
        await (await import("./commands/job_follow.ts")).jobFollow(ctx, { ...globals(), ...options, name }),
      )
    );
  declare(job, "cancel <job>", "Cancel one job")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .action(async (name, options) =>
      done(
        await (await import("./commands/job_cancel.ts")).jobCancel(ctx, { ...globals(), ...options, name }),
      )
    );

  const auth = declare(root, "auth", "Who you are to Azure");
  declare(auth, "status", "Show which credential is used and why, and what it may reach")
    .option("--credential <name>", "only this one, such as azure-cli")
    .option("--tenant <id>", "tenant that tokens must come from")
    .action(async (options) =>
      done(await (await import("./commands/auth_status.ts")).authStatus(ctx, { ...globals(), ...options }))
    );

  declare(root, "emulator", "Serve a local Azure ML workspace to rehearse with")
    .option("--port <number>", "loopback port; else a free one")
    .option("--ca-file <path>", "where to write the certificate that clients must trust")
    .action(async (options) =>
      done((await import("./commands/emulator.ts")).emulator(ctx, { ...globals(), ...options }))
    );
  return root;
}

/** Options of the commands that read the project. */
function reading(command: Command): Command {
  return command
    .option("--python <path>", "read the project with this Python, which may do all that you may")
    .option("--snapshot <file>", "read what `inspect --json` wrote instead of the project")
    .option(
      "--allow-env-names <names>",
      "environment variables that the project's code may see; all but secrets where absent, none in CI",
      list,
    )
    .option("--read-timeout <seconds>", "time that reading the project may take; 60 where absent", seconds);
}

/** Options of the commands that compile jobs. */
function compiling(command: Command): Command {
  return command
    .option("-j, --job <name>", "job of azureml.yml; may be repeated", repeated)
    .option("--params <json>", "runtime parameters as a JSON object; win over the job's own", jsonObject)
    .option("--params-file <file>", "YAML or JSON file with runtime parameters; `--params` wins")
    .option("--env-var <name=value>", "environment variable of every step; may be repeated", nameAndValue)
    .option("--load-versions <dataset:version>", "version of a data asset to read; may be repeated", versions)
    .addOption(
      new Option("--azureml-environment, --aml-env <name>", "Azure ML environment, instead of azureml.yml's"),
    );
}

function nameOfJob(entry: string, before: Readonly<Record<string, string>> = {}) {
  const [job, ...name] = entry.split("=");
  return { ...before, [job!]: name.join("=") };
}
