import { join } from "node:path";
import type { DatabaseRow } from "../../core/context.ts";
import type { Disk } from "../state/disk.ts";
import type { StepExecution } from "../state/records.ts";

export const STATUSES: Readonly<Record<string, string>> = {
  Completed: "FINISHED",
  Failed: "FAILED",
  NotResponding: "FAILED",
  Canceled: "KILLED",
  Running: "RUNNING",
};

/** One value of a metric. `step` is a step of the training, not of the job. */
interface StoredMetric {
  readonly key: string;
  readonly value: number;
  /** In milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  readonly user: string;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number | undefined;
  readonly artifacts: string;
  readonly metrics: readonly StoredMetric[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export function storeFile({ folder }: Pick<Disk, "folder">): string {
  return join(folder, "mlflow", "mlflow.db");
}

/** Reads a run and the runs nested in it, at any depth. Empty if steps have no MLflow. */
export async function readStored(disk: Disk | undefined, root: string): Promise<readonly StoredRun[]> {
  const read = await openStore(disk);
  if (read === undefined) return [];
  const parents = await read("SELECT run_uuid, value FROM tags WHERE key = 'mlflow.parentRunId'");
  const children = Map.groupBy(parents, ({ value }) => String(value));
  const wanted = new Set([root]);
  for (const id of wanted) {
    for (const { run_uuid: child } of children.get(id) ?? []) wanted.add(String(child));
  }
  const ids = JSON.stringify([...wanted]);
  const rowsOf = async (query: string) =>
    await read(`${query} WHERE run_uuid IN (SELECT value FROM json_each(?))`, [ids]);
  const [runs, metrics, params, tags] = await Promise.all([
    rowsOf(
      "SELECT runs.*, experiments.name AS experiment FROM runs JOIN experiments USING (experiment_id)",
    ),
    rowsOf("SELECT * FROM latest_metrics"),
    rowsOf("SELECT * FROM params"),
    rowsOf("SELECT * FROM tags"),
  ]);
  const [metricsOf, paramsOf, tagsOf] = [metrics, params, tags].map((rows) =>
    Map.groupBy(rows, ({ run_uuid: id }) => String(id))
  );
  const sorted = runs.toSorted((one, other) => Number(one.start_time) - Number(other.start_time));
  return sorted.filter(({ lifecycle_stage: stage }) => stage === "active").map((run): StoredRun => {
    const id = String(run.run_uuid);
    return {
      id,
      name: String(run.name ?? ""),
      experiment: String(run.experiment),
      user: String(run.user_id ?? ""),
      status: String(run.status),
      startTime: Number(run.start_time),
      endTime: run.end_time === null ? undefined : Number(run.end_time),
      artifacts: String(run.artifact_uri ?? ""),
      metrics: (metricsOf!.get(id) ?? []).map(toMetric),
      params: pairs(paramsOf!.get(id)),
      tags: pairs(tagsOf!.get(id)),
    };
  });
}

/** Writes to the store when a run started, or when it ended and how, which MLflow in a step cannot know. */
export async function recordRun(
  disk: Disk,
  id: string,
  { startedAt, endedAt, end }: Pick<Partial<StepExecution>, "startedAt" | "endedAt" | "end">,
): Promise<void> {
  const column = endedAt === undefined ? "start_time" : "end_time";
  await disk.fs.rows?.(
    storeFile(disk),
    `UPDATE runs SET status = ?, ${column} = ? WHERE run_uuid = ?`,
    [STATUSES[end ?? "Running"]!, endedAt ?? startedAt!, id],
    { mayChange: true },
  );
}

/** Removes runs from what MLflow shows: Azure ML has none for a step that never started. */
export async function hideRuns(disk: Disk, ids: readonly string[]): Promise<void> {
  await disk.fs.rows?.(
    storeFile(disk),
    "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid IN (SELECT value FROM json_each(?))",
    [JSON.stringify(ids)],
    { mayChange: true },
  );
}

/** Reads all values of one metric, in the order in which they were logged. */
export async function readHistory(
  disk: Disk | undefined,
  run: string,
  key: string,
): Promise<readonly StoredMetric[]> {
  const read = await openStore(disk);
  if (read === undefined) return [];
  const rows = await read(
    "SELECT * FROM metrics WHERE run_uuid = ? AND key = ? ORDER BY timestamp, step",
    [run, key],
  );
  return rows.map(toMetric);
}

async function openStore(disk: Disk | undefined) {
  if (disk?.fs.rows === undefined) return undefined;
  const path = storeFile(disk);
  if (await disk.fs.stat(path) === undefined) return undefined;
  return (query: string, values?: readonly (string | number)[]) => disk.fs.rows!(path, query, values);
}

/** The largest number, which MLflow's SQL store writes for an infinite one. */
const INFINITE = Number.MAX_VALUE;

function toMetric({ key, value, is_nan: isNaN, timestamp, step }: DatabaseRow): StoredMetric {
  const number = Number(value);
  return {
    key: String(key),
    value: isNaN ? NaN : Math.abs(number) >= INFINITE ? Math.sign(number) * Infinity : number,
    timestamp: Number(timestamp),
    step: Number(step),
  };
}

function pairs(rows: readonly DatabaseRow[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
}

/** The folder of a run's artifacts, below that of all artifacts; `undefined` if it has none. */
export async function artifactFolder(disk: Disk | undefined, run: string): Promise<string | undefined> {
  const read = await openStore(disk);
  const [row] = await read?.("SELECT artifact_uri FROM runs WHERE run_uuid = ?", [run]) ?? [];
  // The folder may have been moved since, and a step may have written anything.
  const path = /\/mlflow\/artifacts\/((?:[\w-]+\/)*[\w-]+)$/.exec(String(row?.artifact_uri))?.[1];
  return path === undefined ? undefined : join(disk!.folder, "mlflow", "artifacts", path);
}
