import { type Place, placeText } from "../../core/errors.ts";
import { nearest } from "../../core/suggest.ts";
import { extraOf, knownDatasets } from "../../kedro/known_datasets.ts";
import { knownPackages, normalName } from "../../kedro/known_packages.ts";
import type { OutsideImport } from "../../kedro/modules.ts";
import type { JobSpec } from "../job/job_spec.ts";
import { changeOf, type Closure, closureOf, type JobEnvironment, provides } from "./job_environment.ts";
import { createdDatasets, findClass } from "./dataset_classes.ts";
import type { Finding } from "./finding.ts";
import { reachedBy } from "./code_needs.ts";
import { AZUREML_MLFLOW, PLUGIN } from "./environment.ts";
import { OLDEST_PYTHON } from "./requirements.ts";
import { type Check, isOld, type Subject, usedDatasets } from "./subject.ts";
import { ownValue } from "../../core/json.ts";

/** A package that steps need and that the environment does not have, as far as its file says. */
interface Lack {
  /** What needs it, such as `The code imports pandas`. */
  readonly why: string;
  readonly missing: string;
  readonly hint: string;
  readonly place: Place | undefined;
  /** Why the environment may have it all the same. */
  readonly doubt: string | undefined;
}

/** Reports packages that steps need but that the jobs' environments do not have, each once with all jobs. */
export const missingPackages: Check = {
  asks: "Does the environment have the packages that steps need?",
  in: "environment",
  run(subject) {
    if (isOld(subject)) return [];
    const found = subject.jobs.flatMap(({ name, spec }) => {
      const environment = spec && subject.environments.of(spec.environment);
      return spec === undefined || environment === undefined
        ? []
        : lacksOf(spec, subject, environment).map((lack) => ({ job: name, environment, lack }));
    });
    const byEnvironment = Map.groupBy(found, ({ environment: { file, doubt = "" } }) => `${file} ${doubt}`);
    return [...byEnvironment.values()].flatMap((all) => {
      const lacks = [...Map.groupBy(all, ({ lack }) => `${lack.why} ${lack.doubt ?? ""}`).values()]
        .map((same) => ({ ...same[0]!.lack, jobs: same.map(({ job }) => job) }));
      return lackFindings(all[0]!.environment, lacks);
    });
  },
};

function lacksOf(spec: JobSpec, subject: Subject, environment: JobEnvironment): readonly Lack[] {
  const { outside } = reachedBy(spec, subject);
  return [
    ...(subject.addsPlugin && environment.doubt !== undefined ? [] : pluginLack(environment)),
    ...importLacks(environment, outside),
    ...mlflowLack(environment, outside),
    ...classLacks(spec, subject, environment),
  ];
}

function lackFindings(
  environment: JobEnvironment,
  lacks: readonly (Lack & { readonly jobs: readonly string[] })[],
): readonly Finding[] {
  const { file, doubt } = environment;
  const change = changeOf(environment);
  if (doubt === undefined) {
    return lacks.map(({ why, hint, place, doubt, jobs }): Finding => ({
      severity: doubt === undefined ? "error" : "warning",
      // environment.package_missing: The environment lacks a package that steps need. Add it to the file
      //   that the message names.
      code: "environment.package_missing",
      message: `${why}, which ${file} does not install${doubt === undefined ? "" : `, unless ${doubt}`}`,
      hint,
      place,
      jobs: [...new Set(jobs)],
    }));
  }
  const names = [...new Set(lacks.map(({ missing }) => missing))];
  const them = names.length === 1 ? "it" : "them";
  const at = environment.place ?? { file, line: 1, column: 1 };
  return [{
    severity: "warning",
    code: "environment.package_missing",
    message: `${file} does not list ${
      names.join(", ")
    }, which steps need; the environment may have ${them}: ${doubt}`,
    hint: `Make sure that the environment has ${them}, and add ${them} to ${change.in}${change.then}`,
    details: [
      ...new Set(
        lacks.map(({ why, place }) =>
          place === undefined || placeText(place) === placeText(at) ? why : `${placeText(place)} ${why}`
        ),
      ),
    ],
    place: at,
    jobs: [...new Set(lacks.flatMap(({ jobs }) => jobs))],
  }];
}

/** getindata's plugin, which does not require the other. */
const OTHER_PLUGIN = "kedro-azureml";

function pluginLack(environment: JobEnvironment): Lack[] {
  const { file } = environment;
  const change = changeOf(environment);
  const closure = closureOf(environment);
  const misspelled = closure.unknown.find((name) => name === OTHER_PLUGIN) ??
    nearest(PLUGIN, closure.unknown);
  const unknown = closure.unknown.filter((name) => name !== OTHER_PLUGIN);
  return closure.names.has(PLUGIN) ? [] : [{
    why: `Every step runs ${PLUGIN}`,
    missing: PLUGIN,
    hint: misspelled === undefined
      ? `Add \`${PLUGIN}==0.1.0\` to ${change.in}${change.then}`
      : `Did you mean "${PLUGIN}" instead of "${misspelled}"? Correct it in ${change.in}${change.then}`,
    place: environment.requirements.find(({ name }) => name === misspelled)?.place ?? environment.place ??
      { file, line: 1, column: 1 },
    doubt: doubtOf(PLUGIN.replaceAll("-", "_"), { ...closure, unknown }),
  }];
}

/** Characters that differ at most from a module's name: with thousands of names, one is always somewhat alike. */
const MOST_WRONG = 2;

function importLacks(environment: JobEnvironment, outside: readonly OutsideImport[]): Lack[] {
  const closure = closureOf(environment);
  const change = changeOf(environment);
  const absent = outside.filter((use) => use.when !== "optional" && !isThere(use, environment))
    .map((use) => ({ ...use, module: modulesOf(use).find(isKnown) ?? use.module }));
  const { namespaces } = knownPackages();
  const byModule = Map.groupBy(absent, ({ module }) => {
    const top = module.split(".")[0]!;
    return namespaces.has(top) ? module : top;
  });
  return [...byModule.values()].map((uses): Lack => {
    const always = uses.find(({ when }) => when === "always");
    const { module, file, line, column, inside } = always ?? uses[0]!;
    const top = module.split(".")[0]!;
    const [provider] = knownPackages().providersOf(module);
    const meant = provider === undefined && top.length > 4
      ? nearest(top, knownPackages().modules, MOST_WRONG)
      : undefined;
    const misspelled = provider === undefined ? undefined : nearest(provider, closure.unknown);
    return {
      why: `The code imports ${module}${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`,
      missing: provider ?? top,
      hint: misspelled === undefined
        ? `${meant === undefined ? "Add" : "Correct the import, or add"} \`${
          provider ?? normalName(top)
        }\` to ${change.in}${change.then}`
        : `Is "${misspelled}" in ${environment.file} meant to be \`${provider}\`?`,
      place: { file, line, column },
      doubt: doubtOf(module, closure) ??
        (always === undefined ? `no step calls ${inside}(), which imports it` : undefined),
    };
  });
}

/** In a step, MLFLOW_TRACKING_URI is an address that only azureml-mlflow understands. */
function mlflowLack(environment: JobEnvironment, outside: readonly OutsideImport[]): Lack[] {
  const { names } = closureOf(environment);
  const change = changeOf(environment);
  const use = outside.find(({ module, when }) => when !== "optional" && module.split(".")[0] === "mlflow");
  if (names.has("azureml-mlflow") || (use === undefined && !names.has("kedro-mlflow"))) return [];
  return [{
    why: "MLflow logs to Azure ML with azureml-mlflow",
    missing: "azureml-mlflow",
    hint: `Add \`${AZUREML_MLFLOW}\` to ${change.in}${change.then}`,
    place: use === undefined ? environment.place : { file: use.file, line: use.line, column: use.column },
    doubt: "the code logs to a server of its own",
  }];
}

/** Whether an environment has the module of an import, or another check reports it. */
function isThere(use: OutsideImport, environment: JobEnvironment): boolean {
  const top = use.module.split(".")[0]!;
  if (knownPackages().isStandard(top, OLDEST_PYTHON)) return true;
  return modulesOf(use).some((module) => provides(environment, module));
}

/** The modules that an import may need: `from google.cloud import storage` needs google.cloud.storage. */
function modulesOf({ module, names }: OutsideImport): readonly string[] {
  return [module, ...names.map((name) => `${module}.${name}`)];
}

function isKnown(module: string): boolean {
  return knownPackages().providersOf(module).length > 0;
}

/** Why another package may bring a module; `undefined` if none can. */
function doubtOf(module: string, { unknown }: Closure): string | undefined {
  if (!isKnown(module)) {
    return `another package has module ${module.split(".")[0]}`;
  }
  if (unknown.length === 0) return undefined;
  const shown = unknown.slice(0, 3).join(", ") + (unknown.length > 3 ? ", …" : "");
  return `${shown} ${unknown.length === 1 ? "brings" : "bring"} it along`;
}

/** What the dataset classes import that steps create. */
function classLacks(spec: JobSpec, subject: Subject, environment: JobEnvironment): Lack[] {
  const closure = closureOf(environment);
  const change = changeOf(environment);
  const used = usedDatasets(spec);
  const lacking = new Map<string, Lack>();
  for (const { dataset, type, path, args } of createdDatasets(spec, subject)) {
    const imports = importsOf(type, subject, environment);
    const modules = [
      ...imports,
      ...(used.has(dataset) ? [...protocolPackages(args), ...enginesOf(type, args)] : []),
    ];
    for (const module of modules) {
      if (lacking.has(module) || provides(environment, module)) continue;
      const known = knownDatasets().find(type).at(-1);
      const extra = known && extraOf(known);
      const [provider = module] = knownPackages().providersOf(module);
      const add = `Add \`${provider}\` to ${change.in}${change.then}`;
      lacking.set(module, {
        why: `"${type}" of dataset "${dataset}" ${imports.includes(module) ? "imports" : "needs"} ${module}`,
        missing: provider,
        hint: extra === undefined || !imports.includes(module)
          ? add
          : `Require \`kedro-datasets[${extra}]\` in ${change.in}, or add \`${provider}\`${change.then}`,
        place: subject.conf.placeOfDataset(dataset, [...path, "type"]),
        doubt: doubtOf(module, closure),
      });
    }
  }
  return [...lacking.values()];
}

/** Modules without which a class of a catalog cannot be imported, in any version that the environment may have. */
function importsOf(type: string, subject: Subject, environment: JobEnvironment): readonly string[] {
  const { source, importedModules: imported } = subject;
  const found = findClass(type, { source, environment, imported });
  const spans = found.kind === "known" ? found.spans : knownDatasets().find(type).slice(-1);
  const [dataset] = spans;
  if (dataset === undefined) {
    const top = type.split(".")[0]!;
    return knownPackages().providersOf(top).length > 0 && type.split(".").length > 2 ? [top] : [];
  }
  return dataset.imports.filter((module) => spans.every(({ imports }) => imports.includes(module)));
}

/** Modules that classes of kedro-datasets import when they load or save, unless an argument names another one. */
const ENGINES: readonly { readonly type: RegExp; readonly module: string; readonly unless?: RegExp }[] = [
  { type: /^pandas\.Excel/, module: "openpyxl", unless: /"engine"|\.(?:xls|xlsb|od[fst])"/ },
  { type: /^pandas\.HDF/, module: "tables" },
  { type: /^pandas\.XML/, module: "lxml", unless: /"parser":"etree"/ },
];

function enginesOf(type: string, args: Readonly<Record<string, unknown>>): readonly string[] {
  const name = type.replace(/^kedro_datasets\./, "");
  return ENGINES.filter((engine) => engine.type.test(name) && !engine.unless?.test(JSON.stringify(args)))
    .map(({ module }) => module);
}

/** Packages that fsspec needs for a protocol. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  abfs: "adlfs",
  abfss: "adlfs",
  az: "adlfs",
  adl: "adlfs",
  s3: "s3fs",
  s3a: "s3fs",
  gs: "gcsfs",
  gcs: "gcsfs",
};

function protocolPackages({ filepath, path }: Readonly<Record<string, unknown>>): readonly string[] {
  const [, protocol = ""] = /^([a-z0-9]+):\/\//.exec(String(filepath ?? path ?? "")) ?? [];
  const module = ownValue(PROTOCOLS, protocol);
  return module === undefined ? [] : [module];
}
