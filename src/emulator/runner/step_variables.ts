import type { ComponentSpec, JobNode } from "../arm/shapes.ts";
import type { JobRecord } from "../state/world.ts";
import type { Ports } from "./command.ts";

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

export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of a Python program that the emulator runs: nothing is taken from the user's. `DO_NOT_TRACK` keeps
 * kedro-telemetry from sending, which takes seconds per step without network.
 */
export function programVariables(bin: string | undefined, home: string): Readonly<Record<string, string>> {
  return {
    PATH: bin === undefined ? SYSTEM_PATH : `${bin}:${SYSTEM_PATH}`,
    HOME: home,
    LANG: "C.UTF-8",
    DO_NOT_TRACK: "1",
  };
}

/**
 * The environment variables of a step, besides those of its job and its rank: what Azure ML sets for every command
 * (https://learn.microsoft.com/azure/machine-learning/how-to-use-environments, and `AZUREML_PARAMETER_…` as in the
 * documentation of azure-ai-ml's `CommandJob`), its own home and temporary folder, and unbuffered Python output, so
 * that logs can be followed.
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
    ...programVariables(bin, `${folder}/home`),
    TMPDIR: `${folder}/tmp`,
    LC_ALL: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
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
