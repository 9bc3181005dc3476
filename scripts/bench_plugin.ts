import { outputOf, runProgram } from "./run_program.ts";

/** What the plugin is installed with: the versions that the figures are of. */
const REQUIREMENTS = ["kedro==1.7.0", "kedro-azureml-pipeline==0.1.0", "kedro-datasets", "pandas"];
const ENVIRONMENT = ".peers/plugin";

/** A Python that has the plugin, or why there is none. */
export type Plugin = { readonly python: string; readonly versions: string } | { readonly missing: string };

/** Finds the plugin's Python: beside the `kedro` that `PLUGIN_KEDRO` names, else in an environment that is made. */
export async function findPlugin(): Promise<Plugin> {
  const named = Deno.env.get("PLUGIN_KEDRO");
  const python = named ? `${named.slice(0, named.lastIndexOf("/"))}/python` : await installed();
  if (python === undefined) return { missing: `cannot install ${REQUIREMENTS.join(" ")}` };
  const code = "from importlib.metadata import version as v\nimport sys\n" +
    "print('Python', sys.version.split()[0] + ',', ', '.join(f'{n} {v(n)}' for n in " +
    "('kedro', 'kedro-azureml-pipeline', 'azure-ai-ml')))";
  const { code: status, stdout } = await runProgram(python, ["-c", code]);
  return status === 0 ? { python, versions: stdout.trim() } : { missing: `${python} does not have it` };
}

async function installed(): Promise<string | undefined> {
  const python = `${Deno.cwd()}/${ENVIRONMENT}/bin/python`;
  if ((await runProgram(python, ["-c", "import kedro_azureml_pipeline"])).code === 0) return python;
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`Installing the plugin into ${ENVIRONMENT} (once)\n`));
    await outputOf("python3", ["-m", "venv", ENVIRONMENT]);
    await outputOf(python, ["-m", "pip", "install", "--quiet", ...REQUIREMENTS]);
    return python;
  } catch {
    return undefined;
  }
}
