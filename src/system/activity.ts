/** Work done so far by a group of processes. */
export interface Activity {
  /** Processor time in a system-specific unit; it only increases. */
  readonly used: number;
  /** Whether a process is waiting for a disk, which is progress that uses no processor time. */
  readonly isReading: boolean;
}

/**
 * Sums up the work of a process group; `undefined` if the system cannot report it. Runs `cat` or `ps`, because Deno
 * itself requires all permissions to read /proc.
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

/** One process of the system. */
export interface Process {
  readonly group: number;
  /** State as one letter; D and U mean waiting for a disk. */
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

/** Parses `stat` files of /proc, one per line (see proc_pid_stat(5)). */
export function* linuxProcesses(stats: string): Iterable<Process> {
  for (const line of stats.split("\n")) {
    // The program name comes before the last ")" and may itself contain brackets and spaces.
    const [state, , group, ...fields] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const times = fields.slice(8, 12).map(Number);
    if (times.length < 4) continue;
    yield { group: Number(group), state: state!, used: times.reduce((sum, time) => sum + time, 0) };
  }
}

/** Parses the output of `ps -o pgid=,state=,time=`; times look like `1-02:03:04`. */
export function* psProcesses(lines: string): Iterable<Process> {
  for (const [, group, state, time] of lines.matchAll(/^\s*(\d+)\s+(\S+)\s+(\S+)\s*$/gm)) {
    const used = time!.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
    yield { group: Number(group), state: state!, used };
  }
}
