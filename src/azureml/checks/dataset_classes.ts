import { isFields, ownValue } from "../../core/json.ts";
import { nearest } from "../../core/suggest.ts";
import { type DatasetClass, knownDatasets } from "../../kedro/known_datasets.ts";
import { knownPackages } from "../../kedro/known_packages.ts";
import { type ClassSource, isShared, type ProjectSource } from "../../kedro/modules.ts";
import type { CatalogEntry, Json } from "../../kedro/snapshot.ts";
import { pluginDataset } from "../job/compile/ports.ts";
import type { JobSpec } from "../job/job_spec.ts";
import type { Finding } from "./finding.ts";
import { changeOf, type JobEnvironment, provides } from "./job_environment.ts";
import { allows, isCapped, versionsIn } from "./requirements.ts";
import { type Check, eachJob, isOld, nodesOfJob, type Subject, usedDatasets } from "./subject.ts";

export const datasetTypes: Check = {
  asks: "Do all entries of the catalog have a class?",
  run: ({ snapshot, conf }) =>
    Object.entries(snapshot.catalog).flatMap(([dataset, entry]): Finding[] => {
      if (!isFields(entry) || typeof entry.type === "string") return [];
      const meant = nearest("type", Object.keys(entry));
      return [{
        severity: "error",
        // dataset.no_type: A dataset, or one inside it, has no class. Add `type`.
        code: "dataset.no_type",
        message: `Dataset "${dataset}" has no \`type\`, without which Kedro cannot create it`,
        hint: meant === undefined
          ? "Add `type`, such as `type: pandas.CSVDataset`"
          : `Rename its key "${meant}" to \`type\``,
        place: conf.placeOfDataset(dataset, meant === undefined ? [] : [meant]),
      }];
    }),
};

export interface DatasetWithClass {
  readonly definition: DatasetDefinition;
  readonly found: FoundClass;
  readonly isUsed: boolean;
  readonly place: Finding["place"];
}

export const datasetClasses = eachJob(
  "Do steps have the classes of the datasets?",
  (spec, subject) => {
    const findings = datasetsWithClasses(spec, subject).flatMap(({ definition, found, place }): Finding[] => {
      const { dataset, type } = definition;
      if (isOtherPlugin(type)) return [otherPlugin(definition, place)];
      if (found.kind === "unknown") {
        return [{
          severity: found.isCertain ? "error" : "warning",
          // dataset.unknown_class: No package has the class of a dataset, so no step starts. Correct `type`,
          //   or require its package.
          code: "dataset.unknown_class",
          message: `Dataset "${dataset}" has the unknown class "${type}": ${found.why}`,
          hint: found.meant === undefined
            ? "Correct `type`, or add the package that has it to the job's environment"
            : `Did you mean "${found.meant}"?`,
          place,
        }];
      }
      return found.kind === "removed"
        ? [removed(definition, found, place, subject.environments.of(spec.environment))]
        : [];
    });
    // Datasets with a class that the required version does not have yet are one problem, at its line.
    return [...Map.groupBy(findings, ({ message }) => message).values()].map(([first, ...others]) =>
      others.length === 0 ? first! : {
        ...first!,
        details: [first!, ...others].flatMap(({ details = [] }) => details),
      }
    );
  },
  "environment",
);

/** Whether a class is of another plugin, which steps do not have. */
export function isOtherPlugin(type: string): boolean {
  return /^kedro_azureml\./.test(type);
}

function otherPlugin({ dataset, type }: DatasetDefinition, place: Finding["place"]): Finding {
  const own = type.match(/AzureML(?:Asset|Pipeline)(?=Data[sS]et$)/)?.[0];
  return {
    severity: "error",
    // dataset.other_plugin: A dataset class is of getindata's plugin. Use the class of
    //   kedro-azureml-pipeline.
    code: "dataset.other_plugin",
    message:
      `Dataset "${dataset}" has the class "${type}" of kedro-azureml, but steps run kedro-azureml-pipeline`,
    hint: own === undefined
      ? "Use a dataset of kedro-datasets"
      : `Run \`kedro-azureml migrate\`, or use "kedro_azureml_pipeline.datasets.${own}Dataset"`,
    place,
  };
}

function removed(
  { dataset, type }: DatasetDefinition,
  { distribution, lack, newest, isPossible, meant }: Extract<FoundClass, { kind: "removed" }>,
  place: Finding["place"],
  environment: JobEnvironment | undefined,
): Finding {
  if ("until" in lack) {
    const older = isPossible ? ", which the environment may have" : "";
    return {
      severity: isPossible ? "warning" : "error",
      code: isPossible ? "dataset.removed_class" : "dataset.unknown_class",
      message:
        `Dataset "${dataset}" has class "${type}", which ${distribution} ${newest} does not have; the last version with it was ${lack.until}${older}`,
      hint: meant === undefined
        ? `Require \`${distribution}==${lack.until}\`, or use another class`
        : `Did you mean "${meant}"?`,
      place,
    };
  }
  const required = environment?.requirements.find(({ name }) => name === distribution);
  const doubt = environment?.doubt;
  const change = environment && changeOf(environment);
  return {
    severity: isPossible ? "warning" : "error",
    // dataset.removed_class: Only some versions of kedro-datasets that the environment may have have the class.
    //   Use its new name.
    code: isPossible ? "dataset.removed_class" : "dataset.unknown_class",
    message: `Class "${type}" came with ${distribution} ${lack.since}; ${
      required === undefined
        ? `the environment has ${newest}`
        : `${required.place.file} requires ${distribution}${required.versions}`
    }${isPossible && doubt !== undefined ? `; the environment may have another: ${doubt}` : ""}`,
    hint: `Require \`${distribution}>=${newerOf(distribution, lack.since)}\` in ${
      change === undefined ? "the job's environment" : `${change.in}${change.then}`
    }`,
    details: [`dataset "${dataset}"`],
    place: required?.place ?? place,
  };
}

/** The newer one of a version and of the oldest that steps can have. */
function newerOf(distribution: string, version: string): string {
  const all = knownDatasets().versionsOf(distribution);
  const oldest = ownValue(OLDEST, distribution) ?? version;
  return all.indexOf(oldest) > all.indexOf(version) ? oldest : version;
}

/** The definitions of the datasets that steps create, with their classes. */
export function datasetsWithClasses(spec: JobSpec, subject: Subject): DatasetWithClass[] {
  if (isOld(subject)) return [];
  const sources: ClassSources = {
    source: subject.source,
    environment: subject.environments.of(spec.environment),
    imported: subject.importedModules,
  };
  const used = usedDatasets(spec);
  return createdDatasets(spec, subject).map((definition) => ({
    definition,
    found: findClass(definition.type, sources),
    isUsed: used.has(definition.dataset),
    place: subject.conf.placeOfDataset(definition.dataset, [...definition.path, "type"]),
  }));
}

type FoundClass =
  /** A class of a published package; the newest allowed version comes last. */
  | { readonly kind: "known"; readonly spans: readonly DatasetClass[] }
  /** A class of a published package that the allowed versions do not have, or only the older ones. */
  | {
    readonly kind: "removed";
    readonly distribution: string;
    /** The last version with it, or the first one. */
    readonly lack: { readonly until: string } | { readonly since: string };
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

interface ClassSources {
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
  const mayExist = isProvided || knownPackages().providersOf(top).length > 0;
  const isAlike = isMisspelled(type, meant);
  if (imported.has(top) || (mayExist && !isAlike)) return { kind: "other" };
  const isCertain = isAlike && !mayExist;
  return unknown(
    isCertain
      ? `no package has module "${top}"`
      : `no package that the project's files require is known to have module "${top}"`,
    isCertain,
  );
}

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
  const newest = versions.at(-1)!;
  const isElsewhere = environment?.doubt !== undefined &&
    allowedVersions(distribution, undefined).some((version) => spans.some((span) => has(span, version)));
  const later = spans.find(({ since }) => all.indexOf(since) > all.indexOf(newest));
  return {
    kind: "removed",
    distribution,
    lack: later === undefined ? { until: spans.at(-1)!.until! } : { since: later.since },
    newest,
    isPossible: allowed.length > 0 || isElsewhere,
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

function needsNewer(distribution: string, environment: JobEnvironment | undefined): boolean {
  const newest = knownDatasets().versionsOf(distribution).at(-1)!;
  const required = (environment?.requirements ?? []).filter(({ name }) => name === distribution);
  return required.some((requirement) =>
    !allows(requirement, newest) &&
    versionsIn(requirement).some((version) =>
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

/** A dataset of a catalog entry: the entry itself, or one that it wraps. */
export interface DatasetDefinition {
  readonly dataset: string;
  /** Keys from the catalog entry to this definition. */
  readonly path: readonly string[];
  readonly type: string;
  /** Its arguments, without `type`. */
  readonly args: Readonly<Record<string, Json>>;
  /** The class that wraps it; `undefined` for the entry itself. */
  readonly wrapper: string | undefined;
  /** Argument that the wrapper sets. */
  readonly given: string | undefined;
}

/** Lists the datasets of a catalog entry, outermost first. */
export function definitionsOf(dataset: string, entry: CatalogEntry): DatasetDefinition[] {
  return definitionsIn(dataset, entry, { path: [], wrapper: undefined, given: undefined });
}

function definitionsIn(
  dataset: string,
  entry: Json,
  at: Pick<DatasetDefinition, "path" | "wrapper" | "given">,
): DatasetDefinition[] {
  const written = typeof entry === "string" ? { type: entry } : entry;
  if (!isFields(written) || typeof written.type !== "string") return [];
  const { type, ...args } = written;
  const filepathKey = typeof args.filepath_arg === "string" ? args.filepath_arg : "filepath";
  const nested = isWrapper(type as string) && args.dataset !== undefined
    ? definitionsIn(dataset, args.dataset, {
      path: [...at.path, "dataset"],
      wrapper: type as string,
      given: /CachedData[sS]et$/.test(type as string) ? undefined : filepathKey,
    })
    : [];
  return [{ dataset, type: type as string, args, ...at }, ...nested];
}

/** Whether a class takes another dataset as its argument `dataset`. */
export function isWrapper(type: string): boolean {
  return /(?:^|\.)(?:Cached|Partitioned|Incremental|AzureML\w*)Data[sS]et$/.test(type);
}

/**
 * The datasets that steps of a job create, also those inside others: the plugin creates all that are written in the
 * catalog (`AzurePipelinesRunner.run` of kedro-azureml-pipeline 0.1.0), Kedro those of dataset factories that the nodes
 * use.
 */
export function createdDatasets(
  spec: JobSpec,
  { snapshot, conf }: Pick<Subject, "snapshot" | "conf">,
): readonly DatasetDefinition[] {
  const used = new Set(nodesOfJob(spec, snapshot).flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  return Object.entries(snapshot.catalog)
    .filter(([name]) => used.has(name) || conf.factoryOf(name) === undefined)
    .flatMap(([name, entry]) => definitionsOf(name, entry));
}

export function isAzureMLClass(type: string): boolean {
  return type.startsWith("kedro_azureml_pipeline.datasets.") && pluginDataset(type) !== undefined;
}
