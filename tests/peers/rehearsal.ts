import { resolve } from "node:path";
import { run } from "../../src/cli/command_line.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { serve } from "../../src/system/serve.ts";
import { fakeContext } from "../fakes/context.ts";
import { REAL_CLOCK, REAL_RANDOM } from "../system/served.ts";

/** The virtual environment with the real plugin; KEDRO_AZUREML_PLUGIN_VENV overrides it. */
export const PLUGIN_VENV = Deno.env.get("KEDRO_AZUREML_PLUGIN_VENV") ||
  resolve(import.meta.dirname!, "../../.peers/plugin");

/** Suffix of test names if the plugin is not installed. */
export const withoutPlugin = isFile(`${PLUGIN_VENV}/bin/kedro`)
  ? ""
  : " (skipped: no .peers/plugin; `deno task peers plugin` installs it)";

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Files of a project by path; `null` removes one. */
export type Files = Readonly<Record<string, string | null>>;

/** A valid project of two steps. */
const SHOP: Record<string, string> = {
  "pyproject.toml": `[tool.kedro]
package_name = "shop"
project_name = "Shop"
kedro_init_version = "1.7.0"
source_dir = "src"
`,
  "src/shop/__init__.py": "",
  "src/shop/settings.py": "",
  "src/shop/pipeline_registry.py": `from kedro.pipeline import Pipeline, node


def make(size):
    return [size, size]


def total(rows):
    return {"total": sum(rows)}


def register_pipelines():
    steps = [node(make, "params:size", "rows", name="make"), node(total, "rows", "result", name="total")]
    return {"__default__": Pipeline(steps)}
`,
  "conf/base/parameters.yml": "size: 3\n",
  "conf/base/catalog.yml": `result:
  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset
  dataset:
    type: json.JSONDataset
    filepath: result.json
`,
  "conf/base/azureml.yml": `workspace:
  __default__: { subscription_id: "11111111-2222-3333-4444-555555555555", resource_group: rg, name: ws }
compute:
  __default__: { cluster_name: cpu }
execution: { environment: "env:1", code_directory: "." }
jobs:
  main:
    pipeline: { pipeline_name: __default__ }
    experiment_name: shop
`,
  "conf/local/.gitkeep": "",
  ".amlignore": "data/**\n",
  ".telemetry": "consent: false\n",
};

/** Options of a rehearsal. */
export interface Rehearsing {
  readonly files?: Files;
  /** Words after `rehearse main`. */
  readonly options?: readonly string[];
  /** Variables of the machine. */
  readonly env?: Record<string, string>;
  /** Default: {@linkcode PLUGIN_VENV}. */
  readonly venv?: string;
}

/** Result of a rehearsal. */
export interface Rehearsed {
  readonly exit: number;
  /** All output. */
  readonly text: string;
  /** Codes of the findings of `validate`. */
  readonly findings: readonly string[];
  /** Text of output files, by step and output. */
  readonly outputs: Readonly<Record<string, string>>;
}

const done = new Map<string, Promise<Rehearsed>>();

/** Like {@linkcode rehearse}, but once for equal projects: many fixes give the same project. */
export function rehearseOnce(how: Rehearsing): Promise<Rehearsed> {
  const { files, ...rest } = how;
  const key = JSON.stringify([Object.entries({ ...SHOP, ...files }).sort(), Object.entries(rest).sort()]);
  const known = done.get(key) ?? rehearse(how);
  done.set(key, known);
  return known;
}

/** Validates and rehearses the project with some files changed, in its own folder. */
export async function rehearse(
  { files = {}, options = [], env = {}, venv }: Rehearsing,
): Promise<Rehearsed> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    const cwd = `${folder}/shop`;
    await writeShop(cwd, files);
    const machine = { clock: REAL_CLOCK, random: REAL_RANDOM };
    const context = () => ({ ...fakeContext({ cwd, fs: systemFs, env, exec, serve }), ...machine });
    const validating = context();
    await run(["validate", "main", "--json", ...options], validating);
    const found = validating.stdout() === "" ? { findings: [] } : JSON.parse(validating.stdout());
    const kept = `${folder}/kept`;
    const ctx = context();
    const words = ["rehearse", "main", "--venv", venv ?? PLUGIN_VENV, "--keep", kept, ...options];
    const exit = await run(words, ctx);
    return {
      exit,
      text: ctx.stdout() + ctx.stderr(),
      findings: found.findings.map(({ code }: { code: string }) => code),
      outputs: await outputsIn(`${kept}/runs`),
    };
  } finally {
    await exec("chmod", ["-R", "u+rwX", folder]);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes the project into a folder, with some files changed. */
export async function writeShop(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries({ ...SHOP, ...files })) {
    if (text !== null) await systemFs.writeText(`${folder}/${path}`, text);
  }
}

/** Returns the output files of all steps below a folder of runs, by step and output. */
export async function outputsIn(runs: string): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  if (await systemFs.stat(runs) === undefined) return outputs;
  for await (const { path, kind } of systemFs.walk(runs, () => true)) {
    const [, step, rest] = /\/runs\/[^/]+\/([^/]+)\/outputs\/(.+)$/.exec(path) ?? [];
    if (kind === "file" && step !== undefined) outputs[`${step}/${rest}`] = await Deno.readTextFile(path);
  }
  return outputs;
}
