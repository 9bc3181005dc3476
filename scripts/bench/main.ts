/**
 * Compares the executable with the Python plugin, in turns against the same local Azure: `deno task bench [NODES…]`, after
 * `deno task build`, prints the tables of docs/benchmarks.md. Times are for reading: nothing here fails because a machine
 * is slow.
 */

import { Buffer } from "node:buffer";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { environmentOf } from "../../src/app/emulator/use.ts";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { createSwitched } from "../../tests/fakes/emulator.ts";
import { createFolder } from "../../tests/fakes/folder.ts";
import { WORKSPACE } from "../../tests/fakes/seed.ts";
import { REAL_CLOCK, REAL_RANDOM } from "../../tests/system/served.ts";
import { table } from "../docs/tables.ts";
import { FOLDER, installPeers } from "../peers/install.ts";
import { outputOf } from "../shared/run_program.ts";

const EXECUTABLE = `${Deno.cwd()}/dist/kedro-azureml`;
const NODES = [2, 200, 1000];
/** Nodes of the project that is submitted with the service times and limits of Azure. */
const AZURE_NODES = 20;
/** The first turn of each line is not counted, unless it is the only one: large projects take long, and vary less. */
const turnsOf = (nodes: number) => nodes >= 1000 ? 1 : 4;

/** What is measured with. */
interface Bench {
  /** The Python that has the plugin. */
  readonly python: string;
  /** Holds the projects, as `nodes-N`, and all that both programs keep. */
  readonly folder: string;
  readonly azure: Awaited<ReturnType<typeof startAzure>>;
}

/** Runs a command line. */
type Line = () => Promise<unknown>;

/** Command lines of this program and of `kedro azureml` in the project with so many nodes. */
function programs({ python, azure, folder }: Bench, nodes: number) {
  const env = {
    ...azure.env,
    AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
    XDG_CACHE_HOME: `${folder}/cache`,
    XDG_STATE_HOME: `${folder}/state`,
    NO_COLOR: "1",
    KEDRO_DISABLE_TELEMETRY: "1",
    // As an installed Python has it: compiled files are kept.
    PYTHONPYCACHEPREFIX: `${folder}/pycache`,
    PYTHONDONTWRITEBYTECODE: "",
  };
  const how = { env, cwd: `${folder}/nodes-${nodes}` };
  const script = fileURLToPath(new URL("run_kedro.py", import.meta.url));
  return {
    ours: (...args: readonly string[]): Line => () => outputOf(EXECUTABLE, args, how),
    plugins: (...args: readonly string[]): Line => () => outputOf(python, [script, "azureml", ...args], how),
  };
}

/**
 * Median milliseconds of lines that run in turns, so that a busy machine slows all.
 *
 * @param before Runs before the line at this place, uncounted.
 */
async function medians<Lines extends readonly Line[]>(
  lines: readonly [...Lines],
  turns: number,
  before?: (at: number) => Promise<void>,
): Promise<{ readonly [At in keyof Lines]: number }> {
  const times = lines.map((): number[] => []);
  for (let turn = 0; turn < turns; turn++) {
    for (const [at, line] of lines.entries()) {
      await before?.(at);
      const startedAt = performance.now();
      await line();
      if (turn > 0 || turns === 1) times[at]!.push(performance.now() - startedAt);
    }
  }
  const found: unknown = times.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1]);
  return found as { readonly [At in keyof Lines]: number };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function ratio(theirs: number, own: number): string {
  return `${(theirs / own).toFixed(1)}×`;
}

async function startTable(bench: Bench): Promise<string> {
  const { ours, plugins } = programs(bench, 2);
  const lines = [ours("--version"), ours("--help"), plugins("--help")] as const;
  const [version, help, theirs] = await medians(lines, turnsOf(2));
  return table(["", "this program", "plugin", "ratio"], [
    ["`--version`", seconds(version), "–", "–"],
    ["`--help`", seconds(help), seconds(theirs), ratio(theirs, help)],
  ]);
}

const COMPARED = ["first", "again", "plugin", "plugin / first", "plugin / again"];

function compared(first: number, again: number, plugin: number): readonly string[] {
  return [seconds(first), seconds(again), seconds(plugin), ratio(plugin, first), ratio(plugin, again)];
}

/** Compiling each project: read with the embedded Kedro, again from the cache, and with the plugin. */
async function compileTable(bench: Bench, nodes: readonly number[]): Promise<string> {
  const rows = [];
  for (const count of nodes) {
    const { ours, plugins } = programs(bench, count);
    const args = ["compile", "main", "-o", `${bench.folder}/ours.yaml`, "--read-timeout", "600"];
    const theirs = plugins("compile", "-j", "main", "-o", `${bench.folder}/plugin.yaml`);
    await ours(...args)();
    const lines = [ours(...args, "--no-cache"), ours(...args), theirs] as const;
    rows.push([`${count} nodes`, ...compared(...await medians(lines, turnsOf(count)))]);
  }
  return table(["project", ...COMPARED], rows);
}

/** Submitting to an Azure ML that has nothing of the project, and again without a change, with what was sent. */
async function submitTable(
  bench: Bench,
  projects: readonly (readonly [nodes: number, latency: Latency])[],
): Promise<string> {
  const rows = [];
  for (const [nodes, latency] of projects) {
    const { ours, plugins } = programs(bench, nodes);
    const traffic: string[] = [];
    const submit = ["submit", "main", "--allow", "dataset.not_uploaded,dataset.local_between_steps"];
    const lines = [ours(...submit, "--no-cache"), ours(...submit), plugins("run", "-j", "main")] as const;
    const times = await medians(lines, turnsOf(nodes), async (at) => {
      if (at > 0) traffic[at - 1] = bench.azure.traffic();
      const keeps = at === 1;
      // A record of a job that this Azure never had would cost a refusal.
      if (!keeps) await Deno.remove(`${bench.folder}/state`, { recursive: true }).catch(() => {});
      bench.azure.reset(latency, keeps);
    });
    traffic[2] = bench.azure.traffic();
    const of = latency === "azure" ? "Azure's" : `${latency} ms`;
    rows.push([`${nodes} nodes`, of, ...compared(...times), traffic.join(", ")]);
  }
  return table(["project", "latency", ...COMPARED, "requests (rounds)"], rows);
}

const VERSIONS = `
import platform
from importlib.metadata import version
names = "kedro", "kedro-azureml-pipeline", "azure-ai-ml"
print(f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names), sep=", ")`;

async function tables(nodes: readonly number[]): Promise<string> {
  const files = [...nodes, 2, AZURE_NODES].flatMap((count) =>
    Object.entries(projectFiles(count)).map(([name, text]) => [`nodes-${count}/${name}`, text] as const)
  );
  await using temporary = await createFolder(Object.fromEntries(files));
  const { root: folder } = temporary;
  const [plugin] = await installPeers(["plugin"]);
  if (plugin?.problem !== undefined) throw new Error(plugin.problem);
  const bench = { python: `${FOLDER}/plugin/bin/python`, folder, azure: await startAzure(folder) };
  const small = nodes.filter((count) => count < 1000).flatMap((count) => [[count, 0], [count, 100]] as const);
  return `- Machine: ${Deno.build.target}, ${navigator.hardwareConcurrency} processors
- Plugin: ${await outputOf(bench.python, ["-c", VERSIONS])}
## Start\n\n${await startTable(bench)}\n
## Compile\n\n${await compileTable(bench, nodes)}\n
## Submit\n\n${await submitTable(bench, [...small, [AZURE_NODES, "azure"]])}\n`;
}

/** Milliseconds that each answer takes, or the times and limits that were recorded of Azure. */
type Latency = number | "azure";

/** Starts an emulator over HTTPS on the loopback interface, whose answers take a while. */
async function startAzure(folder: string) {
  const { authority, certificate, key } = await createCertificate(new Date());
  const caFile = `${folder}/ca.pem`;
  await Deno.writeTextFile(caFile, authority);
  // Rounds are the longest chain of answers so far: a request begins after all answers that were given before it.
  let [requests, rounds] = [0, 0];
  let latency: Latency = 0;
  // Not `Deno.serve()`: in Deno 2.9 each answer over TLS waits 40 ms for an acknowledgement, as Azure's do not.
  const server = createServer({ cert: certificate, key }, async (incoming, outgoing) => {
    const round = rounds + 1;
    const body = Buffer.concat(await Array.fromAsync(incoming));
    const sent = body.byteLength > 0 ? { body } : {};
    requests++;
    const { url, method, headers } = incoming;
    const response = url!.startsWith("/common/discovery/instance?")
      ? Response.json(discovery)
      : await emulator.fetch(
        new Request(`${origin}${url}`, { method: method!, headers: headers as HeadersInit, ...sent }),
      );
    const answer = await response.bytes();
    rounds = Math.max(rounds, round);
    const length = { "content-length": String(answer.byteLength) };
    outgoing.writeHead(response.status, { ...length, ...Object.fromEntries(response.headers) });
    outgoing.end(answer);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `https://${host}`;
  // What the sign-in library for Python asks first.
  const discovery = {
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
  const fresh = () =>
    createSwitched({
      origin,
      clock: REAL_CLOCK,
      random: REAL_RANDOM,
      ...latency === "azure" ? { limits: true, serviceTimes: true } : { latencyMs: latency },
      seed: {
        workspaces: [WORKSPACE],
        computes: [COMPUTE],
        environments: [{ name: ENVIRONMENT, versions: ["1"] }],
        secret: "bench-secret",
      },
    });
  let emulator = fresh();
  return {
    /** Variables with which both programs find it and sign in. */
    env: { ...environmentOf({ origin, caFile, identity: emulator.identity }) },
    /** Requests since the last `reset`, and how many answers had to be waited for one after the other. */
    traffic: () => `${requests} (${rounds})`,
    /** Counts anew; answers take so long from now on. Keeps what was registered where `keeps`. */
    reset(wanted: Latency, keeps: boolean): void {
      latency = wanted;
      [requests, rounds] = [0, 0];
      if (!keeps) emulator = fresh();
    },
  };
}

/** What azureml.yml of each project names, too. */
const COMPUTE = "cpu-cluster";
const ENVIRONMENT = "kedro-env";

/** Nodes of one module; larger projects have more modules, as `find_pipelines()` collects them. */
const NODES_OF_MODULE = 20;

/** The files of a project with so many nodes in a row, and a job `main` that runs all of them. */
function projectFiles(nodes: number): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    "pyproject.toml": `[tool.kedro]
package_name = "bench"
project_name = "bench"
kedro_init_version = "1.7.0"
source_dir = "src"
`,
    ".amlignore": "data/\n__pycache__/\n",
    "src/bench/__init__.py": "",
    "src/bench/settings.py": "",
    "src/bench/pipelines/__init__.py": "",
    "src/bench/pipeline_registry.py": `from kedro.framework.project import find_pipelines


def register_pipelines():
    pipelines = find_pipelines()
    pipelines["__default__"] = sum(pipelines.values())
    return pipelines
`,
    "conf/base/catalog.yml": "data_0: {type: pandas.CSVDataset, filepath: data/source.csv}\n",
    "conf/base/parameters.yml": "rate: 0.5\n",
    // The plugin asks before it runs with an empty environment.
    "conf/local/parameters.yml": "local: true\n",
    "conf/base/azureml.yml": `workspace: {__default__: ${JSON.stringify(WORKSPACE)}}
compute: {__default__: {cluster_name: ${COMPUTE}}}
execution: {environment: ${ENVIRONMENT}@latest, code_directory: "."}
jobs: {main: {pipeline: {pipeline_name: __default__}, experiment_name: bench}}
`,
  };
  for (let from = 0; from < nodes; from += NODES_OF_MODULE) {
    const to = Math.min(from + NODES_OF_MODULE, nodes);
    files[`src/bench/pipelines/part_${from}/__init__.py`] = `from kedro.pipeline import Pipeline, node


def step(x, rate):
    return x


def create_pipeline(**kwargs):
    return Pipeline([
        node(step, [f"data_{i}", "params:rate"], f"data_{i + 1}", name=f"step_{i}") for i in range(${from}, ${to})
    ])
`;
    files[`conf/base/catalog_${from}.yml`] =
      `data_${to}: {type: pandas.ParquetDataset, filepath: data/${to}.parquet}\n`;
  }
  return files;
}

if (import.meta.main) {
  const text = await tables(Deno.args.length > 0 ? Deno.args.map(Number) : NODES);
  await Deno.stdout.write(new TextEncoder().encode(text));
  Deno.exit();
}
