import type { WorkspaceConfig } from "../../config/types.ts";
import { parseIgnoreFile } from "../../azureml/job/code/ignore.ts";

/** Path of the schema of azureml.yml that `init` writes. Not in conf/, where Kedro would read it as configuration. */
export const SCHEMA_FILE = ".vscode/azureml.schema.json";

/** Values that `init` fills into azureml.yml; missing ones become placeholders. */
export interface InitValues {
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspace?: string;
  readonly compute?: string;
  readonly environment?: string;
}

/** What azureml.yml has for a missing value. */
const PLACEHOLDERS: Readonly<Record<keyof InitValues, string>> = {
  subscriptionId: "<subscription id>",
  resourceGroup: "<resource group>",
  workspace: "<workspace>",
  compute: "<compute cluster>",
  environment: "<environment>@latest",
};

/** The keys of {@linkcode InitValues}, in the order of azureml.yml. */
export const VALUES = Object.keys(PLACEHOLDERS) as readonly (keyof InitValues)[];

/** The workspace of these values, with placeholders for missing ones. */
export function workspaceOf(values: Partial<InitValues>): WorkspaceConfig {
  const { subscriptionId, resourceGroup, workspace } = { ...PLACEHOLDERS, ...values };
  return { subscription_id: subscriptionId, resource_group: resourceGroup, name: workspace };
}

/** The values that are placeholders in the text of an azureml.yml. */
export function openValues(text: string): (keyof InitValues)[] {
  return VALUES.filter((key) => text.includes(quoted(PLACEHOLDERS[key])));
}

/** Fills values in the placeholders of an azureml.yml; all other text stays. */
export function fillIn(text: string, values: InitValues): string {
  return openValues(text).reduce((filled, key) => {
    const value = values[key];
    return value === undefined ? filled : filled.replaceAll(quoted(PLACEHOLDERS[key]), () => quoted(value));
  }, text);
}

/** The text of azureml.yml for a new project, with comments on its keys. @param schema The path from it to the schema. */
export function azuremlYml(values: InitValues, conf: string, schema: string): string {
  const { subscriptionId, resourceGroup, workspace, compute, environment } = PLACEHOLDERS;
  const text = `# yaml-language-server: $schema=${schema}
# Where and how kedro-azureml runs this project. With \`-e prod\`, each top-level key
# in ${conf}/prod/azureml.yml replaces the same key here.

workspace:
  __default__:
    subscription_id: ${quoted(subscriptionId)}
    resource_group: ${quoted(resourceGroup)}
    name: ${quoted(workspace)}

# A step runs on the compute whose key is a tag of its node, else on the \`compute\` of the job, else on __default__.
compute:
  __default__:
    cluster_name: ${quoted(compute)}
  # gpu:
  #   cluster_name: "<gpu cluster>"

execution:
  # Azure ML environment (name@latest or name:version), or Docker image.
  environment: ${quoted(environment)}
  # Folder to upload, except the files that .amlignore excludes; null if the image already contains the code.
  code_directory: "."
  # Folder in the image that contains the code, if code_directory is null.
  # working_directory: "/home/kedro"

jobs:
  # Run this job with \`kedro-azureml submit main\`.
  main:
    pipeline:
      pipeline_name: "__default__"
    # experiment_name: "my-experiment"
    # display_name: "Nightly training"
    # compute: "gpu"
    # params:
    #   learning_rate: 0.01
    # limits:
    #   timeout: 3600
    # schedule:
    #   cron:
    #     expression: "0 2 * * *"
`;
  return fillIn(text, values);
}

/** Quotes text for YAML. A literal `${` is escaped, because Kedro would interpolate it. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll("${", "\\${"));
}

/**
 * The text of .amlignore for a new project, with the patterns of a .gitignore.
 *
 * @param options.conf The configuration folder.
 * @param options.needed Files to upload even if git ignores them.
 */
export function amlignore(
  gitignore: string,
  { conf, needed }: { readonly conf: string; readonly needed: readonly string[] },
): string {
  const text = AMLIGNORE.replaceAll("conf/", () => `${conf}/`);
  const own = new Set(text.split("\n"));
  const lines = gitignore.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  const negated = lines.findIndex((line) => line.startsWith("!"));
  // After a `!` line, a line is needed again.
  const added = lines.filter((line, at) =>
    line !== "" && !line.startsWith("#") && (!own.has(line) || negated >= 0 && at > negated)
  );
  if (added.length === 0) return text;
  const rules = parseIgnoreFile(added.join("\n"), ".gitignore");
  const included = needed.filter((name) => rules.excludedBy(name) !== undefined).map((name) => `!${name}`);
  const all = ["", "# From .gitignore.", ...added];
  if (added.some((line) => line.startsWith("!"))) all.push(`${conf}/**/credentials*`);
  if (included.length > 0) all.push("", "# Steps need these all the same.", ...included);
  return `${text}${all.map((line) => `${line}\n`).join("")}`;
}

const AMLIGNORE =
  `# Files that are not uploaded to Azure ML. The patterns are those of .gitignore: the last match wins,
# except that \`!\` can also include files in an excluded folder. .gitignore itself is not used.

# Steps read data from the paths in the catalog, not from the upload.
data/**

# Keep secrets on this machine. What else is in the folder of the job's Kedro environment, such as conf/local, is
# uploaded unless it is excluded here, because steps run in that environment.
conf/**/credentials*
.env
.env.*

# Version control, virtual environments, caches, build output and editor settings.
.git/**
.venv/**
venv/**
env/**
**/__pycache__/**
**/*.pyc
**/.ipynb_checkpoints/**
.pytest_cache/**
.mypy_cache/**
.ruff_cache/**
.viz/**
.telemetry
*.egg-info/**
build/**
dist/**
logs/**
mlruns/**
node_modules/**
.vscode/**
.idea/**
.DS_Store
`;
