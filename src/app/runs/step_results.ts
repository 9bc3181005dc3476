import { Buffer } from "node:buffer";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { readPart } from "../../azureml/storage/read.ts";
import { maskedText } from "../../core/secrets.ts";
import { openNamedOutputs } from "../../azureml/runs/download_files.ts";
import { type Artifact, producerOf, type RunOutput } from "../../azureml/runs/history.ts";
import type { StepMetrics } from "../../azureml/runs/metrics.ts";
import type { OpenRun } from "../../azureml/runs/open_run.ts";
import { transferLimit } from "../../azureml/client/pace.ts";
import { once } from "../../core/async.ts";
import { UserError, userErrorOf } from "../../core/errors.ts";
import { fields, isFields, leavesOf, ownValue, parsedJson } from "../../core/json.ts";
import { bindingOf } from "../../core/runs.ts";
import type { FileView } from "../../page/view.ts";

/** Whether a link leads to an emulator, which may be gone when the page is opened. */
export function isLocal(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).hostname === "127.0.0.1";
}

/** An output of a step, with its files. */
export interface WrittenOutput extends Pick<RunOutput, "name"> {
  readonly key: string;
  readonly label: string;
  readonly files: readonly Required<Artifact>[];
}

/**
 * Lists what steps wrote.
 *
 * @param options.isAnywhere Whether also in Azure, where it takes a request for each output (default: on this machine).
 */
export async function readWritten(
  { workspace, job, history, steps }: OpenRun,
  { isAnywhere = false, onUnread = () => {} }: {
    readonly isAnywhere?: boolean | undefined;
    readonly onUnread?: (error: UserError) => void;
  } = {},
): Promise<readonly WrittenOutput[]> {
  if (!isAnywhere && !isLocal(job.studioUrl)) return [];
  const done = steps.flatMap(({ key, label, run }) =>
    run?.status === "Completed" ? [{ key, label, id: producerOf(run) }] : []
  );
  const [named, limit] = [openNamedOutputs(workspace), transferLimit()];
  const outputs = await history.outputs(done.map(({ id }) => id));
  const listed = done.flatMap(({ key, label, id }) =>
    (outputs.get(id) ?? []).map((output) =>
      limit(async () => {
        // A page without one output is better than none.
        const files = await named.files(output).catch((thrown) => {
          onUnread(userErrorOf(thrown, workspace.signal));
          return [];
        });
        return { key, label, name: output.name, files };
      })
    )
  );
  return (await Promise.all(listed)).filter(({ files }) => files.length > 0);
}

/**
 * What the steps of a run wrote, and the results in it; each is read once.
 *
 * @param options.withPreviews Whether also in Azure, and all files that people can look at (default: false, because it
 *   is the user's data).
 * @param options.onUnread Called for what cannot be read, which is left out.
 */
export function openResults(run: OpenRun, options: ReadResultsOptions = {}) {
  const written = once(() => readWritten(run, { ...options, isAnywhere: options.withPreviews }));
  return { written, results: once(async () => await readResults(run, await written(), options)) };
}

interface ReadResultsOptions {
  readonly withPreviews?: boolean | undefined;
  readonly onUnread?: (error: UserError) => void;
}

/** The result of a step, as if it had logged it to MLflow. */
export interface StepResult extends Pick<StepMetrics, "step" | "key" | "nested"> {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
  readonly files: readonly FileView[];
  /** The other files that it wrote, such as pickles. */
  readonly others: readonly Pick<FileView, "path" | "sizeBytes">[];
}

/** Files of one step; numbers in one file, of which more are data. */
const MOST = { files: 8, numbers: 40 } as const;
/** Files that are made to be looked at; others may hold the user's data, as JSON without numbers may. */
const SHOWN = /\.(?:json|html?|md|png|jpe?g|gif|webp|svg)$/i;
/** Also that of a dataset with versions, which is in a folder of this name. */
const JSON_FILE = /(?:^|\/)([^/]+)\.json(?:\/|$)/i;

/**
 * Reads the results of a job, which no other step reads: figures, reports, and the numbers in JSON files.
 *
 * @param written From {@linkcode readWritten}.
 * @param options As for {@linkcode openResults}.
 */
async function readResults(
  { workspace, body }: OpenRun,
  written: readonly WrittenOutput[],
  { withPreviews = false, onUnread = () => {} }: ReadResultsOptions,
): Promise<readonly StepResult[]> {
  const reader = openFileReader(workspace);
  const inputs = Object.values(fields(body.properties.jobs)).flatMap((step) =>
    Object.values(fields(fields(step).inputs)).map((input) => bindingOf(fields(input).value))
  );
  const used = new Set(inputs.map(({ step, output }) => `${step}.${output}`));
  const results = withPreviews ? written : written.filter(({ key, name }) => !used.has(`${key}.${name}`));
  const read = [...Map.groupBy(results, ({ key }) => key)].map(async ([key, outputs]) => {
    const all = outputs.flatMap(({ name, files }) => files.map((file) => ({ ...file, output: name })));
    const wanted = all.filter(({ path }) => reader.isShown(path) && (withPreviews || SHOWN.test(path)));
    const shortPath = ({ path, output }: (typeof all)[number]) =>
      path.replace(`named-outputs/${output}/`, "");
    const views: (FileView & Pick<StepResult, "metrics">)[] = [];
    for (const file of wanted) {
      if (views.length === MOST.files) break;
      const found = await reader.read(file).catch((thrown) =>
        onUnread(userErrorOf(thrown, workspace.signal))
      );
      if (!found) continue;
      if (found.sizeBytes === undefined) {
        // results.unread: A file that a step wrote cannot be read, so it is left out. Run the command again.
        onUnread(new UserError(`Cannot read "${found.path}"`, { code: "results.unread" }));
        continue;
      }
      const view = { ...found, path: shortPath(file) };
      const metrics = metricsIn(view);
      const isShown = withPreviews || metrics.length > 0 || !JSON_FILE.test(view.path);
      if (isShown && (view.text ?? view.data)) views.push({ ...view, metrics });
    }
    return {
      key,
      step: outputs[0]!.label,
      nested: [],
      metrics: views.flatMap(({ metrics }) => metrics),
      files: views.map(({ metrics: _, ...file }) => file),
      others: all.filter(({ output }) => !used.has(`${key}.${output}`))
        .map((file) => ({ path: shortPath(file), sizeBytes: file.sizeBytes }))
        .filter(({ path }) => !views.some((view) => view.path === path)),
    };
  });
  return await Promise.all(read);
}

/** Mappings in a file of metrics, such as the metrics of each model; what is deeper is data, as in a figure of Plotly. */
const MOST_LEVELS = 3;

/** The numbers of a JSON file, named after it, such as `metrics.small.rmse`. Pure. */
export function metricsIn(
  { path, text, isCut }: Pick<FileView, "path" | "text" | "isCut">,
): StepResult["metrics"] {
  const [, name] = JSON_FILE.exec(path) ?? [];
  if (name === undefined || text === undefined || isCut) return [];
  const value = parsedJson(text);
  if (isFigure(value)) return [];
  const numbers = leavesOf({ [name]: value })
    .flatMap(([name, value]) => typeof value === "number" ? [{ name, value }] : []);
  const isData = numbers.some(({ name: full }) =>
    full.slice(name.length).split(".").length > MOST_LEVELS + 1
  );
  return isData || numbers.length > MOST.numbers ? [] : numbers;
}

/** Whether a value is a figure of Plotly, whose numbers are places and colors. */
function isFigure(value: unknown): boolean {
  const { data, layout } = fields(value);
  return Array.isArray(data) && isFields(layout);
}

/** Limits in bytes: of a text, which is cut; of a file that is shown whole or not at all; and of all on one page. */
const MOST_BYTES = { text: 16_000, whole: 400_000, page: 12_000_000 } as const;
const TEXT = /\.(?:csv|tsv|json|txt|md|ya?ml|log|py|toml|ini|sql|tex)$/i;
const HTML = /\.html?$/i;
const IMAGES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
};

/** Reads files for one page until it is large enough. */
export function openFileReader(workspace: Workspace) {
  let left: number = MOST_BYTES.page;
  const typeOf = (path: string) => ownValue(IMAGES, path.split(".").at(-1)!.toLowerCase());
  return {
    /** Whether a file is one that people can look at. */
    isShown: (path: string) => TEXT.test(path) || HTML.test(path) || typeOf(path) !== undefined,
    /** Of a text its beginning, of another file all, if it is small. */
    async read({ path, url }: Artifact): Promise<FileView> {
      const isText = TEXT.test(path);
      const most = Math.min(isText ? MOST_BYTES.text : MOST_BYTES.whole, left);
      // Its size is known even if none of it is read.
      const part = await readPart(workspace, { action: `read "${path}"`, url }, 0, Math.max(1, most));
      if (part === undefined) return { path };
      const { bytes, total: sizeBytes } = part;
      if (!isText && sizeBytes > most) return { path, sizeBytes };
      left -= bytes.length;
      if (isText || HTML.test(path)) return { path, sizeBytes, ...beginningOf(bytes, sizeBytes) };
      const type = typeOf(path) ?? "application/octet-stream";
      return { path, sizeBytes, data: `data:${type};base64,${Buffer.from(bytes).toString("base64")}` };
    },
  };
}

/** The text up to its last whole line, if it is cut and has more than one. */
function beginningOf(bytes: Uint8Array, sizeBytes: number): Pick<FileView, "text" | "isCut"> {
  const isCut = bytes.length < sizeBytes;
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  return {
    text: maskedText(isCut ? text.slice(0, text.lastIndexOf("\n") + 1 || text.length) : text),
    ...(isCut && { isCut }),
  };
}
