import { runProgram } from "../shared/run_program.ts";

/** A command line, and where it runs. */
export interface Line {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before each time, uncounted. */
  readonly before?: () => void | Promise<void>;
  /** Looked at after each time. */
  readonly after?: () => void;
}

/** Milliseconds between two looks at a process tree. */
const LOOK_MS = 10;

/** Milliseconds that a command line takes to its end. @throws {Error} if its status is not 0. */
async function timed({ program, args, cwd, env, before, after }: Line): Promise<number> {
  await before?.();
  const startedAt = performance.now();
  const { code, stdout, stderr } = await runProgram(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: { ...env } }),
  });
  const tookMs = performance.now() - startedAt;
  if (code !== 0) throw failed({ program, args }, code, `${stdout}${stderr}`);
  after?.();
  return tookMs;
}

function failed({ program, args }: Line, code: number, printed: string): Error {
  return new Error(`\`${program} ${args.join(" ")}\` ended with ${code}:\n${printed.slice(-3000)}`);
}

/** Starts a command line, without input. */
function start({ program, args, cwd, env }: Line, output: "piped" | "null"): Deno.ChildProcess {
  return new Deno.Command(program, {
    args: [...args],
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: { ...env } }),
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
}

/** The number in the middle; of an even number of them, the larger of the two. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** Median milliseconds of lines that run in turns, so that a busy machine slows all; a first run of each is not counted. */
export async function medians(
  lines: readonly Line[],
  turns: number,
  { warm = true }: { readonly warm?: boolean } = {},
): Promise<readonly number[]> {
  const times = lines.map((): number[] => []);
  for (let turn = warm ? -1 : 0; turn < turns; turn++) {
    for (const [at, line] of lines.entries()) {
      const ms = await timed(line);
      if (turn >= 0) times[at]!.push(ms);
    }
  }
  return times.map(median);
}

/** What a command line took. */
export interface Run {
  readonly ms: number;
  /** The high water of its memory in bytes, without its children's; `undefined` outside of Linux. */
  readonly peakBytes: number | undefined;
}

/** Runs a command line to its end. @throws {Error} if its status is not 0. */
export async function measuredRun(line: Line): Promise<Run> {
  const startedAt = performance.now();
  const child = start(line, "piped");
  let peakBytes: number | undefined;
  const look = setInterval(() => peakBytes = highWater(child.pid) ?? peakBytes, LOOK_MS);
  const { code, stdout, stderr } = await child.output();
  clearInterval(look);
  const ms = performance.now() - startedAt;
  if (code !== 0) {
    throw failed(line, code, [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join(""));
  }
  return { ms, peakBytes };
}

/** The most memory in bytes that a process has held so far; `undefined` after its end. */
function highWater(pid: number): number | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
    return peak === null ? undefined : Number(peak[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** The most memory in bytes that a command line and the processes it starts hold at once; `undefined` outside of Linux. */
export async function peakMemory(line: Line): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  await line.before?.();
  const child = start(line, "null");
  let peak = 0;
  const look = setInterval(() => peak = Math.max(peak, treeBytes(child.pid)), LOOK_MS);
  await child.status;
  clearInterval(look);
  return peak;
}

/** Memory of a process and its children, with what they share counted once. */
function treeBytes(pid: number): number {
  try {
    const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    const own = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
    return childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), own);
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): readonly number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ").filter(Boolean).map(Number)
  );
}
