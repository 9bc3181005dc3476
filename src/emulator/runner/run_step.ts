import { durationText } from "../../core/format.ts";
import { basename, join } from "node:path";
import { codeOf, mount, specOf, type StepParts, type StepServices, type StepTask } from "./mounts.ts";
import { commandLine, type Ports, ranksOf, stepEnvironment, USAGE_FOLDER } from "./command.ts";
import {
  copyTree,
  LEFTOVERS,
  makeFolders,
  makeReadOnly,
  removeTree,
  stopLeftovers,
  withPlainPath,
} from "./programs.ts";
import { isolating } from "./isolation.ts";
import measure from "./measure_usage.py" with { type: "text" };
import { bodyOf } from "../jobs/simulated_timeline.ts";

/**
 * Runs one step: creates its folders and its copy of the code, mounts its inputs, and runs its command in bash, once
 * for each rank.
 *
 * @returns the error as Azure ML would report it; `undefined` if the step completed.
 */
export async function runStep(services: StepServices, task: StepTask): Promise<string | undefined> {
  const { world, machine } = services;
  const job = bodyOf(world, task.job);
  const node = job.jobs[task.step]!;
  const spec = specOf(world, node);
  await removeTree(machine, task.folder);
  const folders = ["wd", "home", "tmp", "mounts", "outputs", "logs/user_logs", USAGE_FOLDER];
  await makeFolders(machine, ...folders.map((name) => join(task.folder, name)));
  return await withPlainPath(
    machine,
    task.folder,
    (folder) => runPrepared(services, { ...task, folder }, { job, node, spec }),
  );
}

async function runPrepared(
  services: StepServices,
  task: StepTask,
  parts: StepParts,
): Promise<string | undefined> {
  const { machine } = services;
  const { node, spec } = parts;
  const mounted = await mount(services, task, parts);
  if (typeof mounted === "string") return mounted;
  const { ports, targets } = mounted;
  if (spec.code) await copyTree(machine, `${await codeOf(services, spec.code)}/.`, join(task.folder, "wd"));
  const { line, unknown } = commandLine(spec, ports);
  if (unknown.length > 0) return `The command uses ${unknown.join(", ")}, which the step does not have.`;
  const { root, isolation } = services;
  const isolationPrefix = isolating(isolation, { root, folder: task.folder, inputs: targets });
  const error = await runRanks(services, task, { node, spec, line, ports, isolationPrefix });
  if (isolation === undefined) await stopLeftovers(machine, task.runId);
  if (error === undefined) await makeReadOnly(machine, join(task.folder, "outputs"));
  return error;
}

/**
 * The bash script for each rank. A background process waits for the end of standard input, which occurs when the
 * emulator exits for any reason, and then kills the step's processes, so that none outlives the emulator.
 * Standard input also ends when the rank itself has ended; then only this rank's own processes are killed, and other
 * ranks continue.
 */
const IN_BASH = `${LEFTOVERS}
exec 3<&0 </dev/null
(read -r _ <&3
if kill -0 $$; then
  for pid in $(leftovers "$AZUREML_RUN_ID"); do [ "$pid" = "$BASHPID" ] || kill -KILL "$pid"; done
fi
kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
line=$1 log=$2 measure=$3 usage=$4
shift 4
command -v python3 >/dev/null && exec "$@" python3 -ISc "$measure" "$line" "$usage" >"$log" 2>&1
exec "$@" bash -c "$line" >"$log" 2>&1`;

async function runRanks(
  { machine }: StepServices,
  task: StepTask,
  { node, spec, line, ports, isolationPrefix }: Omit<StepParts, "job"> & {
    readonly line: string;
    readonly ports: Ports;
    readonly isolationPrefix: readonly string[];
  },
): Promise<string | undefined> {
  const limitMs = limitToMs(node.limits?.timeout ?? spec.limits?.timeout);
  const others = new AbortController();
  const signal = AbortSignal.any([task.signal, others.signal]);
  const env = { ...stepEnvironment(task, ports), ...node.environment_variables };
  const ranks = ranksOf(node, spec, 20_000 + Math.floor(machine.random.number() * 30_000));
  const errors = await Promise.all(ranks.map(async (rank) => {
    const exit = await machine.exec(
      "bash",
      [
        ...["-c", IN_BASH, "step", line, join(task.folder, "logs", rank.logFile), measure],
        join(task.folder, USAGE_FOLDER, basename(rank.logFile)),
        ...isolationPrefix,
      ],
      {
        cwd: join(task.folder, "wd"),
        env: { ...env, ...rank.env },
        clearEnv: true,
        noticesParentEnd: true,
        signal,
        ...(limitMs !== undefined && { timeoutMs: limitMs }),
      },
    );
    if (exit.status === 0 && !exit.timedOut || others.signal.aborted) return undefined;
    others.abort();
    if (exit.timedOut) {
      return `The step exceeded its time limit of ${durationText(limitMs!)} and was stopped.`;
    }
    return exit.found ? failure(exit.status, rank.logFile) : "The program bash is missing on this machine.";
  }));
  return errors.find((error) => error !== undefined);
}

function failure(status: number, logFile: string): string {
  return `Execution failed. User process 'bash' exited with status code ${status}. ` +
    `Please check log file '${logFile}' for error details.`;
}

const DURATION =
  /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds of a time limit such as `PT1H30M` or a number of seconds; `undefined` for anything else. */
export function limitToMs(limit: string | number | null | undefined): number | undefined {
  if (typeof limit === "number") return limit * 1000;
  const parts = DURATION.exec(limit ?? "");
  if (parts !== null) {
    return parts.slice(1).reduce((sum, part, at) => sum + Number(part ?? 0) * UNITS_MS[at]!, 0);
  }
  return /^\d+$/.test(limit ?? "") ? Number(limit) * 1000 : undefined;
}
