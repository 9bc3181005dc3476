import type { Warning } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { inspectProject, type InspectRequest } from "./inspect.ts";
import { type OutputFile, outputPath, refuseOverwrite } from "../project/output_files.ts";
import { writePageFile, type WrittenPageFile } from "../report/page_file.ts";
import { projectOf } from "../project/open.ts";
import { readNodeSources } from "../report/node_sources.ts";
import { projectPage } from "./project_page.ts";

/** A page of pipelines that has been written. */
export interface WrittenProjectPage extends WrittenPageFile {
  /** The names of its pipelines. */
  readonly pipelines: readonly string[];
  readonly warnings: readonly Warning[];
}

/** Writes a project's pipelines to a page. @throws {UserError} `project.*`, `kedro.*`, `file.*`. */
export async function writeProjectPage(
  ctx: AppContext,
  request: InspectRequest,
  { file, force }: OutputFile,
): Promise<WrittenProjectPage> {
  const path = outputPath(ctx, file);
  await refuseOverwrite(ctx, path, force);
  const snapshot = await inspectProject(ctx, request);
  const project = await projectOf(ctx, request.reading);
  const sources = await readNodeSources(ctx, project, snapshot);
  return {
    ...await writePageFile(ctx, path, projectPage(snapshot, ctx.clock.now(), sources)),
    pipelines: snapshot.pipeline_names,
    warnings: snapshot.warnings,
  };
}
