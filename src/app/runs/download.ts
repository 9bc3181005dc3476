import { join, resolve } from "node:path";
import { type Artifact, listArtifacts } from "../../azureml/history/artifacts.ts";
import { download, type Downloaded } from "../../azureml/history/download.ts";
import { getJobRuns, type JobRuns, requireStep } from "../../azureml/history/job_runs.ts";
import type { AppContext } from "../context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { shownPath } from "../project/output_files.ts";
import type { OpenedJob } from "./targets.ts";

/** What is downloaded, and where to. */
export interface DownloadOptions {
  /** As typed; the current folder where it is absent. */
  readonly output?: string;
  readonly logs?: boolean;
  readonly outputs?: boolean;
  /** Only of this step. */
  readonly step?: string;
}

/** What was downloaded of one run. */
export interface DownloadedRun {
  readonly name: string;
  /** For people: relative to the current folder. */
  readonly folder: string;
  readonly files: readonly (Downloaded & { readonly step: string })[];
}

/**
 * Downloads what the steps of a job have left, into a folder of the job with a folder of each step.
 *
 * @throws {UserError} `download.*`, `job.no_step`, `job.not_found`, `azure.*`, `network.*`.
 */
export async function downloadJob(
  ctx: AppContext,
  job: OpenedJob,
  options: DownloadOptions,
): Promise<DownloadedRun> {
  const { workspace, name } = job;
  const folder = join(resolve(ctx.cwd, options.output ?? ""), name);
  const runs = await getJobRuns(workspace, name);
  const steps = options.step === undefined ? runs.steps : [requireStep(runs.steps, name, options.step)];
  const files = [];
  for (const { key, label, run } of steps) {
    if (run === undefined) continue;
    for (const artifact of await filesOf(runs, run.id, options)) {
      const done = await download(workspace, ctx.fs, artifact, join(folder, key));
      files.push({ ...done, step: label });
      ctx.report({ type: "downloaded", step: label, shown: shownPath(ctx, done.path), ...done });
    }
  }
  if (files.length === 0) throw nothing(name, runs.job.status);
  return { name, folder: shownPath(ctx, folder), files };
}

async function filesOf(
  { history }: JobRuns,
  run: string,
  { logs = false, outputs = false }: DownloadOptions,
): Promise<readonly Artifact[]> {
  const all = logs === outputs;
  const logFiles = logs || all ? await history.logFiles(run) : {};
  const left = outputs || all ? await listArtifacts(history, run, all ? "" : "outputs/") : [];
  const byPath = new Map(left.map((one) => [one.path, one]));
  for (const [path, url] of Object.entries(logFiles)) byPath.set(path, { path, url });
  return [...byPath.values()];
}

function nothing(name: string, status: string): UserError {
  return new UserError(
    `Cannot download anything of job "${name}": its steps have left nothing (it is ${status})`,
    {
      code: "download.nothing",
      exit: ExitCode.Rejected,
      hint: `Run \`kedro-azureml job show ${name}\` to see its steps`,
    },
  );
}
