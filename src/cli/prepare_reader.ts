import type { Command } from "commander";
import type { Context } from "../core/context.ts";

/** The commands that always read the project's pipelines. */
const READS = new Set(["compile", "inspect", "pack", "resolve-patterns", "schedule", "submit", "validate"]);

/** Lets the reader's Worker start while such a command is loaded, unless something else than it will read. */
export function prepareReader(root: Command, { resources, env }: Context): void {
  root.hook("preAction", (_, command) => {
    const { python = env.KEDRO_AZUREML_PYTHON, snapshot, package: packed } = command.opts();
    const other = python || snapshot !== undefined || packed !== undefined;
    if (READS.has(command.name()) && !other) resources.prepareReader();
  });
}
