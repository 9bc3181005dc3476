import type { Warning } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { type InspectOptions, inspectProject } from "./inspect.ts";
import {
  type OutputOptions,
  outputPath,
  refuseOverwrite,
  shownPath,
  writeFile,
} from "../project/output_files.ts";
import { projectPage } from "./project_page.ts";
import { writePage } from "../../page/html.ts";

/** A page of pipelines that has been written. */
export interface WrittenProjectPage {
  /** Path for display: relative to the current folder if it is inside it. */
  readonly file: string;
  readonly sizeBytes: number;
  /** The names of its pipelines. */
  readonly pipelines: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads a project and writes its pipelines to a page.
 *
 * @throws {UserError} `project.*`, `kedro.*`, `pipeline.*`, `file.*`.
 */
export async function writeProjectPage(
  ctx: AppContext,
  options: InspectOptions & OutputOptions & { readonly output?: string },
): Promise<WrittenProjectPage> {
  const path = outputPath(ctx, options.output ?? "pipelines.html");
  await refuseOverwrite(ctx, path, options);
  const snapshot = await inspectProject(ctx, options);
  const { html } = writePage(projectPage(snapshot, ctx.clock.now()));
  await writeFile(ctx, path, html);
  return {
    file: shownPath(ctx, path),
    sizeBytes: new TextEncoder().encode(html).length,
    pipelines: snapshot.pipeline_names,
    warnings: snapshot.warnings,
  };
}
