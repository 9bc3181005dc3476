import { fileURLToPath } from "node:url";
import type { Latency, LocalAzure, Traffic } from "./azure.ts";
import { type Held, type Line, medians, peakMemory } from "./measure.ts";
import type { Plugin } from "./plugin.ts";
import { runProgram } from "../shared/run_program.ts";

/** What is measured with. */
export interface Bench {
  readonly executable: string;
  readonly plugin: Plugin;
  /** Holds the projects, as `nodes-N` and `imports`. */
  readonly folder: string;
  readonly azure: LocalAzure;
  readonly turns: number;
}

/** Milliseconds; `plugin` is absent where it was not measured. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly again?: number;
  readonly plugin?: number | undefined;
}

/** A row of `compile`. */
export interface CompileRow extends Row {
  readonly nodes: number;
  readonly again: number;
}

/** A row of `submit`. */
export interface SubmitRow extends CompileRow {
  readonly latency: Latency;
  readonly traffic: {
    readonly ours: Traffic;
    readonly again: Traffic;
    readonly plugin?: Traffic | undefined;
  };
}

/** The most memory that is held at once. */
export interface MemoryRow {
  readonly nodes: number;
  readonly ours: Held | undefined;
  readonly again: Held | undefined;
  readonly plugin: Held | undefined;
}

/** The plugin takes minutes above this, and the difference is plain below. */
const MOST_NODES_OF_PLUGIN = 1000;

/** A busy machine takes longer than a command waits for by default. */
const READ_TIMEOUT = ["--read-timeout", "600"];

const script = fileURLToPath(new URL("run_kedro.py", import.meta.url));

/** A command line of this program. */
export function ours({ executable, azure, folder }: Bench, args: readonly string[], cwd?: string): Line {
  const env = {
    ...azure.env,
    XDG_CACHE_HOME: `${folder}/cache`,
    XDG_STATE_HOME: stateFolder(folder),
    NO_COLOR: "1",
  };
  return { program: executable, args, env, ...(cwd !== undefined && { cwd }) };
}

/** Where this program remembers the jobs that it submitted. */
function stateFolder(folder: string): string {
  return `${folder}/state`;
}

/** A command line of `kedro azureml`; none where the plugin is missing. */
export function plugins({ plugin, azure, folder }: Bench, args: readonly string[], cwd?: string): Line[] {
  if ("missing" in plugin) return [];
  const env = {
    ...azure.env,
    AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
    KEDRO_DISABLE_TELEMETRY: "1",
    // As an installed Python has it: compiled files are kept.
    PYTHONPYCACHEPREFIX: `${folder}/pycache`,
    PYTHONDONTWRITEBYTECODE: "",
  };
  return [{ program: plugin.python, args: [script, "azureml", ...args], env, ...(cwd && { cwd }) }];
}

/** Starting the program, against an empty one that was built in the same way. */
export async function startRows(bench: Bench): Promise<readonly Row[]> {
  const empty = await emptyProgram(bench.folder);
  const project = `${bench.folder}/nodes-2`;
  const there = await Deno.stat(project).then(() => project, () => bench.folder);
  const lines = [
    empty,
    ours(bench, ["--version"]),
    ours(bench, ["--help"]),
    ...plugins(bench, ["--help"], there),
  ];
  const [nothing = 0, version = 0, help = 0, theirs] = await medians(lines, 2 * bench.turns + 1);
  return [
    { what: "an empty program, built in the same way", ours: nothing },
    { what: "`--version`", ours: version },
    { what: "`--help`", ours: help, plugin: theirs },
  ];
}

/** Compiled by the same Deno; where the runtime cannot be had, Deno runs it, as it runs the unpacked program. */
async function emptyProgram(folder: string): Promise<Line> {
  const source = `${folder}/empty.js`;
  await Deno.writeTextFile(source, "Deno.exit(0);\n");
  const deno = Deno.env.get("DENO") || Deno.execPath();
  const program = `${folder}/empty`;
  const env = { DENO_DIR: `${folder}/deno` };
  const args = ["compile", "--quiet", "--no-config", "--no-code-cache", "--output", program, source];
  const { code } = await runProgram(deno, args, { env });
  if (code === 0) return { program, args: [] };
  return { program: deno, args: ["run", "--quiet", "--no-config", "--no-lock", "--no-code-cache", source] };
}

/** Compiling each project: the first time, again, and with the plugin. */
export async function compileRows(bench: Bench, nodes: readonly number[]): Promise<readonly CompileRow[]> {
  const rows: CompileRow[] = [];
  for (const count of nodes) {
    const project = `${bench.folder}/nodes-${count}`;
    const turns = turnsOf(bench, count);
    const remembered = ours(
      bench,
      ["compile", "main", "-o", `${bench.folder}/ours.yaml`, ...READ_TIMEOUT],
      project,
    );
    await medians([remembered], 1, { warm: false });
    const [first = 0, again = 0, plugin] = await medians(
      [
        ours(
          bench,
          ["compile", "main", "-o", `${bench.folder}/ours.yaml`, "--no-cache", ...READ_TIMEOUT],
          project,
        ),
        remembered,
        ...count > MOST_NODES_OF_PLUGIN
          ? []
          : plugins(bench, ["compile", "-j", "main", "-o", `${bench.folder}/plugin.yaml`], project),
      ],
      turns,
      { warm: turns > 1 },
    );
    rows.push({ what: `${count} nodes`, nodes: count, ours: first, again, plugin });
  }
  return rows;
}

/** Large projects take long, and vary less. */
function turnsOf({ turns }: Bench, nodes: number): number {
  return nodes >= 1000 ? 1 : nodes >= 200 ? Math.min(turns, 3) : turns;
}

/** Reading a project whose modules import packages that stubs replace; the plugin would need them all. */
export async function importsRow(bench: Bench): Promise<Row> {
  const [first = 0, again = 0] = await medians([
    ours(bench, ["inspect", "--no-cache"], `${bench.folder}/imports`),
    ours(bench, ["inspect"], `${bench.folder}/imports`),
  ], Math.min(bench.turns, 3));
  return { what: "`inspect`, 400 nodes in 20 modules that import 18 packages each", ours: first, again };
}

const SUBMIT = [
  "submit",
  "main",
  "--allow",
  "dataset.not_uploaded",
  "--allow",
  "dataset.local_between_steps",
];

/** Submitting at several latencies: to an Azure ML that has nothing of the project, and again without a change. */
export async function submitRows(
  bench: Bench,
  nodes: readonly number[],
  latencies: readonly Latency[],
): Promise<readonly SubmitRow[]> {
  const rows: SubmitRow[] = [];
  for (const count of nodes) {
    for (const latency of latencies) {
      const project = `${bench.folder}/nodes-${count}`;
      const seen: Traffic[] = [];
      const submit = (...more: string[]) => ours(bench, [...SUBMIT, ...more], project);
      const at = (index: number, keeps: boolean, line: Line): Line => ({
        ...line,
        async before() {
          // A record of a job that this Azure never had would cost a refusal.
          if (!keeps) await Deno.remove(stateFolder(bench.folder), { recursive: true }).catch(() => {});
          bench.azure.reset(latency, keeps);
        },
        after: () => void (seen[index] = bench.azure.traffic()),
      });
      const [first = 0, again = 0, plugin] = await medians([
        at(0, false, submit("--no-cache")),
        at(1, true, submit()),
        ...plugins(bench, ["run", "-j", "main"], project).map((line) => at(2, false, line)),
      ], turnsOf({ ...bench, turns: 3 }, count));
      const traffic = { ours: seen[0]!, again: seen[1]!, plugin: seen[2] };
      rows.push({ what: `${count} nodes`, nodes: count, latency, ours: first, again, plugin, traffic });
    }
  }
  return rows;
}

/** Peak memory of compiling a project. */
export async function memoryRow(bench: Bench, nodes: number): Promise<MemoryRow> {
  const project = `${bench.folder}/nodes-${nodes}`;
  const args = ["compile", "main", "-o", `${bench.folder}/ours.yaml`];
  const [plugin] = plugins(bench, ["compile", "-j", "main", "-o", `${bench.folder}/plugin.yaml`], project);
  return {
    nodes,
    ours: await peakMemory(ours(bench, [...args, "--no-cache"], project)),
    again: await peakMemory(ours(bench, args, project)),
    plugin: plugin && await peakMemory(plugin),
  };
}
