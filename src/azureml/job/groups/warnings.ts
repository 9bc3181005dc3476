import type { Warning } from "../../../core/errors.ts";
import type { GroupMode } from "./mode.ts";
import type { Partition } from "./partition.ts";

/** Warnings about the groups of a job, for its author. */
export function groupWarnings({ parts, splits }: Partition, mode: GroupMode): Warning[] {
  if (mode.kind !== "tag" && mode.kind !== "namespace") return [];
  if (parts.every(({ label }) => label === undefined)) {
    return [{
      code: "group.none",
      message: mode.kind === "tag"
        ? `No node has a tag that begins with "${mode.prefix}." or "${mode.prefix}:", so every node has its own step`
        : "No node has a namespace, so every node has its own step",
      hint: "Use another `--group-by`; `kedro-azureml inspect` prints the tags and namespaces of all nodes",
    }];
  }
  return splits.map(({ label, path }): Warning => ({
    code: "group.split",
    message: `Group "${label}" needs several steps, because one would wait for its own results: ${path}`,
    hint: mode.kind === "tag"
      ? "The job is correct; for fewer steps, give the nodes between the same tag and compute, or those after another tag"
      : "The job is correct; for fewer steps, use one compute on this path, or choose the groups with `tag:PREFIX`",
  }));
}
