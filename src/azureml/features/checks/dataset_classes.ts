import { isFields } from "../../../core/fields.ts";
import { nearest } from "../../../core/text/suggest.ts";
import type { ClassArguments, DatasetClass } from "../../../kedro/known/dataset_classes.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import { type ClassSources, findClass, type FoundClass } from "../catalog/class_lookup.ts";
import {
  type DatasetDefinition,
  definitionsOf,
  isAzureMLClass,
  isWrapper,
} from "../catalog/dataset_definitions.ts";
import type { Finding } from "./finding.ts";
import { projectArguments } from "../catalog/project_class.ts";
import { eachJob, isOld, type OfflineCheck, type Subject, usedDatasets } from "./subject.ts";

/** Reports entries of the catalog without a class. */
export const datasetTypes: OfflineCheck = {
  question: "Do all entries of the catalog have a class?",
  run: ({ snapshot, conf }) =>
    Object.entries(snapshot.catalog).flatMap(([dataset, entry]): Finding[] => {
      if (!isFields(entry) || typeof entry.type === "string") return [];
      const meant = nearest("type", Object.keys(entry));
      return [{
        severity: "error",
        code: "dataset.no_type",
        message: `Dataset "${dataset}" has no \`type\`, without which Kedro cannot create it`,
        hint: meant === undefined
          ? "Add `type`, such as `type: pandas.CSVDataset`"
          : `Rename its key "${meant}" to \`type\``,
        place: conf.placeOfDataset(dataset, meant === undefined ? [] : [meant]),
      }];
    }),
};

/** Keys of a catalog entry that Kedro itself reads. */
const KEDRO_KEYS = new Set(["versioned", "version", "validator"]);

/** A definition with its class, and whether a job uses the dataset. */
interface Looked {
  readonly definition: DatasetDefinition;
  readonly found: FoundClass;
  readonly isUsed: boolean;
  readonly place: Finding["place"];
}

/**
 * Reports dataset classes that steps do not have. The plugin creates every dataset of the catalog in every step, used
 * or not (`AzurePipelinesRunner.run` of kedro-azureml-pipeline 0.1.0).
 */
export const datasetClasses = eachJob(
  "Do steps have the classes of the datasets?",
  (spec, subject) =>
    lookedUp(spec, subject).flatMap(({ definition, found, place }): Finding[] => {
      const { dataset, type } = definition;
      const ofDataset = `of dataset "${dataset}"`;
      if (isOtherPlugin(type)) return [otherPlugin(definition, place)];
      if (found.kind === "unknown") {
        return [{
          severity: found.isCertain ? "error" : "warning",
          code: "dataset.unknown_class",
          message: `"${type}" ${ofDataset} is not a known dataset class: ${found.why}`,
          hint: found.meant === undefined
            ? "Correct `type`, or add the package that has it to the job's environment"
            : `Did you mean "${found.meant}"?`,
          place,
        }];
      }
      return found.kind === "removed" ? [removed(definition, found, place)] : [];
    }),
);

function isOtherPlugin(type: string): boolean {
  return /^kedro_azureml\./.test(type);
}

function otherPlugin({ dataset, type }: DatasetDefinition, place: Finding["place"]): Finding {
  const own = type.match(/AzureML(?:Asset|Pipeline)(?=Data[sS]et$)/)?.[0];
  return {
    severity: "error",
    code: "dataset.other_plugin",
    message:
      `"${type}" of dataset "${dataset}" is a class of kedro-azureml, but the steps run kedro-azureml-pipeline`,
    hint: own === undefined
      ? "Use a dataset of kedro-datasets, or run `kedro-azureml migrate`"
      : `Use "kedro_azureml_pipeline.datasets.${own}Dataset", or run \`kedro-azureml migrate\``,
    place,
  };
}

function removed(
  { dataset, type }: DatasetDefinition,
  { last, newest, isPossible, meant }: Extract<FoundClass, { kind: "removed" }>,
  place: Finding["place"],
): Finding {
  const { distribution, until } = last;
  const lack = until === undefined
    ? `${distribution} has it since ${last.since}, and the environment has ${newest}`
    : `${distribution} ${newest} does not have it; version ${until} was the last`;
  return {
    severity: isPossible ? "warning" : "error",
    code: isPossible ? "dataset.removed_class" : "dataset.unknown_class",
    message: `"${type}" of dataset "${dataset}" is not a known dataset class: ${lack}${
      isPossible ? ", which the environment may have" : ""
    }`,
    hint: meant === undefined || until === undefined
      ? `Require the right version of ${distribution} in the job's environment`
      : `Did you mean "${meant}"?`,
    place,
  };
}

/** Reports arguments that a dataset's class does not take, and arguments that it needs. */
export const datasetArguments = eachJob(
  "Do the classes of the datasets take their arguments?",
  (spec, subject) =>
    lookedUp(spec, subject).flatMap((looked): Finding[] => {
      const { definition, isUsed } = looked;
      if (isOtherPlugin(definition.type)) return [];
      // The class that wraps a dataset creates it when it is loaded or saved; only Kedro's cache does so at once.
      const isLate = definition.wrapper !== undefined && !/CachedData[sS]et$/.test(definition.wrapper);
      if (isLate && !isUsed) return wrapperFindings(looked);
      return [...argumentFindings(looked, subject), ...wrapperFindings(looked)];
    }),
);

function argumentFindings({ definition, found, place }: Looked, subject: Subject): Finding[] {
  const takes = found.kind === "known"
    ? argumentsOf(found.spans)
    : found.kind === "project"
    ? projectArguments(definition.type, subject.source)
    : undefined;
  if (takes === undefined) return [];
  const { dataset, type, args, path, given } = definition;
  const name = (key: string) => key === "versioned" ? "version" : key;
  const isUnknown = (key: string) =>
    key === "versioned" ? args.versioned === true && !takes.args.has("version") : !takes.args.has(key);
  const unknown = takes.takesAny
    ? []
    : Object.keys(args).filter((key) => (key === "versioned" || !KEDRO_KEYS.has(key)) && isUnknown(key));
  const missing = takes.required.filter((key) => args[key] === undefined && key !== given);
  const others = [...takes.args].filter((key) => args[key] === undefined && key !== "version");
  const mappings = MAPPINGS.filter((key) =>
    takes.args.has(key) && Boolean(args[key]) && !isFields(args[key])
  );
  return [
    ...mappings.map((key): Finding => ({
      severity: "error",
      code: "dataset.not_a_mapping",
      message: `\`${key}\` of dataset "${dataset}" is no mapping, so Kedro cannot create it`,
      hint: `Write its options as keys below \`${key}\`, such as \`sep: ";"\``,
      place: subject.conf.placeOfDataset(dataset, [...path, key]) ?? place,
    })),
    ...unknown.map((key): Finding => ({
      severity: "error",
      code: "dataset.unknown_argument",
      message: key === "versioned"
        ? `"${type}" of dataset "${dataset}" cannot be versioned`
        : `"${type}" of dataset "${dataset}" takes no argument "${key}"`,
      hint: argumentHint(name(key), others),
      place: subject.conf.placeOfDataset(dataset, [...path, key]) ?? place,
    })),
    ...missing.filter((key) => !unknown.some((name) => nearest(name, [key]) !== undefined)).map((
      key,
    ): Finding => ({
      severity: "error",
      code: "dataset.missing_argument",
      message: `"${type}" of dataset "${dataset}" needs "${key}"`,
      hint: `Add \`${key}\` to ${path.length === 0 ? "the dataset" : `its \`${path.join(".")}\``}`,
      place,
    })),
  ];
}

/** Arguments of the classes of kedro-datasets that are mappings, or empty. */
const MAPPINGS = ["load_args", "save_args", "fs_args", "open_args_load", "open_args_save"];

function argumentHint(key: string, others: readonly string[]): string {
  if (key === "version") return "Remove `versioned`";
  if (key === "layer") return "Move it to `metadata`: `kedro-viz: {layer: …}`";
  const meant = nearest(key, others);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  const names = others.slice(0, 8).join(", ");
  return others.includes("load_args")
    ? `Options of reading and writing belong in \`load_args\` and \`save_args\`; it takes ${names}`
    : names === ""
    ? "Remove it"
    : `It takes ${names}`;
}

/** The arguments that some allowed version takes, and those that all of them need. */
function argumentsOf(spans: readonly DatasetClass[]): ClassArguments {
  return {
    args: new Set(spans.flatMap(({ args }) => [...args])),
    required: spans.at(-1)!.required.filter((key) => spans.every(({ required }) => required.includes(key))),
    takesAny: spans.some(({ takesAny }) => takesAny),
  };
}

/** Reports wrapped datasets that their wrapper refuses when a step creates it. */
function wrapperFindings({ definition, place }: Looked): Finding[] {
  const { dataset, type, args, path, wrapper, given } = definition;
  const error = (code: string, message: string, hint: string) =>
    ({ severity: "error", code, message, hint, place }) as const;
  if (isWrapper(type) && isFields(args.dataset) && typeof args.dataset.type !== "string") {
    const key = [...path, "dataset"].join(".");
    return [error(
      "dataset.no_type",
      `Dataset "${dataset}" has no \`${key}.type\`, without which Kedro cannot create it`,
      `Add \`type\` to its \`${key}\`, such as \`type: pandas.CSVDataset\``,
    )];
  }
  const { azureml_type: kind } = args;
  if (isAzureMLClass(type) && typeof kind === "string" && !["uri_file", "uri_folder"].includes(kind)) {
    const meant = nearest(kind, ["uri_file", "uri_folder"]) ??
      (/file/i.test(kind) ? "uri_file" : "uri_folder");
    return [error(
      "dataset.asset_type",
      `"${kind}" of dataset "${dataset}" is not an azureml_type of the plugin`,
      `Did you mean "${meant}"? The plugin takes uri_file and uri_folder`,
    )];
  }
  if (wrapper === undefined || given === undefined) return [];
  if (isAzureMLClass(wrapper)) {
    const missing = error(
      "dataset.no_filepath",
      `Dataset "${dataset}" has no \`dataset.${given}\`, and its class needs one in every step`,
      `Add \`${given}\`: the path of the file below the mounted folder`,
    );
    const versioned = error(
      "dataset.versioned",
      `Dataset "${dataset}" versions its wrapped dataset, which the plugin refuses in every step`,
      "Remove `versioned`; Azure ML keeps versions of data assets",
    );
    return [...(args[given] === undefined ? [missing] : []), ...(args.versioned === true ? [versioned] : [])];
  }
  const setsIt = /^(?:kedro_datasets\.)?partitions\.\w+Dataset$/.test(wrapper);
  return !setsIt || args[given] === undefined ? [] : [error(
    "dataset.given_filepath",
    `Dataset "${dataset}" has \`dataset.${given}\`, which "${wrapper}" sets itself`,
    `Remove \`${given}\`; the path of the folder is \`path\``,
  )];
}

/** All definitions of the catalog with their classes. */
function lookedUp(spec: JobSpec, subject: Subject): Looked[] {
  if (isOld(subject)) return [];
  const sources: ClassSources = {
    source: subject.source,
    environment: subject.environments.of(spec.environment),
    imported: subject.importedModules,
  };
  const used = usedDatasets(spec);
  return Object.entries(subject.snapshot.catalog).flatMap(([dataset, entry]) =>
    definitionsOf(dataset, entry).map((definition) => ({
      definition,
      found: findClass(definition.type, sources),
      isUsed: used.has(dataset),
      place: subject.conf.placeOfDataset(dataset, [...definition.path, "type"]),
    }))
  );
}
