import { resolve } from "node:path";
import { COMPILED_JOB_CHECKS } from "../../azureml/checks/compiled_job.ts";
import {
  findingsError,
  findingToWarning,
  isDifference,
  mergeFindings,
} from "../../azureml/checks/finding.ts";
import { toMermaid } from "../../azureml/job/steps.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { codeReference, toYaml } from "../../azureml/job/yaml.ts";
import { yamlText } from "../../config/write_yaml.ts";
import { once } from "../../core/async.ts";
import { UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { asPathName, shellWord, shownJson } from "../../core/untrusted.ts";
import type { AppContext } from "../context.ts";
import { outputPath, refuseOverwrite, requireFolder, shownPath, writeFile } from "../output_files.ts";
import { compileJob } from "../project/compile_job.ts";
import { runtimeParamFindings } from "../project/params.ts";
import { type JobOptions, selectJobs } from "../project/select_jobs.ts";
import type { SelectedJobs } from "../project/open.ts";
import { findWorkspace } from "../project/workspace.ts";

interface CompileOptions extends JobOptions {
  /**
   * A file (default: `pipeline.yaml`, with the ending of the format); or a folder, for files named after the jobs, if it
   * ends with a slash or, for several jobs, exists; or `-` for standard output.
   */
  readonly output?: string | undefined;
  readonly force?: boolean | undefined;
  /** Whether no file is written, and a job that does not compile does not end the command. */
  readonly check?: boolean | undefined;
  /** Default: what the ending of `output` says, or YAML. */
  readonly format?: Format | undefined;
}

export interface CompiledFile {
  readonly type: "compiled";
  readonly spec: JobSpec;
  /** Its absolute path; absent with `check` or on standard output. */
  readonly file: string | undefined;
  readonly formatted: Awaited<ReturnType<typeof formatJob>>;
  readonly warnings: readonly Warning[];
}

/**
 * Compiles jobs to files; yields the project's warnings, then each job.
 *
 * @throws {UserError} of the first job that does not compile, if files are written; `compile.same_file`, `file.*`.
 */
export async function* compileJobs(
  ctx: AppContext,
  options: CompileOptions,
): AsyncIterable<
  | { readonly type: "read"; readonly warnings: readonly Warning[] }
  | CompiledFile
  /** With `check`: the job does not compile. */
  | { readonly type: "failed"; readonly job: string; readonly error: UserError }
> {
  const { output, format = formatOf(output), check, force } = options;
  const selected = await selectJobs(ctx, options);
  const params = (await runtimeParamFindings(ctx, selected)).map(findingToWarning);
  yield { type: "read", warnings: [...selected.session.warnings, ...params] };
  const plan = once(async () => {
    const { planData, planSubmission, readSubmissionInputs } = await import(
      "../project/submission_inputs.ts"
    );
    const inputs = await readSubmissionInputs(ctx, selected);
    return async (spec: JobSpec) => planData(await planSubmission(spec, inputs));
  });
  const files = await outputFiles(ctx, [...selected.jobs.keys()], { ...options, format });
  for (const job of selected.jobs.keys()) {
    try {
      const { spec, warnings } = await compileJob(ctx, selected, job, options);
      const formatted = await formatJob(ctx, selected, spec, { format, plan });
      const all = [...warnings, ...formatted.warnings, ...submitBlockers(selected, spec)];
      const file = files.get(job);
      if (file !== undefined) {
        await refuseOverwrite(ctx, file, force);
        await writeFile(ctx, file, formatted.text);
      }
      yield { type: "compiled", spec, file, formatted, warnings: all };
    } catch (thrown) {
      if (!check) throw thrown;
      yield { type: "failed", job, error: userErrorOf(thrown) };
    }
  }
}

/**
 * The reasons in the project's configuration why a compiled job could not be submitted, and what it does in another way
 * than with the plugin; warnings of `compile`.
 */
function submitBlockers({ session, jobs }: SelectedJobs, spec: JobSpec): Warning[] {
  const { config: { azureml, place }, snapshot } = session;
  const config = jobs.get(spec.job)!;
  const workspace = findWorkspace(azureml, undefined, config);
  const subject = { config: azureml, place, snapshot, jobs: [{ name: spec.job, config, spec, workspace }] };
  return mergeFindings(COMPILED_JOB_CHECKS.flatMap(({ run }) => run(subject)))
    .filter((finding) => finding.severity === "error" || isDifference(finding))
    .map((finding) => ({
      ...findingToWarning(finding),
      ...(finding.severity === "error" && { message: findingsError("submit", [finding])!.message }),
    }));
}

/**
 * The absolute path of the file that each job is written to; none without output or on standard output.
 *
 * @throws {UserError} `file.no_folder`; `compile.same_file` for two jobs with the same file, before any is written.
 */
async function outputFiles(
  ctx: AppContext,
  jobs: readonly string[],
  { check, format, output: typed = `pipeline.${FORMATS[format]}` }: CompileOptions & {
    readonly format: Format;
  },
): Promise<ReadonlyMap<string, string>> {
  if (check || typed === "-") return new Map();
  const isSeveral = jobs.length > 1;
  const isFolder = /[\\/]$/.test(typed) ||
    (isSeveral && (await ctx.fs.stat(resolve(ctx.cwd, typed)))?.kind === "folder");
  const files = new Map<string, string>();
  for (const job of jobs) {
    const path = outputPath(ctx, typed, isSeveral && !isFolder ? job : undefined);
    files.set(job, isFolder ? resolve(path, `${asPathName(job)}.${FORMATS[format]}`) : path);
  }
  if (!isFolder) await requireFolder(ctx, resolve(ctx.cwd, typed));
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
    // compile.same_file: Two jobs would be written to the same file. Rename one, or compile them separately.
    code: "compile.same_file",
    hint: `Compile one of them alone: \`kedro-azureml compile ${shellWord(job)} -o OTHER_FILE\``,
  });
}

const FORMATS = {
  yaml: "yaml",
  json: "json",
  rest: "json",
  mermaid: "mmd",
} as const;

type Format = keyof typeof FORMATS;

function formatOf(output = ""): Format {
  return output.endsWith(".json") ? "json" : output.endsWith(".mmd") ? "mermaid" : "yaml";
}

async function formatJob(
  ctx: AppContext,
  selected: SelectedJobs,
  spec: JobSpec,
  { format, plan }: {
    readonly format: Format;
    readonly plan: () => Promise<(spec: JobSpec) => Promise<unknown>>;
  },
) {
  const { root } = selected.session.project;
  const { code: codePath, warning } = await codeReference(ctx.fs, root, spec.codeDirectory);
  const warnings = warning === undefined ? [] : [warning];
  switch (format) {
    case "yaml":
    case "json": {
      const data = toYaml(spec, { codePath });
      return { text: format === "yaml" ? yamlText(data) : jsonText(data), data, warnings };
    }
    case "rest": {
      const data = await (await plan())(spec);
      return { text: jsonText(data), data, warnings };
    }
    default: {
      const text = toMermaid(spec);
      return { text, data: { job: spec.job, format, text }, warnings };
    }
  }
}

function jsonText(data: unknown): string {
  return shownJson(JSON.stringify(data, null, 2)) + "\n";
}
