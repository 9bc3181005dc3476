import { type Command, Option } from "commander";
import { GROUP_MODES, PARALLEL_STEPS, parseGroupMode } from "../../app/typed_values.ts";
import type { Selection } from "../../config/types.ts";
import { UserError } from "../../core/errors.ts";
import {
  count,
  list,
  nameAndValue,
  nodeNames,
  pathOfAsset,
  repeated,
  runtimeParams,
  seconds,
  sha256,
  versions,
} from "./values.ts";

/** What `-w` names, in commands that use one workspace. */
export const WORKSPACE = "workspace, by its key in azureml.yml";
/** What `-w` names, in commands for jobs in azureml.yml. */
export const WORKSPACE_OF_ALL =
  "key of the workspace in azureml.yml to use for all jobs (default: each job's own)";
/** What `-w` names, in commands for submitted jobs. */
export const WORKSPACE_OF_RUN = `${WORKSPACE} (default: where the job was submitted)`;

/** Adds the options for reading a project. @param texts.python What `--python` is for, if not for that. */
export function reading(command: Command, texts: { readonly python?: string } = {}): Command {
  return command
    .option(
      "--python <path>",
      texts.python ??
        "read the project with this Python interpreter (not sandboxed: runs with your permissions)",
    )
    .option("--snapshot <file>", "use this `inspect --json` output instead of running the project's code")
    .option(
      "--allow-env-names <names>",
      "comma-separated environment variables that project code may read (default: all but secrets; in CI: none)",
      list,
    )
    .option("--no-cache", "read the project again instead of using the cache")
    .option(
      "--read-timeout <time>",
      "time limit for reading the project, such as 2m (default: 60s)",
      seconds,
    );
}

const PARAMS_OF_JOB =
  "runtime parameters, such as a.b=1,c=2 as for `kedro run`, or a JSON object as for the plugin; override those of the job";
const SELECTED_PIPELINE =
  "run this registered pipeline without a job in azureml.yml; with a job, only its nodes in this pipeline";

/**
 * Adds the options of commands that compile jobs.
 *
 * @param texts.jobs Description of the argument.
 * @param texts.isSelecting Whether nodes can be selected, as with `kedro run`.
 */
export function compiling(
  command: Command,
  { jobs = "jobs in azureml.yml; optional if there is only one", isSelecting = true }: {
    readonly jobs?: string;
    readonly isSelecting?: boolean;
  } = {},
): Command {
  const withJobs = command
    .argument("[jobs...]", jobs)
    .option("-j, --job <name>", "job in azureml.yml, same as the argument; can be repeated", repeated);
  return (isSelecting ? selecting(withJobs, SELECTED_PIPELINE) : withJobs)
    .option("--params <params>", PARAMS_OF_JOB, runtimeParams)
    .option("--params-file <file>", "YAML or JSON file with runtime parameters; --params overrides it")
    .option(
      "--env-var <name=value>",
      "environment variable to set in every step; can be repeated",
      nameAndValue,
    )
    .option(
      "--load-versions <dataset:version>",
      "version to load of the data asset behind a dataset; can be repeated",
      versions,
    )
    .addOption(
      new Option("--azureml-environment, --aml-env <name>", "Azure ML environment; overrides azureml.yml"),
    )
    .option(
      "--group-by <mode>",
      `how to group nodes into steps: ${GROUP_MODES.join(", ")}; overrides pyproject.toml`,
      parseGroupMode,
    );
}

/** Adds the options of commands that can follow the jobs they submit. */
export function following(command: Command): Command {
  return command
    .option("--wait, --wait-for-completion", "wait for the jobs to end; fail unless all complete")
    .option(
      "--timeout <time>",
      "with --wait, stop waiting for a job after this time, such as 90s or 2h; the job keeps running",
      seconds,
    );
}

/** Whether a command runs steps on this machine, with the Python of its `--python`. */
export function isRunningSteps(command: Command): boolean {
  return command.options.some(({ long }) => long === "--venv");
}

/** Adds the options of commands that run steps on this machine. */
export function runningSteps(command: Command): Command {
  return command
    .option("--venv <dir>", "virtual environment to run the steps in")
    .option(
      "--requirements <file>",
      "requirements.txt or conda.yml with the packages of the steps (default: environment/conda.yml, else the project's requirements)",
    )
    .option(
      "--data <name=path>",
      "local file or folder to use for a data asset; can be repeated",
      pathOfAsset,
    )
    .option(
      "--jobs <number>",
      `maximum number of steps to run in parallel (default: ${PARALLEL_STEPS})`,
      count,
    )
    .option("--keep <dir>", "keep the working copies, outputs and logs of the steps in this folder");
}

/** Adds the options of commands that work in a workspace, also where there is no project. */
export function inWorkspace(command: Command): Command {
  return command
    .option("-w, --workspace <name>", `${WORKSPACE} (default: \`__default__\`)`)
    .option("--subscription-id <id>", "subscription ID; overrides azureml.yml")
    .option("--resource-group <name>", "resource group; overrides azureml.yml")
    .option(
      "--workspace-name <name>",
      "Azure ML workspace; overrides azureml.yml (with all three, no project is needed)",
    );
}

/** Adds the options of commands that accept a package made by `pack`. */
export function packaged(command: Command): Command {
  return command
    .option("--package <file>", "use a package made by `pack` instead of a project")
    .option("--sha256 <hash>", "expected SHA-256 of the package, as printed by `pack`", sha256)
    .option("--subscription-id <id>", "subscription ID; overrides the package")
    .option("--resource-group <name>", "resource group; overrides the package")
    .option("--workspace-name <name>", "Azure ML workspace; overrides the package");
}

/** Adds `--force` for a file that the user names. @param by The option that names it, if it is optional. */
export function overwriting(command: Command, by?: string): Command {
  const when = by === undefined ? "" : `with ${by}, `;
  return command.option("--force", `${when}overwrite files that kedro-azureml did not write`);
}

/** Adds the options of commands that check jobs. */
export function checking(command: Command): Command {
  return command
    .option("--strict", "treat warnings as errors")
    .option("--allow <codes>", "comma-separated codes of errors to treat as warnings", list);
}

/** Nodes as typed, with the options of `kedro run`. */
export interface SelectionTyped {
  readonly pipeline?: string;
  readonly pipelines?: readonly string[];
  readonly nodes?: readonly string[];
  readonly tags?: readonly string[];
  readonly fromNodes?: readonly string[];
  readonly toNodes?: readonly string[];
  readonly fromInputs?: readonly string[];
  readonly toOutputs?: readonly string[];
  readonly namespaces?: readonly string[];
}

/** Adds the options of `kedro run` that select nodes. @param pipeline What `--pipeline` is for. */
export function selecting(command: Command, pipeline: string): Command {
  return command
    .optionsGroup("Nodes, as for `kedro run`:")
    .option("-p, --pipeline <name>", pipeline)
    .option("--pipelines <names>", "like `--pipeline`, with several pipelines", list)
    .option("-n, --nodes <names>", "only these nodes", nodeNames)
    .option("-t, --tags <names>", "only nodes with one of these tags", list)
    .option("--from-nodes <names>", "only these nodes and the nodes after them", nodeNames)
    .option("--to-nodes <names>", "only these nodes and the nodes before them", nodeNames)
    .option("--from-inputs <names>", "only nodes downstream of these datasets", list)
    .option("--to-outputs <names>", "only nodes upstream of these datasets", list)
    .option("--namespaces <names>", "only nodes in these namespaces", nodeNames)
    .optionsGroup("Options:");
}

/**
 * The nodes that the options select; `undefined` if none was given.
 *
 * @throws {UserError} `usage.pipelines` for `--pipeline` with `--pipelines`, as `kedro run`.
 */
export function selectionRequest(typed: SelectionTyped): Selection | undefined {
  const { pipeline, pipelines, nodes, tags, fromNodes, toNodes, fromInputs, toOutputs, namespaces } = typed;
  if (pipeline !== undefined && pipelines !== undefined) {
    throw new UserError("`--pipeline` cannot be combined with `--pipelines`", {
      code: "usage.pipelines",
      hint: `Use \`--pipelines ${[pipeline, ...pipelines].join(",")}\``,
    });
  }
  const selected: Readonly<Record<keyof Selection, readonly string[] | undefined>> = {
    pipelines: pipeline ? [pipeline] : pipelines,
    tags,
    from_nodes: fromNodes,
    to_nodes: toNodes,
    node_names: nodes,
    from_inputs: fromInputs,
    to_outputs: toOutputs,
    node_namespaces: namespaces,
  };
  const entries = Object.entries(selected).filter(([, names]) => names !== undefined && names.length > 0);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
