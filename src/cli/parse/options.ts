/** Options that several commands have. A rule stands at the option that it restricts. */
import { GROUP_MODES, parseGroupMode } from "../../core/group_mode.ts";
import { PARALLEL_STEPS } from "../../app/defaults.ts";
import { alike, type Fields, flag, many, type Rule, text, value, withRule } from "./field.ts";
import {
  count,
  displayNameOfJob,
  list,
  milliseconds,
  nameAndValue,
  nameOfJob,
  nodeNames,
  pathOfAsset,
  repeated,
  sha256,
  versions,
} from "./values.ts";
import { withParams } from "./params.ts";

/** Headings in the help, in the order in which commands have them. */
const NODES = "Nodes, as for `kedro run`:";
const SETTINGS = "Settings of the jobs:";
const WAITING = "Waiting and output:";
const STEPS = "Steps on this machine:";
const READING = "Reading the project:";
const PACKAGE = "With a package:";
export const OUTPUT = "Output:";

const WORKSPACE = "workspace, by its key in azureml.yml";

/** For commands that use one workspace of a project. */
export const inOneWorkspace = { workspace: text("-w, --workspace <name>", WORKSPACE) };

export const inWorkspaceForAll = {
  workspace: text("-w, --workspace <name>", "workspace for all jobs, by its key in azureml.yml"),
};

export const inWorkspaceOfRun = {
  workspace: text("-w, --workspace <name>", `${WORKSPACE} (default: where the job was submitted)`),
};

/** For commands that work in a workspace, also where there is no project. */
export const inWorkspace = {
  workspace: text("-w, --workspace <name>", `${WORKSPACE} (default: \`__default__\`)`),
  ...alike({
    subscriptionId: text("--subscription-id <id>", "subscription ID; overrides azureml.yml"),
    resourceGroup: text("--resource-group <name>", "resource group; overrides azureml.yml"),
    workspaceName: text(
      "--workspace-name <name>",
      "Azure ML workspace; overrides azureml.yml (with all three, no project is needed)",
    ),
  }, { isRare: true }),
};

export const ofTenant = { tenant: text("--tenant <id>", "tenant to request tokens from") };

/** For commands that read a project, whichever Python runs its steps. */
export const readingProject = alike({
  snapshot: text(
    "--snapshot <file>",
    "use this `inspect --json` output instead of running the project's code",
  ),
  allowEnvNames: value(
    "--allow-env-names <names>",
    "comma-separated environment variables that project code may read (default: all but secrets; in CI: none)",
    list,
    { mayBeEmpty: true },
  ),
  cache: flag("--no-cache", "read the project again instead of using the cache"),
  readTimeoutMs: value(
    "--read-timeout <time>",
    "time limit for reading the project, such as 2m (default: 60s)",
    milliseconds,
  ),
}, { heading: READING, isRare: true });

/** For commands that read a project without running its steps. */
export const reading = alike({
  python: text("--python <path>", "interpreter that reads the project, not sandboxed"),
  ...readingProject,
}, { heading: READING, isRare: true });

const ONE_PIPELINE: Rule = {
  excludes: "pipelines",
  // usage.pipelines: `--pipeline` and `--pipelines` exclude each other. Use `--pipelines` for all.
  code: "usage.pipelines",
  hint: ({ pipeline, pipelines }) =>
    `Use \`--pipelines ${[pipeline, ...pipelines as readonly string[]].join(",")}\``,
};

/** The options of `kedro run` that select nodes. @param about What `--pipeline` is for. */
export function selecting(about: string) {
  return alike({
    pipeline: text("-p, --pipeline <name>", about, { rules: [ONE_PIPELINE] }),
    pipelines: value("--pipelines <names>", "like `--pipeline`, with several pipelines", list, {
      isRare: true,
    }),
    nodes: value("-n, --nodes <names>", "only these nodes", nodeNames),
    tags: value("-t, --tags <names>", "only nodes with one of these tags", list),
    fromNodes: value("--from-nodes <names>", "only these nodes and the nodes after them", nodeNames),
    toNodes: value("--to-nodes <names>", "only these nodes and the nodes before them", nodeNames),
    ...alike({
      fromInputs: value("--from-inputs <names>", "only nodes downstream of these datasets", list),
      toOutputs: value("--to-outputs <names>", "only nodes upstream of these datasets", list),
      namespaces: value("--namespaces <names>", "only nodes in these namespaces", nodeNames),
    }, { isRare: true }),
  }, { heading: NODES });
}

/** The jobs of azureml.yml that a command works on, as arguments and with `-j`. */
export function jobNames(
  about =
    "jobs in azureml.yml; optional if there is only one; without a job, options for nodes use no job's settings",
) {
  const also = value(
    "-j, --job <name>",
    "job in azureml.yml, same as the argument; repeatable",
    repeated,
    { isRare: true },
  );
  return { names: many("[jobs...]", about, { also }) };
}

/** What the jobs of a command get instead of what the project says. */
export const overriding = alike({
  ...withParams,
  paramsFile: text(
    "--params-file <file>",
    "YAML or JSON file with runtime parameters",
  ),
  environmentVariables: value(
    "--env-var <name=value>",
    "set an environment variable in steps; repeatable",
    nameAndValue,
  ),
  loadVersions: value(
    "--load-versions <dataset:version>",
    "version of a dataset's data asset; repeatable",
    versions,
    { mayBeEmpty: "no version is set", isRare: true },
  ),
  environment: text(
    "--aml-env, --azureml-environment <name>",
    "Azure ML environment; overrides azureml.yml",
    { mayBeEmpty: "the environment of azureml.yml is used" },
  ),
  groupBy: value(
    "--group-by <mode>",
    `how to group nodes into steps: ${GROUP_MODES.join(", ")}`,
    parseGroupMode,
  ),
}, { heading: SETTINGS });

export const compiling = {
  ...selecting("only this pipeline; needs no job in azureml.yml"),
  ...overriding,
};

export const naming = {
  displayNames: value(
    "--display-name <job=name>",
    "display name of a job; repeatable",
    displayNameOfJob,
    { isRare: true },
  ),
};

export const NOT_ALL_AND_JOB: Rule = {
  excludes: "names",
  // usage.all_and_job: `--all` and names of jobs exclude each other. Omit one.
  code: "usage.all_and_job",
  hint: "Omit one of them",
  rank: 1,
};

export const selectingAll = {
  all: flag("--all", "all jobs in azureml.yml, including those from job factories", {
    rules: [NOT_ALL_AND_JOB],
  }),
};

export const checking = {
  strict: flag("--strict", "treat warnings as errors"),
  allow: value("--allow <codes>", "codes (a,b) of errors to treat as warnings", list, { mayBeEmpty: true }),
};

/** For commands that send what the plugin cannot run. @param verb What the command does. */
export function allowingKedro0(verb: string) {
  return {
    allowKedro0: flag(
      "--allow-kedro-0",
      `${verb} even if the project uses Kedro 0, whose nodes the plugin cannot run`,
      { isRare: true },
    ),
  };
}

const NEEDS_WAIT: Rule = {
  needs: "wait",
  // usage.needs_wait: An option only works with `--wait`. Add it.
  code: "usage.needs_wait",
  says: (flag) => `\`${flag}\` needs \`--wait\``,
  hint: "Add `--wait`, or remove the option",
  rank: -1,
};

export const following = alike({
  wait: flag("--wait, --wait-for-completion", "wait for the jobs to end; fail unless all complete"),
  timeoutMs: value(
    "--timeout <time>",
    "with --wait, stop after this time, such as 2h",
    milliseconds,
    { rules: [NEEDS_WAIT] },
  ),
}, { heading: WAITING });

export const followingLogs = {
  logs: flag("--logs", "with --wait, also print the logs of running steps", {
    rules: [NEEDS_WAIT],
    heading: WAITING,
  }),
};

/** For commands that submit jobs. @param what What is canceled. */
export function cancelingOnInterrupt(what: string) {
  return {
    cancelOnInterrupt: flag("--cancel-on-interrupt", `cancel ${what} on Ctrl+C or SIGTERM`, {
      heading: WAITING,
      isRare: true,
    }),
  };
}

export const dryRunOfSubmit = {
  dryRun: flag("--dry-run", "show what would be submitted, and submit nothing"),
};

/** `--force` for a file that the user names. @param by The option that names it, if it is optional. */
export function overwriting(by?: string) {
  const when = by === undefined ? "" : `with ${by}, `;
  return {
    force: flag("--force", `${when}overwrite files that kedro-azureml did not write`, {
      heading: OUTPUT,
      isRare: true,
    }),
  };
}

export const writingJobs = alike({
  outputFile: text("--output-file <file>", "JSON file for the submitted jobs, kept up to date"),
  ...overwriting("--output-file"),
}, { heading: WAITING });

export const nameInAzure = {
  name: value("--name <name>", "name in Azure ML; a job is submitted once under it", nameOfJob),
};

/** The Python that runs steps; the project is read with another. @param about What it is for. */
export function stepPython(about: string) {
  return { stepPython: text("--python <path>", about, { rules: [ONE_PYTHON], heading: STEPS }) };
}

const ONE_PYTHON: Rule = {
  excludes: "venv",
  code: "rehearse.python",
  says: () => "`--python` and `--venv` cannot be combined",
  hint: "Omit one of them",
  rank: 2,
};

export const runningSteps = alike({
  venv: text("--venv <dir>", "virtual environment to run the steps in"),
  requirements: text(
    "--requirements <file>",
    "requirements.txt or conda.yml of the steps (default: environment/conda.yml, else the project's)",
  ),
  data: value(
    "--data <name=path>",
    "local file or folder for a data asset; repeatable",
    pathOfAsset,
  ),
  parallelSteps: value(
    "--jobs <number>",
    `steps that run in parallel (default: ${PARALLEL_STEPS})`,
    count,
  ),
  keep: text("--keep <dir>", "keep the code, outputs and logs in this folder"),
}, { heading: STEPS });

export function failing(about: string) {
  return { fail: value("--fail <steps>", about, list, { heading: STEPS, isRare: true }) };
}

const RUN_NAMES =
  "names in Azure ML, links to Azure ML studio, `last`, or jobs in azureml.yml for their last run; `last~1` and `main~1` are earlier ones; a run with the name of a job takes precedence";

/** The runs that a command works on. @param usual Which they are if none is named. */
export function runNames(usual = "the last job submitted from this project") {
  return { names: many("[names...]", `${RUN_NAMES} (default: ${usual})`) };
}

export const FILE_OF_JOBS = "use the jobs in a file written by `submit --output-file`";

/** @param about What `--from` takes; commands that only read take a folder, too. */
export function jobsFrom(about = `${FILE_OF_JOBS}, or in a folder of \`rehearse --keep\``) {
  return { from: text("--from <file>", about) };
}

export function targeted(from?: string) {
  return { ...inWorkspaceOfRun, ...jobsFrom(from) };
}

/** The runs that a command reads. */
export function readable() {
  return {
    ...targeted(),
    rehearsal: flag("--rehearsal", "use the last rehearsal of this project", {
      // usage.from_and_rehearsal: `--from` and `--rehearsal` exclude each other. Omit one.
      rules: [{ excludes: "from", code: "usage.from_and_rehearsal", hint: "Omit one of them" }],
    }),
  };
}

export const ofStep = { step: text("--step <step>", "only this step, by node or step name") };

const NEEDS_PACKAGE: Rule = {
  needs: "package",
  // usage.package: An option does not work with a package. Omit it.
  code: "usage.package",
  hint: "Add `--package FILE`, or remove the option",
  rank: -2,
};

const WITHOUT_PACKAGE: Rule = {
  excludes: "package",
  code: "usage.package",
  says: (flag) => `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`,
  hint: "Omit it, or pass it to `kedro-azureml pack`",
  rank: -2,
};

/** The Kedro environment is an option of the program. */
const WITHOUT_ENV: Rule = {
  ...WITHOUT_PACKAGE,
  excludes: "env",
  says: () => WITHOUT_PACKAGE.says!("-e"),
  rank: -3,
};

/** Options that change how a project is read or compiled, which a package does not take. */
export function ofProject<const Group extends Fields>(group: Group): Group {
  const { cache, environment, environmentVariables } = group;
  const forPackages = Object.entries({ cache, environment, environmentVariables })
    .filter(([, field]) => field !== undefined);
  return { ...withRule(group, WITHOUT_PACKAGE), ...Object.fromEntries(forPackages) };
}

/** For commands that accept a package made by `pack`. */
export const packaged = {
  package: text("--package <file>", "use a package made by `pack` instead of a project", {
    rules: [WITHOUT_ENV],
  }),
  ...alike(
    withRule({
      sha256: value("--sha256 <hash>", "expected SHA-256 of the package", sha256),
      subscriptionId: text("--subscription-id <id>", "subscription ID; overrides the package"),
      resourceGroup: text("--resource-group <name>", "resource group; overrides the package"),
      workspaceName: text("--workspace-name <name>", "Azure ML workspace; overrides the package"),
    }, NEEDS_PACKAGE),
    { heading: PACKAGE, isRare: true },
  ),
};
