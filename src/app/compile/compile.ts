import { resolve } from "node:path";
import { shellWord } from "../../core/text/shell_word.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { asPathName } from "../../core/path_names.ts";
import { once } from "../../core/once.ts";
import { submitBlockers } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import {
  type OutputOptions,
  outputPath,
  refuseOverwrite,
  shownPath,
  writeFile,
} from "../project/output_files.ts";
import { type CompileJobOptions, type SelectedJobs, selectJobs } from "../project/select_jobs.ts";
import { readSubmissionInputs, type SubmissionInputs } from "../project/submission_inputs.ts";
import { type Format, formatJob, FORMATS, type FormattedJob } from "./formats.ts";
import { compileJob } from "../project/compile_job.ts";

/** Options of `compile`. */
export interface CompileCommandOptions extends CompileJobOptions, OutputOptions {
  /** Whether to compile every job of azureml.yml. */
  readonly all?: boolean;
  /** Whether to write no files, and to continue after a job that does not compile. */
  readonly check?: boolean;
  /**
   * File to write (default: `pipeline` with the ending of the format), or a path that ends with a slash, or for several
   * jobs an existing folder, for files named after the jobs; `-` is standard output.
   */
  readonly output?: string;
  readonly format: Format;
}

/** What `compile` yields: the project's warnings, then each job. */
export type CompileResult =
  | { readonly type: "read"; readonly warnings: readonly Warning[] }
  /** Compiled; `file` is the absolute path it was written to, absent with `check` or on standard output. */
  | {
    readonly type: "compiled";
    readonly spec: JobSpec;
    readonly file: string | undefined;
    readonly formatted: FormattedJob;
    readonly warnings: readonly Warning[];
  }
  /** With `check`: the job does not compile. */
  | { readonly type: "failed"; readonly job: string; readonly error: UserError };

/**
 * Compiles jobs to files.
 *
 * @throws {UserError} of the first job that does not compile, unless `check` is set; `compile.same_file`, `file.*`.
 */
export async function* compileJobs(
  ctx: AppContext,
  options: CompileCommandOptions,
): AsyncIterable<CompileResult> {
  const selected = await selectJobs(ctx, options);
  yield { type: "read", warnings: selected.session.warnings };
  const inputs = once(() => readSubmissionInputs(ctx, selected, {}));
  const files = await outputFiles(ctx, [...selected.jobs.keys()], options);
  for (const job of selected.jobs.keys()) {
    try {
      yield await compileOne(ctx, selected, job, { ...options, inputs, files });
    } catch (thrown) {
      if (!options.check) throw thrown;
      yield { type: "failed", job, error: userErrorOf(thrown) };
    }
  }
}

async function compileOne(
  ctx: AppContext,
  selected: SelectedJobs,
  job: string,
  options: CompileCommandOptions & {
    readonly inputs: () => Promise<SubmissionInputs>;
    readonly files: OutputFiles;
  },
): Promise<CompileResult> {
  const { spec, warnings } = await compileJob(ctx, selected, job, options);
  const formatted = await formatJob(ctx, selected, spec, options);
  const all = [...warnings, ...formatted.warnings, ...submitBlockers(selected, spec)];
  const result = { type: "compiled", spec, formatted, warnings: all } as const;
  const file = options.files.get(job);
  if (file === undefined) return { ...result, file };
  await refuseOverwrite(ctx, file, options);
  await writeFile(ctx, file, formatted.text);
  return { ...result, file };
}

/** The absolute path of the file that each job is written to; none with `check` or on standard output. */
type OutputFiles = ReadonlyMap<string, string>;

/** @throws {UserError} `compile.same_file` for two jobs with the same file, before any is written. */
async function outputFiles(
  ctx: AppContext,
  jobs: readonly string[],
  { check, format, output = `pipeline.${FORMATS[format]}` }: CompileCommandOptions,
): Promise<OutputFiles> {
  if (check || output === "-") return new Map();
  const isSeveral = jobs.length > 1;
  const isFolder = /[\\/]$/.test(output) ||
    (isSeveral && (await ctx.fs.stat(resolve(ctx.cwd, output)))?.kind === "folder");
  const fileOf = (job: string) =>
    isFolder
      ? resolve(ctx.cwd, output, `${asPathName(job)}.${FORMATS[format]}`)
      : outputPath(ctx, output, isSeveral ? job : undefined);
  const files = new Map(jobs.map((job) => [job, fileOf(job)]));
  const taken = new Map<string, string>();
  for (const [job, file] of files) {
    // The file systems of Windows and of most Macs ignore case.
    const key = ctx.platform === "linux" ? file : file.toLowerCase();
    const other = taken.get(key);
    if (other !== undefined) throw sameFile(job, other, shownPath(ctx, file));
    taken.set(key, job);
  }
  return files;
}

/** File names replace `/` in job names by `_`, so two jobs may get the same file. */
function sameFile(job: string, other: string, file: string): UserError {
  return new UserError(`Jobs "${other}" and "${job}" would both be written to ${file}`, {
    code: "compile.same_file",
    hint: `Compile it alone: \`kedro-azureml compile ${shellWord(job)} -o OTHER_FILE\``,
  });
}
