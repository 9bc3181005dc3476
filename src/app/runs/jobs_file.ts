import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { requireSmall } from "../../core/files.ts";
import { fields, parsedJson } from "../../core/json.ts";
import type { RecordedJob } from "../context.ts";
import { outputPath, refuseOverwrite, shownPath, writeFile } from "../output_files.ts";

/** Of many thousand jobs. */
const MOST_BYTES = 32 * 1024 * 1024;

export interface JobsFileOptions {
  /** As typed. */
  readonly outputFile?: string | undefined;
  readonly force?: boolean | undefined;
}

/** The file from which later CI steps read the submitted jobs. */
export type JobsFile = NonNullable<Awaited<ReturnType<typeof openJobsFile>>>;

/** What the file and CI systems say of a job. */
export function toFiled(recorded: RecordedJob): RecordedJob {
  const { job, name, status, studioUrl, workspace, durationMs } = recorded;
  return { job, name, status, studioUrl, workspace, ...(durationMs !== undefined && { durationMs }) };
}

/**
 * Opens the file of submitted jobs, unless another program wrote it, and empties it before any other work. It then
 * never holds jobs of an earlier command, and a file that cannot be written is reported before a job is sent.
 *
 * @throws {UserError} `file.exists`, `file.not_written`.
 */
export async function openJobsFile(
  ctx: Pick<Context, "fs" | "cwd">,
  { outputFile, force }: JobsFileOptions,
) {
  if (outputFile === undefined) return undefined;
  const path = outputPath(ctx, outputFile);
  await refuseOverwrite(ctx, path, force);
  let last: Promise<void> = Promise.resolve();
  /** Replaces the file's contents with these jobs; concurrent calls are written in order. */
  const write = (jobs: readonly RecordedJob[]) => {
    const text = JSON.stringify({ version: 1, jobs }, null, 2) + "\n";
    return last = last.catch(() => {}).then(() => writeFile(ctx, path, text));
  };
  await write([]);
  return { shown: shownPath(ctx, path), write };
}

/** Reads the submitted jobs of a file. @throws {UserError} `jobs_file.folder`, `jobs_file.not_found`, `jobs_file.unknown`. */
export async function readJobsFile(
  ctx: Pick<Context, "fs" | "cwd">,
  file: string,
): Promise<readonly RecordedJob[]> {
  const path = outputPath(ctx, file);
  if ((await ctx.fs.stat(path))?.kind === "folder") {
    throw new UserError(
      `"${file}" is a folder: jobs that were kept in it ran on this machine, and have ended`,
      {
        // jobs_file.folder: Jobs in a folder ran on this machine, and cannot be canceled, opened or rerun.
        //   Name a file of `submit --output-file`.
        code: "jobs_file.folder",
        hint:
          "Read them with `job show`, `logs`, `metrics`, `compare`, `download` or `report`; to change jobs in Azure ML, pass the file that `submit --output-file` wrote",
      },
    );
  }
  await requireSmall(ctx, path, file, MOST_BYTES);
  let text: string;
  try {
    text = await ctx.fs.readText(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new UserError(`File "${file}" not found`, {
      // jobs_file.not_found: The jobs file does not exist. Write it with `submit --output-file`.
      code: "jobs_file.not_found",
      hint: "Correct the path, of a file of `submit --output-file` or a folder of `rehearse --keep`",
    });
  }
  const jobs = jobsIn(text);
  if (jobs !== undefined) return jobs;
  throw new UserError(`"${file}" was not written by \`submit --output-file\``, {
    // jobs_file.unknown: The file was not written by `submit --output-file`. Name another one.
    code: "jobs_file.unknown",
    hint: "Pass the file that `submit --output-file` wrote",
  });
}

function jobsIn(text: string): readonly RecordedJob[] | undefined {
  const { version, jobs } = fields(parsedJson(text));
  return version === 1 && Array.isArray(jobs) && jobs.every(isFiledJob) ? jobs : undefined;
}

function isFiledJob(value: Partial<RecordedJob> | null): value is RecordedJob {
  const { subscription_id, resource_group, name } = value?.workspace ?? {};
  const texts = [value?.job, value?.name, value?.status, subscription_id, resource_group, name];
  return texts.every((text) => typeof text === "string" && text !== "");
}
