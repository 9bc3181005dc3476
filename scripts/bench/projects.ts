/** The Kedro projects that the benchmark measures with: made from a number of nodes, the same each time. */

/** Nodes of one module; larger projects have more modules, as `find_pipelines()` collects them. */
const NODES_OF_MODULE = 20;

/** What every project of the benchmark names in azureml.yml. */
export const NAMED = {
  workspace: {
    subscription_id: "11111111-2222-3333-4444-555555555555",
    resource_group: "rg-bench",
    name: "ws-bench",
  },
  compute: "cpu-cluster",
  environment: "kedro-env",
} as const;

/**
 * Writes a project with so many nodes and a job `main` that runs all of them. The shape is that of Kedro's templates:
 * modules with a function and a node each, and a registry that adds up what `find_pipelines()` finds.
 *
 * @param folder Absolute path; made if it is not there.
 */
export async function writeProject(folder: string, nodes: number): Promise<void> {
  const modules = Math.ceil(nodes / NODES_OF_MODULE);
  const sizes = Array.from(
    { length: modules },
    (_, at) => Math.min(NODES_OF_MODULE, nodes - at * NODES_OF_MODULE),
  );
  const files = Object.fromEntries(sizes.flatMap((size, at) => moduleFiles(at, size)));
  await writeAll(folder, { ...commonFiles(modules), ...files });
}

function moduleFiles(at: number, size: number): [string, string][] {
  const name = moduleName(at);
  const path = `src/bench/pipelines/${name}`;
  const steps = Array.from({ length: size }, (_, step) => step);
  const functions = steps.map((step) => `def step_${step}(x, rate):\n    return x\n`).join("\n\n");
  const input = at === 0 ? "source" : `${moduleName(at - 1)}_${NODES_OF_MODULE - 1}`;
  const made = steps.map((step) => {
    const from = step === 0 ? input : `${name}_${step - 1}`;
    return `            node(step_${step}, ["${from}", "params:${name}.rate"], "${name}_${step}", name="${name}.step_${step}"),`;
  });
  const imports = steps.map((step) => `step_${step}`).join(", ");
  return [
    [`${path}/__init__.py`, "from .pipeline import create_pipeline\n"],
    [`${path}/nodes.py`, functions],
    [
      `${path}/pipeline.py`,
      `from kedro.pipeline import Pipeline, node\n\nfrom .nodes import ${imports}\n\n\n` +
      `def create_pipeline(**kwargs):\n    return Pipeline(\n        [\n${
        made.join("\n")
      }\n        ]\n    )\n`,
    ],
    [`conf/base/parameters_${name}.yml`, `${name}:\n  rate: 0.5\n`],
    [
      `conf/base/catalog_${name}.yml`,
      `${name}_${size - 1}:\n  type: pandas.ParquetDataset\n  filepath: data/${name}.parquet\n`,
    ],
  ];
}

function moduleName(at: number): string {
  return `part_${String(at).padStart(3, "0")}`;
}

function commonFiles(modules: number): Record<string, string> {
  const { workspace: { subscription_id, resource_group, name }, compute, environment } = NAMED;
  return {
    "pyproject.toml": `[tool.kedro]\npackage_name = "bench"\nproject_name = "bench"\n` +
      `kedro_init_version = "1.7.0"\nsource_dir = "src"\n`,
    "README.md": `A project with ${modules} modules, made by scripts/bench/projects.ts.\n`,
    ".amlignore": "data/\n__pycache__/\n",
    "src/bench/__init__.py": "",
    "src/bench/settings.py": "",
    "src/bench/pipelines/__init__.py": "",
    "src/bench/pipeline_registry.py": "from kedro.framework.project import find_pipelines\n\n\n" +
      "def register_pipelines():\n    pipelines = find_pipelines()\n" +
      `    pipelines["__default__"] = sum(pipelines.values())\n    return pipelines\n`,
    "conf/base/catalog.yml": "source:\n  type: pandas.CSVDataset\n  filepath: data/source.csv\n",
    "conf/base/parameters.yml": "seed: 42\n",
    // The plugin asks before it runs with an empty environment.
    "conf/local/parameters.yml": "local: true\n",
    "conf/base/azureml.yml": `workspace:
  __default__:
    subscription_id: "${subscription_id}"
    resource_group: "${resource_group}"
    name: "${name}"
compute:
  __default__:
    cluster_name: "${compute}"
execution:
  environment: "${environment}@latest"
  code_directory: "."
jobs:
  main:
    pipeline:
      pipeline_name: __default__
    experiment_name: "bench"
`,
  };
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}
