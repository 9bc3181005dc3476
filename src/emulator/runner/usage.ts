import { join } from "node:path";
import type { FileSystem } from "../../core/context.ts";
import type { RunUsage } from "../../core/run.ts";

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
