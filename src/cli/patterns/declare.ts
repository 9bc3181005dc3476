import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { reading } from "../command/shared_options.ts";

/** Declares `list-patterns` and `resolve-patterns`, which the plugin has under the same names. */
export function declarePatterns(root: Command, { declare, run }: Declaring): void {
  const list = declare(root, "list-patterns", "List the job factories in azureml.yml", [
    ["list-patterns", "List job factories"],
  ]);
  reading(list).action(run(async () => (await import("./patterns.ts")).listPatterns));
  const resolve = declare(root, "resolve-patterns", "List all jobs, including those from job factories", [
    ["resolve-patterns --json", "List all jobs, for scripts"],
  ]);
  reading(resolve).action(run(async () => (await import("./patterns.ts")).resolvePatterns));
}
