import { join, resolve } from "node:path";
import { type Artifact, listArtifacts, producerOf, type StepRun } from "../../azureml/runs/history.ts";
import { OWN_FOLDER_MARK } from "../../azureml/job/code/exclusions.ts";
import {
  downloadAll,
  type Downloaded,
  downloadFolder,
  holdsDataset,
  type NamedOutputs,
  openNamedOutputs,
} from "../../azureml/runs/download_files.ts";
import { type OpenRun, openRun, type RunStep } from "../../azureml/runs/open_run.ts";
import type { AppContext } from "../context.ts";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import { fields, ownValue } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import { makeMarkedFolder, shownPath } from "../output_files.ts";
import type { RunTarget } from "../runs/targets.ts";

interface DownloadOptions {
  /** Folder to download to, as typed (default: the current one). */
  readonly output?: string | undefined;
  readonly logs?: boolean | undefined;
  readonly outputs?: boolean | undefined;
  /** Only download the output that contains this dataset of the catalog. */
  readonly dataset?: string | undefined;
  readonly step?: string | undefined;
  /** Whether to replace files of a folder that this program did not create. */
  readonly force?: boolean | undefined;
}

export interface DownloadedRun {
  readonly name: string;
  /** Folder for display, relative to the current one. */
  readonly folder: string;
  readonly files: readonly (Downloaded & {
    readonly step: string;
    /** Name and version of the data asset that the file belongs to. */
    readonly asset?: string;
  })[];
}

/**
 * Downloads the logs and outputs of a run to a folder named after the run, with a subfolder for each step.
 *
 * @throws {UserError} `download.*`, `job.no_step`, `job.not_found`, `azure.*`, `network.*`.
 */
export async function downloadJob(
  ctx: AppContext,
  job: RunTarget,
  options: DownloadOptions,
): Promise<DownloadedRun> {
  const { workspace, name } = job;
  const folder = downloadFolder(resolve(ctx.cwd, options.output ?? ""), name);
  const opened = await openRun(workspace, name);
  const steps = options.step === undefined ? opened.steps : [opened.step(options.step)];
  const named = openNamedOutputs(workspace);
  const listed = (await Promise.all(steps.map(async (step) => {
    const { key, label, run } = step;
    if (run === undefined) return [];
    const onSkipped = (output: string, error?: UserError) =>
      ctx.report({ type: "warnings", warnings: [notDownloaded(label, output, error)] });
    const files = await filesOf(opened, { ...step, run }, { ...options, named, onSkipped });
    return files.map((file) => ({ ...file, key, label }));
  }))).flat();
  if (listed.length === 0) throw noDataset(opened, steps, options) ?? nothing(ctx, opened);
  await makeMarkedFolder(ctx, folder, {});
  const mayReplace = options.force || await ctx.fs.stat(join(folder, OWN_FOLDER_MARK)) !== undefined;
  const files: DownloadedRun["files"][number][] = [];
  await downloadAll(workspace, ctx.fs, {
    files: listed.map((file) => ({ ...file, mayReplace })),
    folderOf: ({ key }) => downloadFolder(folder, key),
    onFile({ label, asset }, done) {
      const file = { ...done, ...(asset !== undefined && { asset }) };
      files.push({ ...file, step: label });
      ctx.report({ type: "downloaded", step: label, shown: shownPath(ctx, done.path), ...file });
    },
  });
  return { name, folder: shownPath(ctx, folder), files };
}

type RunFile = Artifact & Pick<DownloadedRun["files"][number], "asset">;

async function filesOf(
  opened: OpenRun,
  step: RunStep & { readonly run: StepRun },
  { logs = false, outputs = false, dataset, named, onSkipped }: DownloadOptions & {
    readonly named: NamedOutputs;
    /** Called for an output that is not downloaded: a model, or one whose datastore cannot be read. */
    readonly onSkipped: (output: string, error?: UserError) => void;
  },
): Promise<readonly RunFile[]> {
  const { history } = opened;
  const run = producerOf(step.run);
  const only = dataset !== undefined;
  const all = logs === outputs;
  const wantsOutputs = outputs || only;
  const [logFiles, artifacts, results] = await Promise.all([
    (logs || all) && !only ? opened.logFiles(step) : {} as Readonly<Record<string, string>>,
    (outputs || all) && !only ? listArtifacts(history, run, all ? "" : "outputs/") : [],
    wantsOutputs ? history.outputs([run]).then((all) => all.get(run) ?? []) : [],
  ]);
  const byPath = new Map<string, RunFile>(artifacts.map((entry) => [entry.path, entry]));
  for (const [path, url] of Object.entries(logFiles)) byPath.set(path, { path, url });
  const wanted = results.filter((output) => dataset === undefined || holdsDataset(output, dataset));
  for (const { name } of wanted.filter(({ uri }) => uri === undefined)) onSkipped(name);
  for (const output of wanted) {
    const files = await named.files(output).catch((thrown: unknown) => {
      if (!(thrown instanceof UserError) || !thrown.code.startsWith("datastore.")) throw thrown;
      onSkipped(output.name, thrown);
      return [];
    });
    for (const file of files) {
      byPath.set(file.path, { ...file, ...(output.asset !== undefined && { asset: output.asset }) });
    }
  }
  return [...byPath.values()];
}

function notDownloaded(step: string, output: string, error?: UserError): Warning {
  const what = `Output "${output}" of step "${step}"`;
  return error !== undefined
    ? { code: error.code, message: `${what} is not downloaded: ${error.message}`, hint: error.hint }
    : {
      // download.model: An output is a model, which is not downloaded. Use `az ml model download`.
      code: "download.model",
      message: `${what} is a model, which is not downloaded`,
      hint: "Download it with `az ml model download`",
    };
}

/** The error for a dataset that no step writes; `undefined` if one does or none is named. */
function noDataset(
  { body, name }: OpenRun,
  steps: readonly RunStep[],
  { dataset, step }: DownloadOptions,
): UserError | undefined {
  const nodes = fields(body.properties.jobs);
  const written = steps.flatMap(({ key }) => Object.keys(fields(fields(ownValue(nodes, key)).outputs)));
  if (dataset === undefined || written.some((name) => holdsDataset({ name }, dataset))) return undefined;
  const who = step === undefined
    ? `No step of job "${name}" writes`
    : `Step "${step}" of job "${name}" does not write`;
  return new UserError(`${who} dataset "${dataset}"${didYouMean(dataset, written)}`, {
    // download.no_dataset: No step writes the dataset of `--dataset`. Use one that the message lists.
    code: "download.no_dataset",
    exit: ExitCode.Usage,
    details: [`outputs: ${written.join(", ")}`],
    hint: "Pass one of them to `--dataset`",
  });
}

function nothing({ env }: Pick<AppContext, "env">, { name, job: { status }, steps }: OpenRun): UserError {
  const hasResults = steps.some(({ run }) => run?.status === "Completed");
  return new UserError(
    `Job "${name}" has no files to download (status: ${status})`,
    {
      // download.nothing: The job has no files to download. Look at its status with `job show`.
      code: "download.nothing",
      exit: ExitCode.Rejected,
      hint: hasResults && env.KEDRO_AZUREML_EMULATOR
        ? "Steps write no files if the emulator simulates them; start it with `--run-steps` to run them"
        : `Run \`kedro-azureml job show ${name}\` to see its steps`,
    },
  );
}
