import type { Warning } from "../../core/errors.ts";
import type { GroupMode } from "./mode.ts";
import type { Partition } from "./partition.ts";

/** What the author of a job should know about its groups. */
export function groupWarnings({ parts, splits }: Partition, mode: GroupMode): Warning[] {
  if (mode.kind === "tag" || mode.kind === "namespace") {
    const warnings = splits.map((split): Warning => ({
      code: "group.split",
      message: `Nodes of group "${split.label}" need ${split.steps} steps: ${split.reasons.join("; ")}`,
      hint: mode.kind === "tag"
        ? "Change the tags of these nodes so that no group has to wait for itself and each has one compute"
        : "Use a deeper `namespace:DEPTH`, or `tag:PREFIX` to choose the groups yourself",
    }));
    if (parts.some(({ label }) => label !== undefined)) return warnings;
    return [{
      code: "group.none",
      message: mode.kind === "tag"
        ? `No node has a tag that begins with "${mode.prefix}." or "${mode.prefix}:", so every node has its own step`
        : "No node has a namespace, so every node has its own step",
      hint: "Use another `--group-by`; `kedro-azureml inspect` prints the tags and namespaces of all nodes",
    }];
  }
  return [];
}
