import type { Command } from "commander";
import type { Context } from "../core/context.ts";

/** Commands that always read the pipelines of the project. */
const READS = new Set(["compile", "inspect", "pack", "resolve-patterns", "schedule", "submit", "validate"]);

/** Starts the embedded reader while such a command loads, unless the command reads in another way. */
export function prepareReader(root: Command, { resources, env }: Context): void {
  root.hook("preAction", (_, command) => {
    const { python = env.KEDRO_AZUREML_PYTHON, snapshot, package: packed } = command.opts();
    const readsElsewhere = python || snapshot !== undefined || packed !== undefined;
    if (READS.has(command.name()) && !readsElsewhere) resources.prepareReader();
  });
}
