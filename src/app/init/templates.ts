/** Values that `init` fills into azureml.yml; a placeholder stands for what is absent. */
export interface InitValues {
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly workspace?: string;
  readonly compute?: string;
  readonly environment?: string;
}

/** Writes azureml.yml for a new project, with what each key is for. */
export function azuremlYml(values: InitValues): string {
  return `# Where and how \`kedro-azureml submit\` runs this project. Other Kedro environments may replace top-level keys:
# conf/prod/azureml.yml is laid over this file by \`-e prod\`.

workspace:
  __default__:
    subscription_id: ${quoted(values.subscriptionId ?? "<subscription id>")}
    resource_group: ${quoted(values.resourceGroup ?? "<resource group>")}
    name: ${quoted(values.workspace ?? "<workspace>")}

# A step runs on the cluster of its node's tag, else on __default__.
compute:
  __default__:
    cluster_name: ${quoted(values.compute ?? "<compute cluster>")}
  # gpu:
  #   cluster_name: "<gpu cluster>"

execution:
  # An environment of the workspace, as name@latest or name:version, or a Docker image.
  environment: ${quoted(values.environment ?? "<environment>@latest")}
  # The folder to upload, without what .amlignore names; null where the image holds the code.
  code_directory: "."
  # The folder in the image that holds the code, for code_directory: null.
  # working_directory: "/home/kedro"

jobs:
  # \`kedro-azureml submit -j main\` runs the whole default pipeline.
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
}

/** Text as YAML keeps it, whatever is in it; a literal \`\${\` would be an interpolation and so is escaped. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll("${", "\\${"));
}

/** What is not uploaded with the code: patterns as in .gitignore, of which the last one that fits a file decides. */
export const AMLIGNORE =
  `# Files that are not uploaded to Azure ML with the code. Patterns as in .gitignore; where several fit a file, the last
# one decides. This file stands in for .gitignore, which is not read beside it.

# Data is read from where the catalog says, not from the upload.
data/**

# Secrets stay here; steps get theirs from the workspace. The rest of conf/local is uploaded: steps run in the
# environment that the job was submitted with, and Kedro refuses to start without its folder.
conf/**/credentials*
.env
.env.*

# Version control, virtual environments and what tools leave behind.
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
