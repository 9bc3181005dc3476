/**
 * Compares the executable with the Python plugin, in turns against the same local Azure: `deno task bench [NODES…]`, after
 * `deno task build`, writes docs/benchmarks.md. Times are for reading: nothing here fails because a machine is slow. The
 * plugin is the one that `PLUGIN_KEDRO` names, else it is installed into `.peers/plugin`.
 */

import { fileURLToPath } from "node:url";
import { table } from "../docs/tables.ts";
import { FOLDER, installPeers } from "../peers/install.ts";
import { outputOf } from "../shared/run_program.ts";
import { type Latency, type LocalAzure, startAzure } from "./local_azure.ts";
import { writeProject } from "./projects.ts";

const EXECUTABLE = `${Deno.cwd()}/dist/kedro-azureml`;
const PAGE = "docs/benchmarks.md";
const NODES = [2, 200, 1000];
/** Nodes of the project that is submitted with the service times and limits of Azure. */
const AZURE_NODES = 20;
/** The first turn of each line is not counted. */
const TURNS = 4;

/** What is measured with. */
interface Bench {
  /** The Python that has the plugin. */
  readonly python: string;
  /** Holds the projects, as `nodes-N`, and all that both programs keep. */
  readonly folder: string;
  readonly azure: LocalAzure;
}

/** A command line, and where it runs. */
interface Line {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Runs before each turn, uncounted. */
  readonly before?: () => void | Promise<void>;
}

/** A command line of this program. */
function ours({ azure, folder }: Bench, nodes: number, args: readonly string[]): Line {
  const env = {
    ...azure.env,
    XDG_CACHE_HOME: `${folder}/cache`,
    XDG_STATE_HOME: `${folder}/state`,
    NO_COLOR: "1",
  };
  return { program: EXECUTABLE, args, env, cwd: `${folder}/nodes-${nodes}` };
}

/** A command line of `kedro azureml`. */
function plugins({ python, azure, folder }: Bench, nodes: number, args: readonly string[]): Line {
  const env = {
    ...azure.env,
    AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
    KEDRO_DISABLE_TELEMETRY: "1",
    // As an installed Python has it: compiled files are kept.
    PYTHONPYCACHEPREFIX: `${folder}/pycache`,
    PYTHONDONTWRITEBYTECODE: "",
  };
  const script = fileURLToPath(new URL("run_kedro.py", import.meta.url));
  return { program: python, args: [script, "azureml", ...args], env, cwd: `${folder}/nodes-${nodes}` };
}

/** Median milliseconds of lines that run in turns, so that a busy machine slows all. */
async function medians(lines: readonly Line[], turns = TURNS): Promise<readonly number[]> {
  const times = lines.map((): number[] => []);
  for (let turn = 0; turn < turns; turn++) {
    for (const [at, { program, args, env, cwd, before }] of lines.entries()) {
      await before?.();
      const startedAt = performance.now();
      await outputOf(program, args, { env, cwd });
      if (turn > 0 || turns === 1) times[at]!.push(performance.now() - startedAt);
    }
  }
  return times.map((all) => all.toSorted((a, b) => a - b)[all.length >> 1]!);
}

/** Large projects take long, and vary less. */
function turnsOf(nodes: number): number {
  return nodes >= 1000 ? 1 : TURNS;
}

function seconds(ms: number | undefined): string {
  if (ms === undefined) return "–";
  const s = ms / 1000;
  return `${s < 10 ? s.toFixed(2) : s.toFixed(1)} s`;
}

function times(theirs: number | undefined, own: number): string {
  return theirs === undefined ? "–" : `${(theirs / own).toFixed(1)}×`;
}

async function startTable(bench: Bench): Promise<string> {
  const [version, help, theirs] = await medians([
    ours(bench, 2, ["--version"]),
    ours(bench, 2, ["--help"]),
    plugins(bench, 2, ["--help"]),
  ]);
  return table(["", "this program", "plugin", "ratio"], [
    ["`--version`", seconds(version), "–", "–"],
    ["`--help`", seconds(help), seconds(theirs), times(theirs, help!)],
  ]);
}

/** Compiling each project: read with the embedded Kedro, again from the cache, and with the plugin. */
async function compileTable(bench: Bench, nodes: readonly number[]): Promise<string> {
  const rows = [];
  for (const count of nodes) {
    const args = ["compile", "main", "-o", `${bench.folder}/ours.yaml`, "--read-timeout", "600"];
    const again = ours(bench, count, args);
    await medians([again], 1);
    const [first, cached, plugin] = await medians([
      { ...again, args: [...args, "--no-cache"] },
      again,
      plugins(bench, count, ["compile", "-j", "main", "-o", `${bench.folder}/plugin.yaml`]),
    ], turnsOf(count));
    rows.push([`${count} nodes`, ...compared(first!, cached!, plugin!)]);
  }
  return table(["project", ...COMPARED], rows);
}

const COMPARED = ["first", "again", "plugin", "plugin / first", "plugin / again"];

function compared(first: number, again: number, plugin: number): readonly string[] {
  return [seconds(first), seconds(again), seconds(plugin), times(plugin, first), times(plugin, again)];
}

/** Submitting to an Azure ML that has nothing of the project, and again without a change, with what was sent. */
async function submitTable(
  bench: Bench,
  projects: readonly (readonly [nodes: number, latency: Latency])[],
): Promise<string> {
  const rows = [];
  for (const [nodes, latency] of projects) {
    const traffic: string[] = [];
    const at = (index: number, keeps: boolean, line: Line): Line => ({
      ...line,
      async before() {
        if (index > 0) traffic[index - 1] = sent(bench.azure);
        // A record of a job that this Azure never had would cost a refusal.
        if (!keeps) await Deno.remove(`${bench.folder}/state`, { recursive: true }).catch(() => {});
        bench.azure.reset(latency, keeps);
      },
    });
    const submit = ["submit", "main", "--allow", "dataset.not_uploaded,dataset.local_between_steps"];
    const [first, again, plugin] = await medians([
      at(0, false, ours(bench, nodes, [...submit, "--no-cache"])),
      at(1, true, ours(bench, nodes, submit)),
      at(2, false, plugins(bench, nodes, ["run", "-j", "main"])),
    ], turnsOf(nodes));
    traffic[2] = sent(bench.azure);
    const of = latency === "azure" ? "Azure's" : `${latency} ms`;
    rows.push([`${nodes} nodes`, of, ...compared(first!, again!, plugin!), traffic.join(", ")]);
  }
  return table(["project", "latency", ...COMPARED, "requests (rounds)"], rows);
}

function sent(azure: LocalAzure): string {
  const { requests, rounds } = azure.traffic();
  return `${requests} (${rounds})`;
}

/** A Python that has the plugin. @throws {Error} if it cannot be installed. */
async function pluginPython(): Promise<string> {
  const named = Deno.env.get("PLUGIN_KEDRO");
  if (named) return named.replace(/[^/]*$/, "python");
  const [plugin] = await installPeers(["plugin"]);
  if (plugin?.problem !== undefined) throw new Error(plugin.problem);
  return `${FOLDER}/plugin/bin/python`;
}

const VERSIONS = `
import platform
from importlib.metadata import version
names = "kedro", "kedro-azureml-pipeline", "azure-ai-ml"
print("Python", platform.python_version(), *(f"{name} {version(name)}" for name in names), sep=", ")`;

async function page(bench: Bench, nodes: readonly number[]): Promise<string> {
  const small = nodes.filter((count) => count < 1000);
  const versions = await outputOf(bench.python, ["-c", VERSIONS]);
  return `# Benchmarks

\`deno task bench\` wrote this page. It creates the projects, runs this program and the Python plugin in turns against the
same local emulator over HTTPS, and takes medians. Times depend on the machine and its load, so compare columns, not
numbers from different machines.

- Machine: ${Deno.build.target}, ${navigator.hardwareConcurrency} processors
- Plugin: ${versions.trim()}
- "first" reads the project with the embedded Kedro; "again" uses the cached result.

## Start

${await startTable(bench)}

## Compile

${await compileTable(bench, nodes)}

## Submit

"first" finds nothing of the project in Azure ML and uploads its code; "again" submits the same project once more. The
last column has the requests of each, and how many answers had to be waited for one after the other. With Azure's
latency, the emulator answers as slowly as recorded live Azure ML did and limits requests as it does.
[Some of this is assumed](differences.md#not-verified-on-live-azure), and the network adds its own time to
each round.

${await submitTable(bench, [...small.flatMap((n) => [[n, 0], [n, 100]] as const), [AZURE_NODES, "azure"]])}
`;
}

if (import.meta.main) {
  const nodes = Deno.args.length > 0 ? Deno.args.map(Number) : NODES;
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    for (const count of [...nodes, 2, AZURE_NODES]) await writeProject(`${folder}/nodes-${count}`, count);
    await using azure = await startAzure(folder);
    await Deno.writeTextFile(PAGE, await page({ python: await pluginPython(), folder, azure }, nodes));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  Deno.exit();
}
