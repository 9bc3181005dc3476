import { resolve } from "node:path";
import type { Command } from "commander";
import type { Context } from "../core/context.ts";
import type { GlobalOptions } from "./command/global_options.ts";

/** Commands that always read the project's pipelines. */
const READS = new Set(["compile", "inspect", "pack", "resolve-patterns", "schedule", "submit", "validate"]);

/**
 * Starts the embedded reader while such a command is loading, unless the command will not use it, because it uses
 * another Python, a snapshot, a package, or the cache.
 */
export function addReaderHook(root: Command, ctx: Context): void {
  root.hook("preAction", async (_, command) => {
    const { python = ctx.env.KEDRO_AZUREML_PYTHON, snapshot, package: packed, cache } = command.opts();
    const readsElsewhere = python || snapshot !== undefined || packed !== undefined;
    if (!READS.has(command.name()) || readsElsewhere) return;
    const { prepareReader } = await import("../app/project/prepare_reader.ts");
    await prepareReader(ctx, resolve(ctx.cwd, root.opts<GlobalOptions>().directory ?? ""), { cache });
  });
}
