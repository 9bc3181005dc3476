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
  /** The most of it that were pages of files, such as of the executable, in bytes. */
  readonly fileBytes: number | undefined;
}

/** Runs a command line to its end. @throws {Error} if its status is not 0. */
export async function measuredRun(line: Line): Promise<Run> {
  const startedAt = performance.now();
  const child = start(line, "piped");
  let peakBytes: number | undefined;
  let fileBytes: number | undefined;
  const look = setInterval(() => {
    peakBytes = statusBytes(child.pid, "VmHWM") ?? peakBytes;
    const fileNow = statusBytes(child.pid, "RssFile");
    if (fileNow !== undefined) fileBytes = Math.max(fileBytes ?? 0, fileNow);
  }, LOOK_MS);
  const { code, stdout, stderr } = await child.output();
  clearInterval(look);
  const ms = performance.now() - startedAt;
  if (code !== 0) {
    throw failed(line, code, [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join(""));
  }
  return { ms, peakBytes, fileBytes };
}

/** A number of bytes in the kernel's status of a process, such as the most memory that it has held; `undefined` after its end. */
function statusBytes(pid: number, name: "VmHWM" | "RssFile"): number | undefined {
  try {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(
      Deno.readTextFileSync(`/proc/${pid}/status`),
    );
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Memory of a process and its children in bytes, with what they share counted once. */
export interface Held {
  readonly bytes: number;
  /** What of it are pages of files, such as of the executable. */
  readonly fileBytes: number;
}

/** The most memory that a command line and the processes it starts hold at once; `undefined` outside of Linux. */
export async function peakMemory(line: Line): Promise<Held | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  await line.before?.();
  const child = start(line, "null");
  let peak = NOTHING;
  const look = setInterval(() => {
    const held = heldBy(child.pid);
    if (held.bytes > peak.bytes) peak = held;
  }, LOOK_MS);
  await child.status;
  clearInterval(look);
  return peak;
}

const NOTHING: Held = { bytes: 0, fileBytes: 0 };

function heldBy(pid: number): Held {
  try {
    const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    const own = (pattern: RegExp) => Number(pattern.exec(rollup)?.[1] ?? 0) * 1024;
    return childrenOf(pid).map(heldBy).reduce(
      (sum, { bytes, fileBytes }) => ({ bytes: sum.bytes + bytes, fileBytes: sum.fileBytes + fileBytes }),
      { bytes: own(/^Pss:\s+(\d+) kB/m), fileBytes: own(/^Pss_File:\s+(\d+) kB/m) },
    );
  } catch {
    return NOTHING;
  }
}

function childrenOf(pid: number): readonly number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ").filter(Boolean).map(Number)
  );
}
