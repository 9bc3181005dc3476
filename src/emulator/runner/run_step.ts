import { durationText } from "../../core/text/duration.ts";
import { basename, join } from "node:path";
import type { ComponentSpec, JobNode, PipelineJob } from "../check/job_shapes.ts";
import { findResource, type World } from "../world/world.ts";
import { portSources, specOf } from "./bindings.ts";
import { blobPlaceOf, downloadBlobs } from "./blob_folder.ts";
import { commandLine, type Ports } from "./command_line.ts";
import { type DataFinder, DataMissing } from "./data_assets.ts";
import {
  copyTree,
  LEFTOVERS,
  makeFolders,
  makeReadOnly,
  removeTree,
  runTool,
  type StepMachine,
  stopLeftovers,
  withPlainPath,
} from "./programs.ts";
import { isolating, type Isolation } from "./isolation.ts";
import { ranksOf } from "./ranks.ts";
import measure from "./measure.py" with { type: "text" };
import { stepEnvironment, type StepPlace } from "./step_environment.ts";
import type { FileSystem } from "../../core/context.ts";
import type { StepUsage } from "../world/execution.ts";

/** A step to run. */
export interface StepTask extends StepPlace {
  readonly step: string;
  /** Returns the folder of another step of the same job, whose outputs this one may read. */
  readonly folderOf: (step: string) => string;
  readonly signal: AbortSignal;
}

/** What all steps share. */
export interface StepServices {
  readonly world: World;
  readonly machine: StepMachine;
  readonly data: DataFinder;
  /** Absolute path of the folder for all files of the steps. */
  readonly root: string;
  readonly isolation: Isolation | undefined;
  /** Folder for one copy of each code asset. */
  readonly codeFolder: string;
  /** Copies by code asset id. */
  readonly codes: Map<string, Promise<string>>;
}

/**
 * Runs one step: creates its folders and its copy of the code, mounts its inputs, and runs its command in bash, once
 * for each rank.
 *
 * @returns the error as Azure ML would report it; `undefined` if the step completed.
 */
export async function runStep(shop: StepServices, task: StepTask): Promise<string | undefined> {
  const { world, machine } = shop;
  const job = findResource(world, `${task.job.workspace.id}/jobs/${task.job.name}`)!
    .properties as PipelineJob;
  const node = job.jobs[task.step]!;
  const spec = specOf(world, node);
  await removeTree(machine, task.folder);
  const folders = ["wd", "home", "tmp", "mounts", "outputs", "logs/user_logs", USAGE_FOLDER];
  await makeFolders(machine, ...folders.map((name) => join(task.folder, name)));
  return await withPlainPath(
    machine,
    task.folder,
    (folder) => runPrepared(shop, { ...task, folder }, { job, node, spec }),
  );
}

async function runPrepared(
  shop: StepServices,
  task: StepTask,
  parts: StepParts,
): Promise<string | undefined> {
  const { machine } = shop;
  const { node, spec } = parts;
  const mounted = await mount(shop, task, parts);
  if (typeof mounted === "string") return mounted;
  const { ports, found } = mounted;
  if (spec.code) await copyTree(machine, `${await codeOf(shop, spec.code)}/.`, join(task.folder, "wd"));
  const { line, unknown } = commandLine(spec.command, ports);
  if (unknown.length > 0) return `The command uses ${unknown.join(", ")}, which the step does not have.`;
  const { root, isolation } = shop;
  const before = isolating(isolation, { root, folder: task.folder, inputs: found });
  const error = await runRanks(shop, task, { node, spec, line, ports, before });
  if (isolation === undefined) await stopLeftovers(machine, task.runId);
  if (error === undefined) await makeReadOnly(machine, join(task.folder, "outputs"));
  return error;
}

interface StepParts {
  readonly job: PipelineJob;
  readonly node: JobNode;
  readonly spec: ComponentSpec;
}

/** The paths of a step's inputs and outputs, and the files and folders that its inputs are links to. */
interface Mounted {
  readonly ports: Ports;
  readonly found: readonly string[];
}

/** Mounts the inputs and creates the output folders. @returns the ports, or an error message. */
async function mount(
  shop: StepServices,
  { folder, folderOf, job: { workspace } }: StepTask,
  { job, node, spec }: StepParts,
): Promise<Mounted | string> {
  const all: string[] = [];
  const inputs: Record<string, string> = {};
  for (const [name, source] of portSources(job, node, spec)) {
    if (source.kind === "literal") {
      inputs[name] = source.value;
      continue;
    }
    try {
      const found = source.kind === "step"
        ? await outputOf(shop, folderOf(source.step), source.output)
        : await shop.data.find(workspace, source.reference, source.type);
      all.push(await shop.machine.fs.realPath(found) ?? found);
      inputs[name] = await link(shop, found, join(folder, "mounts", `INPUT_${name}`));
    } catch (thrown) {
      if (thrown instanceof DataMissing) return `Cannot mount input '${name}'. ${thrown.message}`;
      throw thrown;
    }
  }
  const outputs: Record<string, string> = {};
  for (const [name, { type }] of Object.entries(spec.outputs ?? {})) {
    const path = join(folder, "outputs", name);
    await makeFolders(shop.machine, path);
    outputs[name] = type === "uri_file" ? join(path, name) : path;
  }
  return { ports: { inputs, outputs }, found: all };
}

/**
 * The folder of an earlier step's output. Blob storage has no empty folders, so an output without files cannot be
 * mounted, and Azure ML fails the step with this error: https://github.com/getindata/kedro-azureml/issues/56.
 */
async function outputOf({ machine: { fs } }: StepServices, folder: string, name: string): Promise<string> {
  const path = join(folder, "outputs", name);
  const isThere = await fs.stat(path) !== undefined;
  if (isThere && (await Array.fromAsync(fs.walk(path, () => true))).some(({ kind }) => kind !== "folder")) {
    return path;
  }
  throw new DataMissing(
    "ScriptExecution.StreamAccess.NotFound: StreamAccessException was caused by NotFoundException. " +
      `Found no resources for the input provided: the step that makes it wrote nothing to its output '${name}'.`,
  );
}

/** Links a folder, or a file by its name, at a mount point, and returns the path. */
async function link({ machine }: StepServices, target: string, mountPoint: string): Promise<string> {
  const isFile = (await machine.fs.stat(target))?.kind === "file";
  if (!isFile) {
    await runTool(machine, "ln", "-s", "--", target, mountPoint);
    return mountPoint;
  }
  const path = join(mountPoint, target.split("/").at(-1)!);
  await makeFolders(machine, mountPoint);
  await runTool(machine, "ln", "-s", "--", target, path);
  return path;
}

/** The folder with the files of a code asset, which are downloaded once from the emulator's storage. */
function codeOf({ world, machine, codes, codeFolder }: StepServices, reference: string): Promise<string> {
  const id = reference.replace(/^azureml:/, "");
  const found = codes.get(id) ?? download();
  codes.set(id, found);
  return found;

  async function download(): Promise<string> {
    const folder = join(codeFolder, machine.random.uuid());
    const place = blobPlaceOf(world, String(findResource(world, id)!.properties.codeUri));
    await downloadBlobs(world, machine, place!, folder);
    return folder;
  }
}

/**
 * The bash script for each rank. A background process waits for the end of standard input, which occurs when the
 * emulator exits for any reason, and then kills the step's processes, so that none outlives the emulator. It also
 * occurs when the rank itself has ended: then other ranks go on.
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
  { node, spec, line, ports, before }: Omit<StepParts, "job"> & {
    readonly line: string;
    readonly ports: Ports;
    /** The words that isolate the command. */
    readonly before: readonly string[];
  },
): Promise<string | undefined> {
  const limitMs = durationMs(node.limits?.timeout ?? spec.limits?.timeout);
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
        ...before,
      ],
      {
        cwd: join(task.folder, "wd"),
        env: { ...env, ...rank.env },
        clearEnv: true,
        diesWithParent: true,
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

/** The error message for a failed step, as Azure ML words it. */
function failure(status: number, logFile: string): string {
  return `Execution failed. User process 'bash' exited with status code ${status}. ` +
    `Please check log file '${logFile}' for error details.`;
}

const DURATION =
  /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000];

/**
 * Converts a step's time limit to milliseconds: an ISO 8601 duration such as `PT1H30M`, or a number of seconds;
 * `undefined` for anything else.
 */
export function durationMs(limit: string | number | null | undefined): number | undefined {
  if (typeof limit === "number") return limit * 1000;
  const parts = DURATION.exec(limit ?? "");
  if (parts !== null) {
    return parts.slice(1).reduce((sum, part, at) => sum + Number(part ?? 0) * UNITS_MS[at]!, 0);
  }
  return /^\d+$/.test(limit ?? "") ? Number(limit) * 1000 : undefined;
}

/** Folder below a step's folder to which `measure.py` writes, one file for each rank. */
export const USAGE_FOLDER = "usage";

/** Reads what the processes of a step used: the largest memory, and the sum of the processor times. */
export async function readUsage(fs: FileSystem, folder: string): Promise<StepUsage | undefined> {
  const root = join(folder, USAGE_FOLDER);
  if (await fs.stat(root) === undefined) return undefined;
  const found: StepUsage[] = [];
  for await (const { path, kind } of fs.walk(root, () => true)) {
    if (kind === "file") found.push(JSON.parse(await fs.readText(path)));
  }
  if (found.length === 0) return undefined;
  return {
    peakBytes: Math.max(...found.map(({ peakBytes }) => peakBytes)),
    cpuMs: found.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}
