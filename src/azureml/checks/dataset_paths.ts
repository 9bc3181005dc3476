import { normalize } from "node:path/posix";
import { fields, isFields, ownValue } from "../../core/json.ts";
import { knownDatasets } from "../../kedro/known_datasets.ts";
import type { CatalogEntry, Json } from "../../kedro/snapshot.ts";
import { variablesInSteps } from "./code_needs.ts";
import { pluginDataset } from "../job/compile/ports.ts";
import { createdDatasets, type DatasetDefinition, definitionsOf, isAzureMLClass } from "./dataset_classes.ts";
import type { Finding } from "./finding.ts";
import { eachJob, entryOf, row, type Subject, usedDatasets } from "./subject.ts";

const LOCALHOST =
  /(?:^|\/\/|@)(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1\]|host\.docker\.internal)(?=[:/?]|$)/i;

export const localEndpoints = eachJob(
  "Can steps reach the endpoints of the datasets?",
  (spec, subject) =>
    [...usedDatasets(spec)].flatMap((dataset): Finding[] => {
      const { metadata: _, ...entry } = entryOf(subject, dataset) ?? {};
      const texts = textsIn(entry);
      return texts.filter(([, text]) => LOCALHOST.test(text)).slice(0, 1).map(([path, text]) => ({
        // The image, a hook or a node can start a server.
        severity: "warning",
        // dataset.localhost: A dataset names this machine, which steps cannot reach. Use an address that the
        //   compute can reach.
        code: "dataset.localhost",
        message: `"${dataset}" uses ${shown(text)}, which is the step's own container in Azure`,
        hint: "Use an address that the compute can reach",
        place: subject.conf.placeOfDataset(dataset, path),
      }));
    }),
);

// mlflow.localhost: MLflow is set to this machine, which steps cannot reach. Leave `mlflow_tracking_uri`
//   empty.
export const localMlflow = row("mlflow.localhost", {
  asks: "Can steps reach the server of MLflow?",
  severity: "error",
  find: (_, { conf }) => conf.mlflow.filter(({ text }) => LOCALHOST.test(text)),
  says: ({ text }) => `MLflow uses ${shown(text)}, which is the step's own container in Azure`,
  hint: "Leave `mlflow_tracking_uri` empty: Azure ML sets its own in every step",
  place: ({ place }) => place,
});

/** A URL without its path and password, which may be long or secret. */
function shown(text: string): string {
  return `"${text.replace(/\/\/[^/@\s]*@/, "//").replace(/[?#][^]*$/, "").slice(0, 80)}"`;
}

function textsIn(value: Json, path: readonly string[] = []): [readonly string[], string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item as Json, path));
  return Object.entries(value).flatMap(([key, child]) => textsIn(child, [...path, key]));
}

/** What adlfs reads instead of arguments; the URL's own account is not among them, because Kedro passes no URL. */
const ACCOUNT_VARIABLES = ["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"];
const ACCOUNT_ARGUMENTS = ["account_name", "connection_string"];

/** Reports datasets in Azure Storage that do not name the account, without which adlfs cannot create them. */
export const storageAccounts = eachJob(
  "Do datasets in Azure Storage name their account?",
  (spec, subject) => {
    const isSet = variablesInSteps(subject);
    if (ACCOUNT_VARIABLES.some(isSet)) return [];
    return createdDatasets(spec, subject).flatMap(({ dataset, path, args, wrapper, type }): Finding[] => {
      const { filepath, credentials, fs_args: options } = args;
      const found = /^(?:abfss?|az):\/\/(?:[^/@]*@([^/.]+)\.)?/.exec(String(filepath));
      const isNamed = credentials !== undefined || ACCOUNT_ARGUMENTS.some((name) => name in fields(options));
      if (found === null || isNamed || wrapper !== undefined || knownDatasets().find(type).length === 0) {
        return [];
      }
      return [{
        severity: "warning",
        // dataset.no_account: A dataset in Azure Storage does not name its account, which Kedro does not take
        //   from the path. Add `fs_args`.
        code: "dataset.no_account",
        message:
          `"${dataset}" does not name its storage account, so no step can create it, unless the image sets ${
            ACCOUNT_VARIABLES[0]
          }: Kedro does not take the account from the path`,
        hint: `Add \`fs_args: {account_name: ${
          found[1] ?? "NAME"
        }, anon: false}\`, which uses the identity of the compute, or \`credentials\``,
        place: subject.conf.placeOfDataset(dataset, [...path, "filepath"]),
      }];
    });
  },
);

/**
 * Reports files of mounted datasets that steps will not find. The plugin puts the wrapped dataset's path below the
 * mounted folder, or beside the mounted file, whose path stands unquoted in the step's command.
 */
export const mountedPaths = eachJob(
  "Do mounted datasets have paths that work?",
  (spec, subject) =>
    [...usedDatasets(spec)].flatMap((dataset): Finding[] => {
      const [outer, inner] = definitionsOf(dataset, entryOf(subject, dataset) ?? {});
      if (outer === undefined || inner === undefined || !isAzureMLClass(outer.type)) return [];
      return pathFindings(outer, inner, subject);
    }),
);

function pathFindings(outer: DatasetDefinition, inner: DatasetDefinition, subject: Subject): Finding[] {
  const { dataset } = outer;
  const key = inner.given ?? "filepath";
  const path = ownValue(inner.args, key);
  if (typeof path !== "string") return [];
  const place = subject.conf.placeOfDataset(dataset, [...inner.path, key]);
  if (/^(?:\/|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]+:\/)/i.test(path)) {
    const isInImage = path.startsWith("/");
    return [{
      severity: isInImage ? "warning" : "error",
      // dataset.absolute_path: A dataset has a path of one machine, or a mounted dataset an absolute path.
      //   Use a cloud path, or a relative one.
      code: "dataset.absolute_path",
      message: `"${dataset}" has the absolute path ${
        shown(path)
      }, which is outside of the folder that Azure ML mounts${
        isInImage ? "; a step has it only if the image or a mount does" : ""
      }`,
      hint:
        `Make it relative, such as \`${key}: data.csv\`; for a cloud path, use the wrapped dataset itself`,
      place,
    }];
  }
  if (path.split(/[\\/]/).includes("..")) {
    return [{
      severity: "error",
      // dataset.outside_mount: The path of a mounted dataset leads out of the mounted folder. Remove `..`.
      code: "dataset.outside_mount",
      message: `"${dataset}" has the path ${shown(path)}, which leads out of the folder that Azure ML mounts`,
      hint: "Remove `..` from it: the path starts in the mounted folder",
      place,
    }];
  }
  if (outer.args.azureml_type !== "uri_file") return [];
  const name = path.replace(/^\.\//, "");
  if (!isPlainName(name)) {
    return [{
      severity: "error",
      // dataset.uri_file_name: Steps will not find the file of a uri_file. Use its bare name, without spaces,
      //   or a uri_folder.
      code: "dataset.uri_file_name",
      message:
        `"${dataset}" is a uri_file with the name "${name}", which the plugin's command cannot pass on: the shell splits or changes it`,
      hint: "Rename the file without spaces and special characters, or use a uri_folder",
      place,
    }];
  }
  return !name.includes("/") ? [] : [{
    severity: "error",
    code: "dataset.uri_file_name",
    message: `"${dataset}" is a uri_file, so Azure ML mounts one file, not the folder of "${name}"`,
    hint: `Use \`${key}: ${name.split("/").at(-1)}\`, or \`azureml_type: uri_folder\``,
    place,
  }];
}

/** Reports the absolute path of a dataset that is not mounted: a container has it only if its image or a mount does. */
export function absoluteInput(dataset: string, path: string, subject: Subject): Finding {
  const isWindows = /^[A-Za-z]:/.test(path);
  return {
    severity: isWindows ? "error" : "warning",
    code: "dataset.absolute_path",
    message: isWindows
      ? `"${dataset}" reads ${path}, a path of Windows, but steps run on Linux`
      : `"${dataset}" reads ${path} in the step's container, which has it only if the image or a mount does`,
    hint: "Use a cloud path, or make it an AzureMLAssetDataset",
    place: subject.conf.placeOfDataset(dataset, ["filepath"]),
  };
}

export type Storage =
  /** In a folder that Azure ML mounts into each step that reads or writes it. */
  | { readonly kind: "mounted" }
  /** In a file on the machine that runs the step. */
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "memory" }
  /** Somewhere else, such as a database or a bucket, or unknown. */
  | { readonly kind: "elsewhere" };

/** Determines where a dataset keeps its data; the plugin mounts datasets without a catalog entry. */
export function storageOf(entry: CatalogEntry | undefined): Storage {
  if (entry === undefined) return { kind: "mounted" };
  const type = typeof entry.type === "string" ? entry.type : "";
  if (pluginDataset(type) !== undefined) return { kind: "mounted" };
  if (/(^|\.)MemoryDataset$/.test(type)) return { kind: "memory" };
  if (/(^|\.)CachedDataset$/.test(type) && isFields(entry.dataset)) return storageUnmounted(entry.dataset);
  const path = pathIn(entry);
  return path === undefined || isRemote(path) ? { kind: "elsewhere" } : { kind: "local", path: bare(path) };
}

/**
 * Determines where a dataset keeps its data in a step that does not mount it: Azure ML's datasets then use `root_dir`
 * on the step's machine. The plugin does not mount cached datasets, nor inputs that no step of the job writes.
 */
export function storageUnmounted(entry: CatalogEntry | undefined): Storage {
  const storage = storageOf(entry);
  if (storage.kind !== "mounted" || entry === undefined) return storage;
  const { root_dir: root = "data", filepath_arg: key, dataset } = entry;
  const path = isFields(dataset) ? pathIn(dataset, key) : undefined;
  if (path === undefined) return { kind: "local", path: String(root) };
  if (isRemote(path)) return { kind: "elsewhere" };
  return { kind: "local", path: path.startsWith("/") ? path : normalize(`${root}/${path}`) };
}

/** The path in a catalog entry; `key` is its argument, if it is known. */
function pathIn(entry: CatalogEntry, key?: unknown): string | undefined {
  const path = typeof key === "string" ? ownValue(entry, key) : entry.filepath ?? entry.path;
  return typeof path === "string" && path !== "" ? path : undefined;
}

/** Whether a path is a URL of something other than a local file, such as `abfss://` or `dbfs:/`. */
function isRemote(path: string): boolean {
  return /^(?!file:)[a-z][a-z0-9+.-]+:\/?/i.test(path);
}

/** Whether the path of a dataset that is not mounted is one of a machine; fsspec also knows `~`. */
export function isAbsolute(path: string): boolean {
  return /^(?:[/~]|[A-Za-z]:[\\/])/.test(path);
}

/** A path without its protocol, and without double slashes and `.`, as `pathlib` has it. */
function bare(path: string): string {
  return normalize(path.replace(/^file:\/\//, ""));
}

/** Whether the shell passes on the name of a file unchanged: the plugin does not quote that of a `uri_file`. */
export function isPlainName(name: string): boolean {
  return !/[\s"'$&();<>`|*?\\#!~{}[\]]/.test(name);
}

/** Whether a path may be a pattern, which classes such as those for Spark and Polars expand. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** What to do about a file that a dataset reads and that does not exist. */
export const ADD_FILE = "Add the file, correct its path in the catalog, or use a cloud path";
