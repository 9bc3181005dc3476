import { DATA_ASSET_NAME, DATA_ASSET_NAME_HINT } from "../../core/azure_limits.ts";
import { isFields } from "../../core/json.ts";
import { nearest } from "../../core/suggest.ts";
import { type ClassArguments, type DatasetClass, knownDatasets } from "../../kedro/known_datasets.ts";
import { absoluteModule, type ProjectSource } from "../../kedro/modules.ts";
import {
  datasetsWithClasses,
  type DatasetWithClass,
  isAzureMLClass,
  isOtherPlugin,
  isWrapper,
} from "./dataset_classes.ts";
import type { Finding } from "./finding.ts";
import { eachJob, type Subject } from "./subject.ts";

/** Keys of a catalog entry that Kedro itself reads. */
const KEDRO_KEYS = new Set(["versioned", "version", "validator"]);

export const datasetArguments = eachJob(
  "Do the classes of the datasets take their arguments?",
  (spec, subject) =>
    datasetsWithClasses(spec, subject).flatMap((looked): Finding[] => {
      const { definition, isUsed } = looked;
      if (isOtherPlugin(definition.type)) return [];
      // The class that wraps a dataset creates it when it is loaded or saved; only Kedro's cache does so at once.
      const isLate = definition.given !== undefined;
      const takes = argumentsTaken(looked, subject);
      const wrapped = wrapperFindings(looked, takes, subject);
      if (takes === undefined || (isLate && !isUsed)) return wrapped;
      return [...argumentFindings(looked, takes, subject), ...wrapped];
    }),
  "environment",
);

function argumentsTaken({ definition, found }: DatasetWithClass, { source }: Subject) {
  return found.kind === "known"
    ? argumentsOf(found.spans)
    : found.kind === "project"
    ? projectArguments(definition.type, source)
    : undefined;
}

function argumentFindings(
  { definition, place }: DatasetWithClass,
  takes: ClassArguments,
  subject: Subject,
): Finding[] {
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
      // dataset.not_a_mapping: Options of a dataset are no mapping. Write them as keys.
      code: "dataset.not_a_mapping",
      message: `\`${key}\` of dataset "${dataset}" is no mapping, so Kedro cannot create it`,
      hint: `Write its options as keys below \`${key}\`, such as \`sep: ";"\``,
      place: subject.conf.placeOfDataset(dataset, [...path, key]),
    })),
    ...unknown.map((key): Finding => ({
      severity: "error",
      // dataset.unknown_argument: A class does not take an argument of a dataset, so no step starts. Correct
      //   or remove it.
      code: "dataset.unknown_argument",
      message: key === "versioned"
        ? `"${type}" of dataset "${dataset}" cannot be versioned`
        : `"${type}" of dataset "${dataset}" takes no argument "${key}"`,
      hint: key === given && takes.args.has("path") ? TAKES_PATH : argumentHint(name(key), others),
      place: subject.conf.placeOfDataset(dataset, [...path, key]),
    })),
    ...missing.filter((key) => !unknown.some((name) => nearest(name, [key]) !== undefined)).map((
      key,
    ): Finding => ({
      severity: "error",
      // dataset.missing_argument: A dataset lacks an argument that its class needs. Add it.
      code: "dataset.missing_argument",
      message: `"${type}" of dataset "${dataset}" needs "${key}"`,
      hint: `Add \`${key}\` to ${path.length === 0 ? "the dataset" : `its \`${path.join(".")}\``}`,
      place,
    })),
  ];
}

/** What to do about wrapped datasets such as PartitionedDataset, whose file or folder is `path`, not `filepath`. */
const TAKES_PATH =
  "Write `filepath_arg: path` beside `dataset`, and in it `path`: the path below the mounted folder";

/** Arguments of the classes of kedro-datasets that are mappings, or empty. */
const MAPPINGS = ["load_args", "save_args", "fs_args"];

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
function wrapperFindings(
  { definition }: DatasetWithClass,
  takes: ClassArguments | undefined,
  { conf }: Subject,
): Finding[] {
  const { dataset, type, args, path, wrapper, given } = definition;
  const error = (code: string, message: string, hint: string, key = "type"): Finding => {
    return { severity: "error", code, message, hint, place: conf.placeOfDataset(dataset, [...path, key]) };
  };
  if (isWrapper(type) && isFields(args.dataset) && typeof args.dataset.type !== "string") {
    const key = [...path, "dataset"].join(".");
    return [error(
      "dataset.no_type",
      `Dataset "${dataset}" has no \`${key}.type\`, without which Kedro cannot create it`,
      `Add \`type\` to its \`${key}\`, such as \`type: pandas.CSVDataset\``,
      "dataset",
    )];
  }
  const { azureml_type: kind, azureml_dataset: asset } = args;
  if (isAzureMLClass(type) && typeof asset === "string" && !DATA_ASSET_NAME.test(asset)) {
    const [, name, version] = /^([\w.-]+)[:@](.+)$/.exec(asset) ?? [];
    return [error(
      // dataset.asset_name: `azureml_dataset` cannot be the name of a data asset. Write the version as
      //   `azureml_version`.
      "dataset.asset_name",
      `"${asset}" of dataset "${dataset}" cannot be the name of a data asset`,
      version === undefined
        ? DATA_ASSET_NAME_HINT
        : `Write \`azureml_dataset: ${name}\`${
          version === "latest" ? ": it is the newest version" : ` and \`azureml_version: "${version}"\``
        }`,
      "azureml_dataset",
    )];
  }
  if (isAzureMLClass(type) && typeof kind === "string" && !["uri_file", "uri_folder"].includes(kind)) {
    const meant = nearest(kind, ["uri_file", "uri_folder"]) ??
      (/file/i.test(kind) ? "uri_file" : "uri_folder");
    return [error(
      // dataset.asset_type: The plugin does not know this `azureml_type`. Use `uri_file` or `uri_folder`.
      "dataset.asset_type",
      `"${kind}" of dataset "${dataset}" is not an azureml_type of the plugin`,
      `Did you mean "${meant}"? The plugin takes uri_file and uri_folder`,
      "azureml_type",
    )];
  }
  if (wrapper === undefined || given === undefined || !isAzureMLClass(wrapper)) return [];
  const lacksGiven = takes?.args.has("path") === true && !takes.takesAny && !takes.args.has(given);
  const missing = error(
    // dataset.no_filepath: The dataset inside an Azure ML dataset has no path. Add `filepath`.
    "dataset.no_filepath",
    `Dataset "${dataset}" has no \`dataset.${given}\`, and its class needs one in every step`,
    lacksGiven ? TAKES_PATH : `Add \`${given}\`: the path of the file below the mounted folder`,
  );
  const versioned = error(
    // dataset.versioned: The plugin refuses a versioned dataset inside an Azure ML dataset. Remove `versioned`:
    //   Azure ML keeps versions of data assets.
    "dataset.versioned",
    `Dataset "${dataset}" versions its wrapped dataset, which the plugin refuses in every step`,
    "Remove `versioned`; Azure ML keeps versions of data assets",
    "versioned",
  );
  return [...(args[given] === undefined ? [missing] : []), ...(args.versioned === true ? [versioned] : [])];
}

/**
 * The arguments of a project's own dataset class, by its constructor or that of a class it inherits from; `undefined`
 * if they cannot be determined from its source.
 */
function projectArguments(
  type: string,
  source: ProjectSource,
  depth = 0,
): ClassArguments | undefined {
  const dot = type.lastIndexOf(".");
  const [module, name] = [type.slice(0, dot), type.slice(dot + 1)];
  const parsed = source.read(module);
  if (parsed === undefined || depth > MOST_BASES) return undefined;
  const definition = parsed.classes.get(name);
  if (definition === undefined) {
    const use = parsed.imports.find(({ names }) => names.includes(name));
    return use && argumentsOfClass(`${absoluteModule(source, module, use)}.${name}`, source, depth);
  }
  if (definition.init !== undefined) return definition.init;
  const [base] = definition.bases;
  if (base === undefined || base.includes(".") || definition.bases.length > 1) return undefined;
  return projectArguments(`${module}.${base}`, source, depth + 1);
}

const MOST_BASES = 8;

function argumentsOfClass(type: string, source: ProjectSource, depth: number): ClassArguments | undefined {
  return knownDatasets().find(type).at(-1) ?? projectArguments(type, source, depth + 1);
}
