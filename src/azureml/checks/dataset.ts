import { withoutTranscoding } from "../../kedro/dataset_name.ts";
import { placeText } from "../../core/errors.ts";
import type { LeftOut } from "../code/selection.ts";
import type { Step } from "../job_spec.ts";
import { storageOf } from "./dataset_paths.ts";
import type { Finding } from "./finding.ts";
import { eachJob, entryOf, selectionOf } from "./subject.ts";

/** @internal A dataset that one step of a job writes and another reads. */
interface Edge {
  readonly written: string;
  readonly read: string;
  readonly writer: Step;
  readonly reader: Step;
}

function edgesOf(steps: readonly Step[]): Edge[] {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  return steps.flatMap((reader) =>
    reader.inputs.flatMap(({ from, dataset }) => {
      if (from.kind !== "step") return [];
      const writer = byKey.get(from.step)!;
      const written = writer.outputs.find(({ name }) => name === from.output)!.dataset;
      return [{ written, read: dataset, writer, reader }];
    })
  );
}

/** Data that one step keeps to itself, though another one needs it. */
export const localBetweenSteps = eachJob(
  "Does data travel from step to step?",
  (spec, subject) => {
    const edges = edgesOf(spec.steps);
    return [...new Set(edges.map(({ written }) => written))].flatMap((dataset): Finding[] => {
      const storage = storageOf(entryOf(subject, dataset));
      if (storage.kind !== "local" && storage.kind !== "memory") return [];
      const [first] = edges.filter(({ written }) => written === dataset);
      const readers = edges.filter(({ written }) => written === dataset).map(({ reader }) => reader.node);
      const where = storage.kind === "memory" ? "in memory" : `to ${storage.path} on its own machine`;
      return [{
        severity: "warning",
        code: "dataset.local_between_steps",
        message: `Node "${first!.writer.node}" saves "${dataset}" ${where}, where ${
          readers.map((node) => `"${node}"`).join(", ")
        } cannot read it: each step runs in its own container`,
        hint:
          `Remove "${dataset}" from the catalog, wrap it in a kedro_azureml_pipeline.datasets.AzureMLPipelineDataset, or use a cloud path`,
        place: subject.conf.placeOfDataset(dataset),
      }];
    });
  },
);

/** Transcoded data that the plugin's own storage between steps cannot hand over. */
export const transcodedBetweenSteps = eachJob(
  "Can transcoded data be read?",
  (spec, subject) =>
    edgesOf(spec.steps).filter(({ written, read }) =>
      written !== read && [written, read].some((name) => entryOf(subject, name) === undefined)
    ).map(({ written, read, writer, reader }) => ({
      severity: "error",
      code: "dataset.transcoded",
      message:
        `Node "${reader.node}" reads "${read}" and node "${writer.node}" writes "${written}", but they are not both in the catalog, so each becomes a separate pickle file`,
      hint: `Add "${written}" and "${read}" to the catalog, with the same cloud path`,
      place: subject.conf.placeOfDataset(written) ?? subject.conf.placeOfDataset(read),
    })),
);

/** Files that a step reads, and that are not where it runs. */
export const rootsInUpload = eachJob("Are the files there that the first steps read?", (spec, subject) => {
  const selection = selectionOf(subject);
  if (selection === undefined) return [];
  const names = new Set(selection.files.map(({ name }) => name));
  const isUploaded = (path: string) =>
    names.has(path) || [...names].some((name) => name.startsWith(`${path.replace(/\/$/, "")}/`));
  const roots = new Set(
    spec.steps.flatMap(({ inputs }) =>
      inputs.filter(({ from }) => from.kind === "literal").map(({ dataset }) => dataset)
    ),
  );
  return [...roots].flatMap((dataset): Finding[] => {
    const storage = storageOf(entryOf(subject, dataset));
    if (storage.kind !== "local" || isAbsolute(storage.path)) return [];
    const path = below(subject.project.folder, storage.path);
    if (isUploaded(path)) return [];
    const by = selection.leftOut.find(({ name }) =>
      name === path || (name.endsWith("/") && path.startsWith(name))
    );
    const why = by === undefined ? "the file does not exist" : `excluded ${exclusionText(by)}`;
    return [{
      severity: "warning",
      code: "dataset.not_uploaded",
      message: `"${dataset}" reads ${storage.path}, which is not uploaded: ${why}`,
      hint: by?.place === undefined
        ? `Use a cloud path for "${dataset}", or make it an AzureMLAssetDataset`
        : `Use a cloud path for "${dataset}", or change line ${by.place.line} of ${by.place.file}`,
      place: subject.conf.placeOfDataset(dataset),
    }];
  });
});

function exclusionText({ pattern, place, reason }: LeftOut): string {
  return place === undefined ? `as ${reason}` : `by ${placeText(place)} (${pattern})`;
}

/** Results that end with the machine that made them. */
export const outputsStay = eachJob("Are the results kept?", (spec, subject) => {
  const read = new Set(edgesOf(spec.steps).map(({ written }) => withoutTranscoding(written)));
  const last = spec.steps.flatMap(({ outputs }) => outputs)
    .filter(({ dataset }) => !read.has(withoutTranscoding(dataset)));
  return last.flatMap(({ dataset }): Finding[] => {
    const storage = storageOf(entryOf(subject, dataset));
    if (storage.kind !== "local" || isAbsolute(storage.path)) return [];
    return [{
      severity: "warning",
      code: "dataset.output_lost",
      message:
        `"${dataset}" is written to ${storage.path} in the step's container and is lost when the container exits; its output in Azure ML stays empty`,
      hint: `Remove "${dataset}" from the catalog, make it an AzureMLAssetDataset, or use a cloud path`,
      place: subject.conf.placeOfDataset(dataset),
    }];
  });
});

/** Credentials that no step has, though the catalog names them: Kedro then makes no catalog at all. */
export const catalogCredentials = eachJob("Does every step have the catalog's credentials?", (_, subject) => {
  const selection = selectionOf(subject);
  if (selection === undefined) return [];
  const uploaded = new Set(selection.files.map(({ name }) => name));
  const { credentials } = subject.conf;
  const isThere = (name: string) =>
    (credentials.get(name) ?? []).some((file) => uploaded.has(below(subject.project.folder, file)));
  const wanted = new Map<string, string[]>();
  for (const [dataset, entry] of Object.entries(subject.snapshot.catalog)) {
    for (const name of namesOf(entry)) wanted.set(name, [...wanted.get(name) ?? [], dataset]);
  }
  return [...wanted].filter(([name]) => !isThere(name)).map(([name, datasets]): Finding => {
    const files = credentials.get(name) ?? [];
    return {
      severity: "error",
      code: "dataset.credentials",
      message: files.length === 0
        ? `The catalog uses credentials "${name}", which no configuration file defines, so Kedro cannot load the catalog`
        : `Credentials "${name}" are in ${
          files.join(" and ")
        }, which is not uploaded, so Kedro cannot load the catalog in steps`,
      hint:
        `Add "${name}" to a credentials.yml that is uploaded, with \${oc.env:NAME} values, and pass them with \`--env-var\``,
      details: datasets.map((dataset) => `dataset "${dataset}"`),
      place: subject.conf.placeOfDataset(datasets[0]!),
    };
  });
});

function namesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "credentials" && typeof child === "string" ? [child] : namesOf(child)
  );
}

function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(path);
}

/** A path of the project as it is below the code folder. */
function below(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}
