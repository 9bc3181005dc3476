import type { Context } from "../../core/context.ts";
import { openEmbedded, prepareEmbedded } from "./embedded_reader.ts";
import type { Project } from "../project.ts";
import { openPython } from "./python_reader.ts";
import type { KedroReader, ReaderOptions } from "./reader.ts";
import { openFile } from "./snapshot_file.ts";

/**
 * Opens a project for reading: with the embedded Kedro, unless the options give a Python or a snapshot file.
 *
 * @throws {UserError} `kedro.version`, `kedro.python`, `snapshot.*` or `resource.missing`.
 */
export async function openReader(
  ctx: Pick<Context, "fs" | "env" | "resources" | "signal" | "exec" | "cwd">,
  project: Project,
  options: ReaderOptions,
): Promise<KedroReader> {
  if (options.snapshot !== undefined) return await openFile(ctx, project, options, options.snapshot);
  if (options.python !== undefined) return openPython(ctx, project, options, options.python);
  return await openEmbedded(ctx, await prepareEmbedded(ctx, project, options));
}
