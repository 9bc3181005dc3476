import { type Command, Option } from "commander";
import { GROUP_MODES, parseGroupMode } from "../../azureml/groups/mode.ts";
import {
  count,
  jsonObject,
  list,
  nameAndValue,
  pathOfAsset,
  repeated,
  seconds,
  sha256,
  versions,
} from "./argument_types.ts";

/**
 * Adds the options of commands that read the project.
 *
 * @param texts.python What `--python` is for, where it is not for reading.
 */
export function reading(command: Command, texts: { readonly python?: string } = {}): Command {
  return command
    .option(
      "--python <path>",
      texts.python ?? "read the project with this Python (not sandboxed: runs with your permissions)",
    )
    .option("--snapshot <file>", "read this `inspect --json` output instead of running the project's code")
    .option(
      "--allow-env-names <names>",
      "environment variables that project code may read (default: all but secrets; in CI: none)",
      list,
    )
    .option("--no-cache", "read the project again instead of reusing an earlier result")
    .option("--read-timeout <seconds>", "time limit for reading the project (default: 60)", seconds);
}

/** Adds the options of commands that compile jobs. */
export function compiling(command: Command): Command {
  return command
    .argument("[jobs...]", "jobs of azureml.yml (default: the only one)")
    .option("-j, --job <name>", "job in azureml.yml, same as the argument; can be repeated", repeated)
    .option("--params <json>", "runtime parameters as a JSON object; override the job's own", jsonObject)
    .option("--params-file <file>", "YAML or JSON file with runtime parameters; --params overrides it")
    .option("--env-var <name=value>", "environment variable for every step; can be repeated", nameAndValue)
    .option("--load-versions <dataset:version>", "version of a data asset to read; can be repeated", versions)
    .addOption(
      new Option("--azureml-environment, --aml-env <name>", "Azure ML environment; overrides azureml.yml"),
    )
    .option(
      "--group-by <mode>",
      `nodes that share a step: ${GROUP_MODES.join(", ")}; overrides pyproject.toml`,
      parseGroupMode,
    );
}

/** The jobs given as arguments and with `-j`, as one option; empty if there are none. */
export function namedJobs(
  jobs: readonly string[],
  { job = [] }: { readonly job?: readonly string[] },
): { readonly job?: readonly string[] } {
  return jobs.length + job.length === 0 ? {} : { job: [...jobs, ...job] };
}

/** Adds the options of commands that can follow the jobs they submit. */
export function following(command: Command): Command {
  return command
    .option("--wait, --wait-for-completion", "follow jobs to their end; fails unless all complete")
    .option("--timeout <seconds>", "with --wait, stop following after this time; jobs keep running", seconds);
}

/** Adds the options of commands that run steps on this machine. */
export function runningSteps(command: Command): Command {
  return command
    .option("--venv <dir>", "virtual environment that runs the steps")
    .option(
      "--requirements <file>",
      "requirements.txt or conda.yml to make the steps' environment from (default: environment/conda.yml, else the project's requirements)",
    )
    .option("--data <name=path>", "file or folder to use for a data asset; can be repeated", pathOfAsset)
    .option("--jobs <number>", "steps that run at the same time (default: 2)", count)
    .option("--keep <dir>", "keep the steps' working copies, outputs and logs in this folder");
}

/** Adds the options of commands that accept a package made by `pack`. */
export function packaged(command: Command): Command {
  return command
    .option("--package <file>", "package made by `pack`, instead of a project")
    .option("--sha256 <hash>", "expected SHA-256 of the package, as printed by `pack`", sha256)
    .option("--subscription-id <id>", "subscription; overrides the package")
    .option("--resource-group <name>", "resource group; overrides the package")
    .option("--workspace-name <name>", "Azure ML workspace; overrides the package");
}

/** Adds the options of commands that check jobs. */
export function checking(command: Command): Command {
  return command
    .option("--strict", "treat warnings as errors")
    .option("--allow <codes>", "treat these errors of the checks as warnings, by code", list);
}
