import { join } from "node:path";
import type { FileSystem } from "../../core/context.ts";
import { ownValue } from "../../core/json.ts";
import type { RunUsage } from "../../core/run.ts";
import type { ComponentSpec, JobNode } from "../arm/shapes.ts";
import type { JobRecord } from "../state/world.ts";

/** One process of a step. */
interface Rank {
  /** Environment variables that give its rank among the processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Path of the log file for its output, as on Azure ML. */
  readonly logFile: string;
}

/**
 * The processes of a step: one, or as many as its distribution specifies, with the variables that Azure ML sets for
 * each (https://learn.microsoft.com/azure/machine-learning/how-to-train-distributed-gpu). All run on this machine.
 *
 * @param firstPort First port of the loopback interface for communication between the processes; not checked to be
 *   free.
 */
export function ranksOf(node: JobNode, spec: ComponentSpec, firstPort: number): readonly Rank[] {
  const distribution = node.distribution ?? spec.distribution;
  if (!distribution) return [{ env: {}, logFile: "user_logs/std_log.txt" }];
  // Azure ML writes the numbers of a component as text.
  const nodes = Number(node.resources?.instance_count ?? spec.resources?.instance_count ?? 1);
  const perNode = Number(distribution.process_count_per_instance ?? 1);
  const type = ("distribution_type" in distribution ? distribution.distribution_type : distribution.type)
    .toLowerCase();
  const envs = type === "tensorflow"
    ? tensorFlow(
      Number(distribution.worker_count ?? nodes),
      Number(distribution.parameter_server_count ?? 0),
      firstPort,
    )
    : Array.from(
      { length: nodes * perNode },
      (_, rank) => (type === "mpi" ? openMpi : pytorch)(rank, nodes, perNode, firstPort),
    );
  return envs.map((env, at) => ({ env, logFile: `user_logs/std_log_process_${at}.txt` }));
}

function pytorch(rank: number, nodes: number, perNode: number, port: number): Rank["env"] {
  return {
    MASTER_ADDR: "127.0.0.1",
    MASTER_PORT: String(port),
    WORLD_SIZE: String(nodes * perNode),
    NODE_RANK: String(Math.floor(rank / perNode)),
    RANK: String(rank),
    LOCAL_RANK: String(rank % perNode),
  };
}

function openMpi(rank: number, nodes: number, perNode: number): Rank["env"] {
  return {
    OMPI_COMM_WORLD_RANK: String(rank),
    OMPI_COMM_WORLD_SIZE: String(nodes * perNode),
    OMPI_COMM_WORLD_LOCAL_RANK: String(rank % perNode),
    OMPI_COMM_WORLD_LOCAL_SIZE: String(perNode),
  };
}

function tensorFlow(workers: number, servers: number, port: number): readonly Rank["env"][] {
  const addresses = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => `127.0.0.1:${port + from + at}`);
  const cluster = {
    worker: addresses(workers, 0),
    ...(servers > 0 && { ps: addresses(servers, workers) }),
  };
  const tasks = Object.entries(cluster).flatMap(([type, list]) => list.map((_, index) => ({ type, index })));
  return tasks.map((task) => ({ TF_CONFIG: JSON.stringify({ cluster, task }) }));
}

/** Folder below a step's folder to which `measure_usage.py` writes, one file for each rank. */
export const USAGE_FOLDER = "usage";

/** Reads what the processes of a step used: the largest memory, and the sum of the processor times. */
export async function readUsage(fs: FileSystem, folder: string): Promise<RunUsage | undefined> {
  const root = join(folder, USAGE_FOLDER);
  if (await fs.stat(root) === undefined) return undefined;
  const ofRanks: RunUsage[] = [];
  for await (const { path, kind } of fs.walk(root, () => true)) {
    if (kind === "file") ofRanks.push(JSON.parse(await fs.readText(path)));
  }
  if (ofRanks.length === 0) return undefined;
  return {
    peakBytes: Math.max(...ofRanks.map(({ peakBytes }) => peakBytes)),
    cpuMs: ofRanks.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

export interface StepPlace {
  readonly job: JobRecord;
  readonly runId: string;
  /** Absolute path of the folder for all files of the step. */
  readonly folder: string;
  readonly bin: string | undefined;
  /**
   * The store that MLflow logs to, by a URI such as `sqlite:////tmp/x/mlflow.db`; `undefined` if the step's Python has
   * no MLflow.
   */
  readonly tracking: { readonly uri: string; readonly experimentId: string } | undefined;
}

/** Folders with the system's programs, in the format of PATH. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment variables of a step, besides those of its job and its rank: what Azure ML sets for every command
 * (https://learn.microsoft.com/azure/machine-learning/how-to-use-environments, and `AZUREML_PARAMETER_…` as in the
 * documentation of azure-ai-ml's `CommandJob`), its own home and temporary folder, and unbuffered Python output, so
 * that logs can be followed. `DO_NOT_TRACK` keeps kedro-telemetry from sending, which takes seconds per step
 * without network. Nothing is taken from the user's environment.
 *
 * MLflow logs to a store on this machine instead of the workspace, which needs no token. As on Azure ML, the step's run
 * is already there, with the id of the step, and `mlflow.start_run()` continues it.
 */
export function stepEnvironment(
  { job, runId, folder, bin, tracking }: StepPlace,
  { inputs, outputs }: Ports,
): Readonly<Record<string, string>> {
  const { workspace, experimentName, name } = job;
  return {
    PATH: bin === undefined ? SYSTEM_PATH : `${bin}:${SYSTEM_PATH}`,
    HOME: `${folder}/home`,
    TMPDIR: `${folder}/tmp`,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    DO_NOT_TRACK: "1",
    AZUREML_RUN_ID: runId,
    AZUREML_ROOT_RUN_ID: name,
    AZUREML_ARM_SUBSCRIPTION: workspace.subscription,
    AZUREML_ARM_RESOURCEGROUP: workspace.resourceGroup,
    AZUREML_ARM_WORKSPACE_NAME: workspace.name,
    AZUREML_ARM_PROJECT_NAME: experimentName,
    AZUREML_WORKSPACE_ID: workspace.workspaceId,
    AZUREML_WORKSPACE_SCOPE: workspace.id,
    ...(tracking && {
      MLFLOW_TRACKING_URI: tracking.uri,
      MLFLOW_RUN_ID: runId,
      MLFLOW_EXPERIMENT_ID: tracking.experimentId,
      MLFLOW_EXPERIMENT_NAME: experimentName,
    }),
    AZUREML_EXPERIMENT_SCOPE: `${workspace.id}/experiments/${experimentName}`,
    ...Object.fromEntries(
      Object.entries({ ...inputs, ...outputs }).map(([port, value]) => [`AZUREML_PARAMETER_${port}`, value]),
    ),
  };
}

/** The values of `${{inputs.x}}` and `${{outputs.x}}` in a command: paths, or literal values. */
export interface Ports {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Fills in the inputs and outputs in a step's command. As on Azure ML, values are not quoted, and a part in `$[[…]]` is
 * omitted if an optional input in it has no value.
 *
 * @returns the shell command, and in `unknown` the names that it uses but the step does not have.
 */
export function commandLine(
  { command, inputs }: Pick<ComponentSpec, "command" | "inputs">,
  ports: Ports,
): { readonly line: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const valueOf = (kind: string, name: string) => ownValue(ports[kind as keyof Ports], name);
  const withOptional = command.replace(/\$\[\[(.*?)\]\]/gs, (_, part: string) => {
    const unset = [...part.matchAll(PORT)].filter(([, kind, name]) => valueOf(kind!, name!) === undefined);
    const isOptional = unset.every(([, kind, name]) =>
      kind === "inputs" && Object.hasOwn(inputs ?? {}, name!)
    );
    return unset.length > 0 && isOptional ? "" : part;
  });
  const line = withOptional.replace(PORT, (whole, kind: string, name: string) => {
    const value = valueOf(kind, name);
    if (value === undefined) unknown.push(`${kind}.${name}`);
    return value ?? whole;
  });
  return { line, unknown };
}

const PORT = /\$\{\{\s*(inputs|outputs)\.(\w+)\s*\}\}/g;
