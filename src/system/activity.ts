/** What a group of processes has done so far. */
export interface Activity {
  /** Processor time in a unit of the system's own; it only grows. */
  readonly used: number;
  /** Whether one of them waits for a disk, which is work that takes no processor. */
  readonly isReading: boolean;
}

/**
 * Adds up what the processes of a group have done; `undefined` where the system does not tell. Other programs are asked,
 * because a Deno program needs every permission there is to look into /proc itself.
 */
export async function activityOf(group: number): Promise<Activity | undefined> {
  if (Deno.build.os === "linux") {
    const stats = await outputOf("sh", ["-c", "cat /proc/[0-9]*/stat 2>/dev/null"]);
    return stats ? total(linuxProcesses(stats), group) : undefined;
  }
  if (Deno.build.os !== "darwin") return undefined;
  const lines = await outputOf("ps", ["-A", "-o", "pgid=,state=,time="]);
  return lines ? total(psProcesses(lines), group) : undefined;
}

async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, { args: [...args], stderr: "null" }).output();
    return new TextDecoder().decode(stdout);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** One process. */
export interface Process {
  readonly group: number;
  /** One letter; D and U wait for a disk. */
  readonly state: string;
  readonly used: number;
}

function total(processes: Iterable<Process>, group: number): Activity {
  let [used, isReading] = [0, false];
  for (const process of processes) {
    if (process.group !== group) continue;
    used += process.used;
    isReading ||= /^[DU]/.test(process.state);
  }
  return { used, isReading };
}

/** Reads the `stat` files of /proc, one line each. */
export function* linuxProcesses(stats: string): Iterable<Process> {
  for (const line of stats.split("\n")) {
    // The program's name stands before and may hold anything, brackets and spaces too.
    const [state, , group, ...fields] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const times = fields.slice(8, 12).map(Number);
    if (times.length < 4) continue;
    yield { group: Number(group), state: state!, used: times.reduce((sum, time) => sum + time, 0) };
  }
}

/** Reads lines of `ps -o pgid=,state=,time=`, whose time has colons. */
export function* psProcesses(lines: string): Iterable<Process> {
  for (const [, group, state, time] of lines.matchAll(/^\s*(\d+)\s+(\S+)\s+(\S+)\s*$/gm)) {
    const used = time!.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
    yield { group: Number(group), state: state!, used };
  }
}
