import type { RunUsage } from "../../core/run.ts";

/** What the processes of a step used, for `--json`. */
export function usageData(
  { peakBytes, cpuMs }: RunUsage,
): { readonly peakMemoryBytes: number; readonly cpuMs: number } {
  return { peakMemoryBytes: peakBytes, cpuMs };
}
