import { FOLDER, installPeers, PEERS } from "../peers/install.ts";
import { runProgram } from "../shared/run_program.ts";

/** A Python that has the plugin, or why there is none. */
export type Plugin = { readonly python: string; readonly versions: string } | { readonly missing: string };

/** Finds the plugin's Python: beside the `kedro` that `PLUGIN_KEDRO` names, else in an environment that is made. */
export async function findPlugin(): Promise<Plugin> {
  const named = Deno.env.get("PLUGIN_KEDRO");
  const python = named ? `${named.slice(0, named.lastIndexOf("/"))}/python` : await installed();
  if (python === undefined) return { missing: `cannot install ${PEERS.plugin!.packages.join(" ")}` };
  const code = "from importlib.metadata import version as v\nimport sys\n" +
    "print('Python', sys.version.split()[0] + ',', ', '.join(f'{n} {v(n)}' for n in " +
    "('kedro', 'kedro-azureml-pipeline', 'azure-ai-ml')))";
  const { code: status, stdout } = await runProgram(python, ["-c", code]);
  return status === 0 ? { python, versions: stdout.trim() } : { missing: `${python} does not have it` };
}

async function installed(): Promise<string | undefined> {
  const [plugin] = await installPeers(["plugin"], { system: false });
  return plugin?.problem === undefined ? `${FOLDER}/plugin/bin/python` : undefined;
}
