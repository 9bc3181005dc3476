import { join } from "node:path";
import type { FileSystem } from "../../core/context.ts";
import type { RunUsage } from "../../core/run.ts";
import type { ComponentSpec, JobNode } from "../check/job_shapes.ts";

/** One process of a step. */
export interface Rank {
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
