import { join } from "node:path";

/** Where the check runs, and in what. */
export interface LivePlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspace: string;
  /** A compute cluster, or `serverless`. */
  readonly compute: string;
  readonly environment: string;
  /** What the names of all that it makes in the workspace begin with. */
  readonly prefix: string;
  /** When its schedules begin: far enough away that they never fire. */
  readonly startsAt: string;
}

/** An environment that every workspace can use; it has Python, and neither Kedro nor the plugin. */
export const CURATED = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest";

/** Writes a project of two steps that hand on a number, with two schedules that never fire. */
export async function writeProject(folder: string, place: LivePlace): Promise<void> {
  const files = { ...FILES, "conf/base/azureml.yml": configuration(place) };
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text);
  }
}

const FILES: Readonly<Record<string, string>> = {
  "pyproject.toml": `[project]
name = "live-check"
version = "0.1.0"

[tool.kedro]
package_name = "live_check"
project_name = "Live check"
kedro_init_version = "1.7.0"
source_dir = "src"
`,
  // Bash reads the file that BASH_ENV names before it runs the step's command, which begins with `kedro`.
  "install_kedro.sh": `unset BASH_ENV
command -v kedro >/dev/null ||
  python -m pip install --quiet kedro==1.7.0 kedro-azureml-pipeline==0.1.0 "setuptools<81" >&2
`,
  "conf/base/catalog.yml": "",
  "conf/local/.gitkeep": "",
  "src/live_check/__init__.py": "",
  "src/live_check/settings.py": '"""Settings."""\n',
  "src/live_check/pipeline_registry.py": `"""Two steps that hand on a number."""

from kedro.pipeline import Pipeline, node, pipeline


def make():
    return 21


def double(number):
    print(f"The number is {2 * number}")


def register_pipelines() -> dict[str, Pipeline]:
    steps = [
        node(make, inputs=None, outputs="number", name="make"),
        node(double, inputs="number", outputs=None, name="double"),
    ]
    return {"__default__": pipeline(steps)}
`,
};

function configuration(place: LivePlace): string {
  const job = (name: string, schedule = "") =>
    `  ${name}:
    pipeline: {pipeline_name: __default__}
    experiment_name: kedro-azureml-live-check
${schedule}`;
  return `workspace:
  __default__:
    subscription_id: ${JSON.stringify(place.subscriptionId)}
    resource_group: ${JSON.stringify(place.resourceGroup)}
    name: ${JSON.stringify(place.workspace)}
compute:
  __default__:
    cluster_name: ${JSON.stringify(place.compute)}
execution:
  environment: ${JSON.stringify(place.environment)}
  code_directory: "."
jobs:
${job("main")}${
    job(
      `${place.prefix}-cron`,
      `    schedule:
      cron:
        expression: "0 0 * * 1"
        time_zone: Europe/Berlin
        start_time: "${place.startsAt}"
`,
    )
  }${
    job(
      `${place.prefix}-recurrence`,
      `    schedule:
      recurrence:
        frequency: month
        interval: 12
        start_time: "${place.startsAt}"
`,
    )
  }`;
}
