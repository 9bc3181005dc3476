import type { AppContext } from "../context.ts";
import { type OutputFile, outputPath, refuseOverwrite } from "../project/output_files.ts";
import { writePageFile, type WrittenPageFile } from "../report/page_file.ts";
import { openRuns, type RunsRequest, type RunTarget } from "../run/targets.ts";
import type { NodeSources } from "../report/node_sources.ts";
import { readRunPage } from "../report/run_page.ts";

/** The file to write a report to, and what to include; several runs get one file each. */
export interface ReportOptions extends OutputFile {
  /** Whether to include logs (default: true). */
  readonly logs?: boolean | undefined;
  /** Whether to include the beginning of files that steps wrote (default: false). */
  readonly previews?: boolean | undefined;
  /** What the project says about its nodes (default: that is not known). */
  readonly sources?: NodeSources | undefined;
}

/** A report that has been written. */
export interface WrittenReport extends WrittenPageFile {
  readonly name: string;
  readonly status: string;
  readonly steps: number;
  /** Notices about data that could not be read. */
  readonly notices: readonly string[];
}

/** Writes a page for each run. @throws {UserError} `job.*`, `azure.*`, `file.*`. */
export async function* reportRuns(
  ctx: AppContext,
  runs: RunsRequest,
  options: ReportOptions,
): AsyncIterable<WrittenReport> {
  yield* writeReports(ctx, await openRuns(ctx, runs), options);
}

/** Writes a page for each of these runs. @throws {UserError} as {@linkcode reportRuns}. */
export async function* writeReports(
  ctx: Pick<AppContext, "cwd" | "fs">,
  targets: readonly RunTarget[],
  { file, force, logs = true, previews = false, sources }: ReportOptions,
): AsyncIterable<WrittenReport> {
  for (const target of targets) {
    const path = outputPath(ctx, file, targets.length > 1 ? target.name : undefined);
    await refuseOverwrite(ctx, path, force);
    const data = await readRunPage(target, {
      withLogs: logs,
      withPreviews: previews,
      ...(sources && { sources }),
    });
    const written = await writePageFile(ctx, path, data);
    if (data.view.kind !== "run") continue;
    const { name, status, steps, notices } = data.view;
    yield { name, status, ...written, steps: steps.length, notices };
  }
}
