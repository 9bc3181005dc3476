import type { AppContext } from "../context.ts";
import { type OutputOptions, outputPath, refuseOverwrite } from "../project/output_files.ts";
import { writePageFile, type WrittenPageFile } from "../report/page_file.ts";
import { openRuns, type RunTarget, type RunTargetOptions } from "../run/targets.ts";
import type { NodeSources } from "../report/node_sources.ts";
import { readRunPage } from "../report/run_page.ts";

/** Options of `job report`. */
export interface ReportOptions extends RunTargetOptions, OutputOptions {
  /** File to write, as typed (default: report.html); several runs get one file each. */
  readonly output?: string;
  /** Whether to include logs (default: true). */
  readonly logs?: boolean;
  /** Whether to include the beginning of files that steps wrote (default: false). */
  readonly previews?: boolean;
  /** What the project says about its nodes (default: that is not known). */
  readonly sources?: NodeSources;
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
export async function* reportRuns(ctx: AppContext, options: ReportOptions): AsyncIterable<WrittenReport> {
  yield* writeReports(ctx, await openRuns(ctx, options), options);
}

/** Writes a page for each of these runs. @throws {UserError} as {@linkcode reportRuns}. */
export async function* writeReports(
  ctx: Pick<AppContext, "cwd" | "fs">,
  targets: readonly RunTarget[],
  options: Pick<ReportOptions, "output" | "logs" | "previews" | "sources" | "force">,
): AsyncIterable<WrittenReport> {
  for (const target of targets) {
    const path = outputPath(
      ctx,
      options.output ?? "report.html",
      targets.length > 1 ? target.name : undefined,
    );
    await refuseOverwrite(ctx, path, options);
    const data = await readRunPage(target, {
      withLogs: options.logs ?? true,
      withPreviews: options.previews ?? false,
      ...(options.sources && { sources: options.sources }),
    });
    const written = await writePageFile(ctx, path, data);
    if (data.view.kind !== "run") continue;
    const { name, status, steps, notices } = data.view;
    yield { name, status, ...written, steps: steps.length, notices };
  }
}
