import { nearest } from "../../../core/text/suggest.ts";
import { type DatasetClass, knownDatasets } from "../../../kedro/known/dataset_classes.ts";
import { knownPackages } from "../../../kedro/known/packages.ts";
import { isShared, type ProjectSource } from "../../../kedro/source/project_source.ts";
import type { ClassSource } from "../../../kedro/source/python_module.ts";
import type { JobEnvironment } from "../requirements/job_environment.ts";
import { provides } from "../requirements/provided.ts";
import { allows, isCapped } from "../requirements/requirement.ts";
import { ownValue } from "../../../core/fields.ts";

/** What is known about the class of a dataset. */
export type FoundClass =
  /** A class of a published package; the newest allowed version comes last. */
  | { readonly kind: "known"; readonly spans: readonly DatasetClass[] }
  /** A class of a published package that the allowed versions do not have, or only the older ones. */
  | {
    readonly kind: "removed";
    readonly last: DatasetClass;
    readonly newest: string;
    readonly isPossible: boolean;
    readonly meant: string | undefined;
  }
  | { readonly kind: "project"; readonly found: ClassSource | undefined }
  /** A class of another package, which was not looked at. */
  | { readonly kind: "other" }
  | {
    readonly kind: "unknown";
    readonly why: string;
    readonly meant: string | undefined;
    readonly isCertain: boolean;
  };

/** What classes are looked up in. */
export interface ClassSources {
  readonly source: ProjectSource;
  readonly environment: JobEnvironment | undefined;
  /** Modules that the project's code imports from other packages. */
  readonly imported: ReadonlySet<string>;
}

/** Classes with another name in a later version whose names are not alike. */
const RENAMED: Readonly<Record<string, string>> = {
  "matplotlib.MatplotlibWriter": "matplotlib.MatplotlibDataset",
  "geopandas.GeoJSONDataset": "geopandas.GenericDataset",
  "tracking.MetricsDataset": "json.JSONDataset",
  "tracking.JSONDataset": "json.JSONDataset",
};
/** Kedro 1 needs these versions unless a file asks for older ones. */
const OLDEST: Readonly<Record<string, string>> = { "kedro-datasets": "8.1.0", kedro: "1.0.0" };

/** Finds the class of a dataset as Kedro would: in Kedro, in kedro-datasets, in the project, in other packages. */
export function findClass(type: string, sources: ClassSources): FoundClass {
  const datasets = knownDatasets();
  const spans = datasets.find(type);
  if (spans.length > 0) return knownClass(type, spans, sources.environment);
  const own = projectClass(type, sources.source);
  if (own !== undefined) return own;
  const meant = suggestion(type);
  const [top = "", ...rest] = type.split(".");
  const unknown = (why: string, isCertain = true): FoundClass => ({ kind: "unknown", why, meant, isCertain });
  if (rest.length === 0) return unknown("no module of that name is given");
  const owner = datasets.hasModule(top) ? ownerOf(top) : undefined;
  if (owner !== undefined && (top.startsWith("kedro") || rest.length <= 2)) {
    const newest = datasets.versionsOf(owner).at(-1);
    return unknown(`${owner} ${newest} does not have it`, !needsNewer(owner, sources.environment));
  }
  if (knownPackages().isStandard(top, "3.11")) return unknown("it is a module of Python itself");
  const { environment, imported } = sources;
  const isProvided = environment !== undefined && provides(environment, top);
  // Packages that are known but missing are reported with the imports.
  if (imported.has(top) || isProvided || knownPackages().providersOf(top).length > 0) {
    return { kind: "other" };
  }
  const isCertain = isMisspelled(type, meant);
  return unknown(
    isCertain
      ? `no package has module "${top}"`
      : `no package that the project's files require is known to have module "${top}"`,
    isCertain,
  );
}

/** The package whose catalog types start with a module. */
function ownerOf(top: string): string {
  const distributions: Readonly<Record<string, string>> = {
    kedro: "kedro",
    kedro_azureml: "kedro-azureml",
    kedro_azureml_pipeline: "kedro-azureml-pipeline",
  };
  return ownValue(distributions, top) ?? "kedro-datasets";
}

function knownClass(
  type: string,
  spans: readonly DatasetClass[],
  environment: JobEnvironment | undefined,
): FoundClass {
  const { distribution } = spans[0]!;
  const versions = allowedVersions(distribution, environment);
  const all = knownDatasets().versionsOf(distribution);
  const has = ({ since, until }: DatasetClass, version: string) => {
    const at = all.indexOf(version);
    return all.indexOf(since) <= at && (until === undefined || at <= all.indexOf(until));
  };
  const allowed = spans.filter((span) => versions.some((version) => has(span, version)));
  if (allowed.some((span) => has(span, versions.at(-1)!))) {
    return needsNewer(distribution, environment) ? { kind: "other" } : { kind: "known", spans: allowed };
  }
  return {
    kind: "removed",
    last: spans.at(-1)!,
    newest: versions.at(-1)!,
    isPossible: allowed.length > 0,
    meant: suggestion(type),
  };
}

/** The known versions of a package that the environment may have, oldest first. */
export function allowedVersions(
  distribution: string,
  environment: JobEnvironment | undefined,
): readonly string[] {
  const all = knownDatasets().versionsOf(distribution);
  const required = (environment?.requirements ?? []).filter(({ name }) => name === distribution);
  const oldest = required.some(isCapped) ? 0 : Math.max(0, all.indexOf(ownValue(OLDEST, distribution) ?? ""));
  const allowed = all.slice(oldest).filter((version) =>
    required.every((requirement) => allows(requirement, version))
  );
  if (allowed.length > 0) return allowed;
  // Only some versions are known: the nearest older one has the classes of a version between two of them.
  const older = all.filter((version) =>
    required.every((requirement) => allows({ versions: floor(requirement.versions) }, version))
  );
  return older.length > 0 ? older.slice(-1) : all.slice(-1);
}

/** Whether an environment requires a newer version of a package than the newest known one. */
function needsNewer(distribution: string, environment: JobEnvironment | undefined): boolean {
  const newest = knownDatasets().versionsOf(distribution).at(-1)!;
  const required = (environment?.requirements ?? []).filter(({ name }) => name === distribution);
  return required.some((requirement) =>
    !allows(requirement, newest) &&
    (requirement.versions.match(/\d+(?:\.\d+)*/g) ?? []).some((version) =>
      allows({ versions: `>${newest}` }, version) && allows(requirement, version)
    )
  );
}

/** Turns exact versions into upper bounds, and leaves out lower ones. */
function floor(versions: string): string {
  return versions.split(",").filter((one) => !/^\s*>/.test(one))
    .map((one) => one.replace(/^\s*(?:==|~=)\s*([\d.]+?)(?:\.\*)?\s*$/, "<=$1")).join();
}

function projectClass(type: string, source: ProjectSource): FoundClass | undefined {
  const parts = type.split(".");
  const [name, module] = [parts.at(-1)!, parts.slice(0, -1).join(".")];
  const tops = new Set(source.modules.map((module) => module.split(".")[0]!));
  if (module === "" || !tops.has(parts[0]!) || isShared(source, module)) return undefined;
  const parsed = source.read(module);
  if (parsed === undefined) {
    return {
      kind: "unknown",
      why: `the project has no module "${module}"`,
      meant: nearest(module, source.modules)?.concat(`.${name}`),
      isCertain: true,
    };
  }
  const own = parsed.classes.get(name);
  if (own !== undefined || parsed.isOpen || parsed.names.has(name)) return { kind: "project", found: own };
  const classes = [...parsed.classes.keys()];
  const meant = nearest(name, classes);
  return {
    kind: "unknown",
    why: `${source.fileOf(module) ?? module} has no class "${name}"`,
    meant: meant === undefined ? undefined : `${module}.${meant}`,
    isCertain: true,
  };
}

/** Whether a type differs from a known one in the spelling of its module only. */
function isMisspelled(type: string, meant: string | undefined): boolean {
  const [name, other] = [type, meant].map((name) => name?.split(".").at(-1));
  return name === other &&
    nearest(type.split(".")[0]!, [meant!.split(".")[0]!, "kedro_datasets"]) !== undefined;
}

/** The known class that is probably meant. */
function suggestion(type: string): string | undefined {
  const names = knownDatasets().newest;
  const bare = type.replace(/^(?:kedro_datasets|kedro\.io|(?:kedro\.)?extras\.datasets)\./, "");
  const prefix = type.startsWith("kedro_datasets.") ? "kedro_datasets." : "";
  const spelled = bare.replace(/Data[sS]et$/, "Dataset");
  const renamed = ownValue(RENAMED, spelled);
  if (renamed !== undefined) return prefix + renamed;
  const exact = [bare, spelled].find((name) => names.includes(name));
  if (exact !== undefined) return exact === type ? undefined : prefix + exact;
  const className = spelled.split(".").at(-1)!;
  const sameClass = names.filter((name) => name.split(".").at(-1) === className);
  const close = nearest(spelled, sameClass) ?? (sameClass.length === 1 ? sameClass[0] : undefined);
  return close ?? nearest(spelled, names);
}
