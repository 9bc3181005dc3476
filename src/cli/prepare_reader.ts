import type { Command } from "commander";
import type { Context } from "../core/context.ts";
import { resolve } from "node:path";
import type { Globals } from "./command/globals.ts";

/** The commands that always read the project's pipelines. */
const READS = new Set(["compile", "inspect", "pack", "resolve-patterns", "schedule", "submit", "validate"]);

/**
 * Lets the reader's Worker start while such a command is loaded, unless something else than it will read: another
 * Python, a file, a package, or what an earlier command remembered.
 */
export function prepareReader(root: Command, ctx: Context): void {
  root.hook("preAction", async (_, command) => {
    const { python = ctx.env.KEDRO_AZUREML_PYTHON, snapshot, package: packed, cache } = command.opts();
    const other = python || snapshot !== undefined || packed !== undefined;
    if (!READS.has(command.name()) || other) return;
    const { wasReadBefore } = await import("../kedro/cache/store.ts");
    const folder = resolve(ctx.cwd, root.opts<Globals>().directory ?? "");
    if (cache === false || !await wasReadBefore(ctx, folder)) ctx.resources.prepareReader();
  });
}
