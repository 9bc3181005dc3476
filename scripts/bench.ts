/**
 * Measures the executable against what it is to be compared with, in one run and in turns, so that a busy machine
 * slows both: start-up against an empty program built the same way, and compiling two nodes against the Python plugin
 * whose `kedro` the variable `PLUGIN_KEDRO` names. Fails where a limit is missed.
 */

import { runProgram } from "./run_program.ts";

const EXECUTABLE = `${Deno.cwd()}/dist/kedro-azureml`;
const PROJECT = `${Deno.cwd()}/tests/golden/projects/tiny`;

/** A command line, and where it runs. */
interface Line {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Milliseconds that a command line takes to its end. @throws {Error} where that is not 0. */
async function timed({ program, args, cwd }: Line): Promise<number> {
  const startedAt = performance.now();
  const { code, stderr } = await runProgram(program, args, cwd === undefined ? {} : { cwd });
  if (code !== 0) throw new Error(`\`${program} ${args.join(" ")}\` ended with ${code}:\n${stderr}`);
  return performance.now() - startedAt;
}

/** The medians of lines that run in turns, after one run each that is not counted. */
async function medians(lines: readonly Line[], turns: number): Promise<readonly number[]> {
  const times = lines.map((): number[] => []);
  for (let turn = -1; turn < turns; turn++) {
    for (const [i, line] of lines.entries()) {
      const ms = await timed(line);
      if (turn >= 0) times[i]!.push(ms);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[all.length >> 1]!);
}

async function startUp(folder: string): Promise<boolean> {
  const empty = await emptyProgram(folder);
  const [nothing = 0, ...ours] = await medians([
    empty,
    { program: EXECUTABLE, args: ["--version"] },
    { program: EXECUTABLE, args: ["--help"] },
  ], 21);
  say(`an empty program    ${ms(nothing)}  (${empty.args.length === 0 ? "compiled" : "run by Deno"})`);
  const names = ["--version", "--help"];
  for (const [i, our] of ours.entries()) {
    say(`${names[i]!.padEnd(18)}  ${ms(our)}  ${(our / nothing).toFixed(2)} times that, at most 1.5 wanted`);
  }
  return ours.every((our) => our / nothing <= 1.5);
}

/** Compiled by the same Deno; where the runtime is not at hand, Deno runs it, as it runs the unpacked program. */
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

async function compiling(folder: string): Promise<boolean> {
  const ours = { program: EXECUTABLE, cwd: PROJECT };
  const lines: Line[] = [
    { ...ours, args: ["compile", "-j", "main", "-o", `${folder}/ours.yaml`] },
    { ...ours, args: ["inspect"] },
  ];
  const plugin = Deno.env.get("PLUGIN_KEDRO");
  if (!plugin) say("The plugin is not compared: PLUGIN_KEDRO names no `kedro` that has it");
  else {lines.push({
      program: plugin,
      args: ["azureml", "compile", "-j", "main", "-o", `${folder}/plugin.yaml`],
      cwd: PROJECT,
    });}
  const [compile = 0, inspect = 0, theirs] = await medians(lines, 7);
  say(`compile, two nodes  ${ms(compile)}\ninspect, two nodes  ${ms(inspect)}`);
  if (theirs === undefined) return true;
  say(`the plugin's        ${ms(theirs)}  ${(theirs / compile).toFixed(1)} times ours, at least 5 wanted`);
  return theirs / compile >= 5;
}

function ms(time: number): string {
  return `${time.toFixed(0).padStart(6)} ms`;
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  let reached = false;
  try {
    reached = await startUp(folder);
    reached = await compiling(folder) && reached;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  Deno.exit(reached ? 0 : 1);
}
