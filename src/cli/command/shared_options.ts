import { type Command, Option } from "commander";
import { jsonObject, list, nameAndValue, repeated, seconds, sha256, versions } from "./argument_types.ts";

/** Options of the commands that read the project. */
export function reading(command: Command): Command {
  return command
    .option("--python <path>", "read the project with this Python, which may do all that you may")
    .option("--snapshot <file>", "read what `inspect --json` wrote instead of the project")
    .option(
      "--allow-env-names <names>",
      "environment variables that the project's code may see; all but secrets where absent, none in CI",
      list,
    )
    .option("--no-cache", "read the project again instead of reusing what an earlier command read")
    .option("--read-timeout <seconds>", "time that reading the project may take; 60 where absent", seconds);
}

/** Options of the commands that compile jobs. */
export function compiling(command: Command): Command {
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

/** Options of the commands that can send what was packed elsewhere. */
export function packaged(command: Command): Command {
  return command
    .option("--package <file>", "send what `pack` wrote, where there is no project")
    .option("--sha256 <hash>", "what the SHA-256 of the package must be, as `pack` printed it", sha256)
    .option("--subscription-id <id>", "subscription for a package, instead of the one it was packed with")
    .option("--resource-group <name>", "resource group for a package, likewise")
    .option("--workspace-name <name>", "workspace in Azure for a package, likewise");
}

/** Options of the commands that check jobs. */
export function checking(command: Command): Command {
  return command
    .option("--strict", "stop for warnings too")
    .option("--allow <codes>", "errors of the checks that count as warnings, by their codes", list);
}
