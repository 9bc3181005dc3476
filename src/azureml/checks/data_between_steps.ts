import { posix } from "node:path";
import { globPieces } from "../../config/conf_folders.ts";
import { ANYTHING, fitsPieces, literal } from "../../core/text_match.ts";
import { inQuotes } from "../../core/errors.ts";
import { isFields } from "../../core/json.ts";
import { isOutside } from "../../core/untrusted.ts";
import { type CatalogEntry, withoutTranscoding } from "../../kedro/snapshot.ts";
import { knownDatasets } from "../../kedro/known_datasets.ts";
import type { LeftOut } from "../job/code/walk.ts";
import { pluginDataset } from "../job/compile/ports.ts";
import { type NodeEdge, nodeEdges, nodesOfStep } from "../job/steps.ts";
import type { GroupedNode, JobSpec, Step } from "../job/job_spec.ts";
import {
  absoluteInput,
  ADD_FILE,
  isAbsolute,
  isGlob,
  isPlainName,
  type Storage,
  storageOf,
  storageUnmounted,
} from "./dataset_paths.ts";
import type { Finding } from "./finding.ts";
import {
  type Check,
  eachJob,
  entryOf,
  exclusionText,
  row,
  type Subject,
  type Upload,
  uploadOf,
} from "./subject.ts";

interface StepNode extends GroupedNode {
  readonly step: Step;
}

function edgesOf(steps: readonly Step[]): NodeEdge<StepNode>[] {
  return nodeEdges(steps.flatMap((step) => nodesOfStep(step).map((node) => ({ ...node, step }))));
}

function isInStep({ writer, reader }: NodeEdge<StepNode>): boolean {
  return writer.step === reader.step;
}

export const localBetweenSteps: Check = {
  asks: "Can steps read data that other steps write?",
  run(subject) {
    const lost = subject.jobs.flatMap(({ name: job, spec }) =>
      edgesOf(spec?.steps ?? []).flatMap((edge) => {
        const storage = storageOf(entryOf(subject, edge.written));
        // The nodes of a step share its container, but not its memory: each is a process.
        const isLost = storage.kind === "memory" || storage.kind === "local" && !isInStep(edge);
        return isLost ? [{ ...edge, storage, job }] : [];
      })
    );
    // Jobs that run the same nodes have one finding, whichever nodes they run after it.
    const byWriter = Map.groupBy(lost, ({ written, writer }) => JSON.stringify([written, writer.name]));
    return [...byWriter.values()].map((edges): Finding => {
      const [{ written: dataset, writer, storage }] = edges as [typeof lost[number]];
      const doubt = doubtAbout(entryOf(subject, dataset), storage);
      const readers = [...new Set(edges.map(({ reader }) => reader.name))];
      const isOldRead = storage.kind === "local" && isUploaded(uploadOf(subject), storage.path);
      return {
        severity: doubt === undefined ? "error" : "warning",
        // dataset.local_between_steps: A step saves data on its own machine, where later steps cannot read
        //   it. Run `kedro-azureml setup`, which wraps it in an AzureMLPipelineDataset, or use a cloud path.
        code: "dataset.local_between_steps",
        message: `"${dataset}" is saved ${
          storage.kind === "memory" ? "in memory" : `to the local file ${storage.path}`
        } by node "${writer.name}"; ${inQuotes(readers)} cannot read it: each ${
          edges.every(isInStep) ? "node runs in its own process" : "step runs in its own container"
        }${isOldRead ? ", with the file as it was uploaded" : ""}${doubt ?? ""}`,
        hint: storage.kind === "memory"
          ? hintForMemory(dataset, subject.conf.factoryOf(dataset))
          : hintForLocal(dataset, storage.path, subject, edges),
        place: subject.conf.placeOfDataset(dataset),
        jobs: [...new Set(edges.map(({ job }) => job))],
      };
    });
  },
};

/** Whether steps have a file of the project, or a folder or the files that match a pattern, from the upload. */
function isUploaded(upload: Upload | undefined, path: string): boolean {
  if (upload === undefined) return false;
  return upload.has(path) || path === "./" || upload.hasAnyBelow(path) ||
    isGlob(path) && matchesAny(upload.inCode(path), upload.names);
}

const SETUP = "`kedro-azureml setup` (`--catalog-only` needs no account)";

/** What to do about a local file that a step writes; `setup` leaves files that it cannot wrap. */
function hintForLocal(
  dataset: string,
  path: string,
  subject: Subject,
  edges: readonly NodeEdge<StepNode>[],
): string {
  const apart = edges.find(({ written, read }) => {
    const storage = storageOf(entryOf(subject, read));
    return written === dataset && !(storage.kind === "local" && storage.path === path);
  });
  if (apart !== undefined) {
    return `Use the same cloud path for "${dataset}" and "${apart.read}", or make both an AzureMLPipelineDataset of the same file`;
  }
  const isOwn = subject.conf.factoryOf(dataset) === undefined;
  if (isAbsolute(path)) return `Use a cloud path${isOwn ? ", or remove it from the catalog" : ""}`;
  const ways = `${isOwn ? "remove it from the catalog, " : ""}or use a cloud path`;
  return `Run ${SETUP}, which wraps it in an AzureMLPipelineDataset, ${ways}`;
}

function hintForMemory(dataset: string, factory: string | undefined): string {
  if (factory === undefined) {
    return `Remove "${dataset}" from the catalog, and Azure ML passes it on as a pickle file`;
  }
  const type = "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset";
  return `Add an entry of its own to the catalog, which goes before the dataset factory "${factory}": \`"${dataset}": {type: ${type}, dataset: {type: pickle.PickleDataset, filepath: ${dataset}.pkl}}\``;
}

/** Why it is not certain where a dataset keeps its data, as the end of a sentence; `undefined` if it is. */
function doubtAbout(entry: CatalogEntry | undefined, storage: Storage): string | undefined {
  if (storage.kind === "memory") return undefined;
  const type = String(entry?.type ?? "");
  if (knownDatasets().find(type).length === 0) return `, unless class ${type} keeps it elsewhere`;
  return storage.kind === "local" && isAbsolute(storage.path) && !/^[A-Za-z]:/.test(storage.path)
    ? `, unless ${storage.path} is on storage that all machines mount`
    : undefined;
}

/**
 * Reports Azure ML datasets that come from dataset factories. The plugin's runner sets the mounted path of datasets with
 * an entry of their own only, and creates the others without it (`AzurePipelinesRunner.run` of kedro-azureml-pipeline
 * 0.1.0).
 */
export const factoriesNotMounted = eachJob(
  "Does the plugin mount datasets of factories?",
  (spec, subject) => {
    const used = spec.steps.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
    const shared = new Set(
      edgesOf(spec.steps).filter((edge) => !isInStep(edge)).map(({ written }) => written),
    );
    return [...new Set(used.map(({ dataset }) => dataset))].flatMap((dataset): Finding[] => {
      const factory = subject.conf.factoryOf(dataset);
      const entry = entryOf(subject, dataset);
      if (factory === undefined || entry === undefined || storageOf(entry).kind !== "mounted") return [];
      const isAsset = pluginDataset(entry.type) === "Asset";
      const outcome = isAsset
        ? "steps that use it fail without the workspace and the mounted path"
        : "it stays in the container of a step, outside of the mounted folder";
      return [{
        severity: !isAsset && shared.has(dataset) ? "error" : "warning",
        // dataset.factory_not_mounted: A dataset from a factory is not mounted in steps. Write an entry of
        //   its own into the catalog.
        code: "dataset.factory_not_mounted",
        message:
          `"${dataset}" comes from the dataset factory "${factory}", which kedro-azureml-pipeline 0.1.0 does not mount: ${outcome}`,
        hint: `Add "${dataset}" to the catalog as an entry of its own`,
        place: subject.conf.placeOfDataset(dataset),
      }];
    });
  },
);

// The plugin's own storage between steps has one file for each name.
// dataset.transcoded: Transcoded names of a dataset are not both in the catalog. Add both.
export const transcodedBetweenSteps = row("dataset.transcoded", {
  asks: "Can steps read transcoded data?",
  severity: "error",
  find: ({ spec }, subject) =>
    edgesOf(spec.steps).filter(({ written, read }) =>
      written !== read && [written, read].some((name) => entryOf(subject, name) === undefined)
    ),
  says: ({ written, read, writer, reader }) =>
    `Node "${reader.name}" reads "${read}" and node "${writer.name}" writes "${written}", but they are not both in the catalog, so each becomes a separate pickle file`,
  hint: ({ written, read }) => `Add "${written}" and "${read}" to the catalog, with the same cloud path`,
  place: ({ written, read }, { conf }) => conf.placeOfDataset(written) ?? conf.placeOfDataset(read),
});

export const rootsInUpload = eachJob("Are the files uploaded that the first steps read?", (spec, subject) => {
  const upload = uploadOf(subject);
  if (upload === undefined) return [];
  const pathOf = (dataset: string) => {
    const storage = storageOf(entryOf(subject, dataset));
    return storage.kind === "local" ? storage.path : undefined;
  };
  const roots = new Set(
    spec.steps.flatMap((step) => {
      const written = (step.nodes ?? []).flatMap(({ outputs }) => outputs.map(pathOf));
      return step.inputs.filter(({ from }) => from.kind === "literal").map(({ dataset }) => dataset)
        // A node of the same step may write the file under another name.
        .filter((dataset) => pathOf(dataset) === undefined || !written.includes(pathOf(dataset)));
    }),
  );
  const hook = subject.source.placeOf(WRITING_HOOK);
  return [...roots].flatMap((dataset): Finding[] => {
    const entry = entryOf(subject, dataset);
    const isPassedOn = pluginDataset(entry?.type) === "Pipeline";
    const storage = isPassedOn ? storageUnmounted(entry) : storageOf(entry);
    if (storage.kind !== "local") return [];
    if (isAbsolute(storage.path)) return [absoluteInput(dataset, storage.path, subject)];
    if (isUploaded(upload, storage.path)) return [];
    const isFileOf = isPassedOn && isFields(entry?.dataset) ? entry.dataset : entry;
    const doubt = doubtAbout(isFileOf, storage) ??
      (hook === undefined ? undefined : `, unless the hook in ${hook.file}:${hook.line} writes it`);
    const isAbsent = subject.absentPaths?.has(storage.path) === true && !isGlob(storage.path);
    const by = isAbsent ? undefined : upload.leftOutBy(storage.path);
    const why = by !== undefined
      ? `is not uploaded: ${exclusionText(by)}`
      : isOutside(upload.inCode(storage.path)) && !isAbsent
      ? "is not uploaded: it is outside the code folder"
      : isGlob(storage.path)
      ? "is not uploaded: no file matches it"
      : "does not exist";
    const reads = isPassedOn
      ? `No step of the job writes "${dataset}", so it is read from ${storage.path}`
      : `"${dataset}" reads ${storage.path}`;
    return [{
      severity: doubt === undefined && !isGlob(storage.path) ? "error" : "warning",
      // dataset.not_uploaded: A step reads a file that is not uploaded. Run `kedro-azureml setup`, which makes it a
      //   data asset, use a cloud path, or change the line of .amlignore that the message names. If it does not exist,
      //   create it, or correct its path.
      code: "dataset.not_uploaded",
      message: `${reads}, which ${why}${doubt ?? ""}`,
      hint: isPassedOn || isAbsent && writerOf(dataset, spec, subject) !== undefined
        ? hintForUnwritten(dataset, spec, subject, by)
        : why === "does not exist"
        ? ADD_FILE
        : by?.place === undefined
        ? "Use a cloud path, or make it an AzureMLAssetDataset"
        : `${
          isPlainName(posix.basename(storage.path)) || isGlob(storage.path)
            ? "Run"
            : "Rename it without spaces and special characters, and run"
        } ${SETUP}, which makes it a data asset, use a cloud path, or change line ${by.place.line} of ${by.place.file}`,
      place: subject.conf.placeOfDataset(dataset),
    }];
  });
});

/** Hooks with which a project can write files in a step before its node reads them. */
const WRITING_HOOK =
  /def (?:after_(?:catalog|context)_created|before_(?:pipeline_run|node_run|dataset_loaded))\b/;

function matchesAny(glob: string, names: ReadonlySet<string>): boolean {
  // Which characters or words are meant is not looked at.
  const pieces = globPieces(glob.replace(/\{[^{}]*\}/g, "*").replace(/\[[^[\]]*\]/g, "?"));
  const below = [...pieces, ...literal("/"), ANYTHING];
  return [...names].some((name) => fitsPieces(pieces, name) || fitsPieces(below, name));
}

/** A node outside of the job that writes a dataset, of the job's pipeline if it has one. */
function writerOf(dataset: string, { pipelineName }: JobSpec, { snapshot }: Subject): string | undefined {
  const pipelines = Object.entries(snapshot.pipelines ?? {})
    .sort(([a], [b]) => Number(b === pipelineName) - Number(a === pipelineName));
  const isIt = (output: string) => withoutTranscoding(output) === withoutTranscoding(dataset);
  return pipelines.flatMap(([pipeline, { nodes }]) =>
    nodes.filter(({ outputs }) => outputs.some(isIt)).map(({ name }) => `"${name}" (pipeline "${pipeline}")`)
  )[0];
}

/** What to do about a dataset that no step of the job writes. */
function hintForUnwritten(dataset: string, spec: JobSpec, subject: Subject, by?: LeftOut): string {
  const writer = writerOf(dataset, spec, subject);
  const ways = [
    ...(writer === undefined ? [] : [`also run node ${writer}`]),
    `make "${dataset}" an AzureMLAssetDataset${writer === undefined ? "" : " of type uri_folder"}`,
    ...(by?.place === undefined ? [] : [`change line ${by.place.line} of ${by.place.file}`]),
  ];
  const text = ways.length === 1 ? ways[0]! : `${ways.slice(0, -1).join(", ")}, or ${ways.at(-1)}`;
  return text[0]!.toUpperCase() + text.slice(1);
}

export const outputsStay = eachJob("Are the results kept?", (spec, subject) => {
  const read = new Set(edgesOf(spec.steps).map(({ written }) => withoutTranscoding(written)));
  const last = spec.steps.flatMap(({ outputs }) => outputs)
    .filter(({ dataset }) => !read.has(withoutTranscoding(dataset)));
  return last.flatMap(({ dataset }): Finding[] => {
    const storage = storageOf(entryOf(subject, dataset));
    if (storage.kind !== "local" || isAbsolute(storage.path)) return [];
    return [{
      severity: "warning",
      // dataset.output_lost: A step writes to its container only, so the result is lost. Run `setup`, remove
      //   the catalog entry, or use a cloud path.
      code: "dataset.output_lost",
      message:
        `"${dataset}" is written to ${storage.path} in the step's container and is lost when the container exits; its output in Azure ML stays empty`,
      hint: hintForLocal(dataset, storage.path, subject, []),
      place: subject.conf.placeOfDataset(dataset),
    }];
  });
});
