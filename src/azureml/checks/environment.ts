import { knownPackages } from "../../kedro/known_packages.ts";
import { reachedBy, variablesInSteps } from "./code_needs.ts";
import type { Finding } from "./finding.ts";
import { changeOf, type JobEnvironment, type UnreadDefinition } from "./job_environment.ts";
import { allows, OLDEST_PYTHON, type Requirement, versionsIn } from "./requirements.ts";
import { eachJob, isOld, projectRow, row, uploadOf } from "./subject.ts";
import type { Place } from "../../core/errors.ts";
import { shellWord } from "../../core/untrusted.ts";

// environment.unread: The conda file of the job's environment is missing or cannot be read, so its packages are
//   unknown. Correct the file; the environment may exist in Azure all the same.
export const unreadEnvironment = row<UnreadDefinition>("environment.unread", {
  asks: "Can the packages of the environment be read?",
  severity: "warning",
  find({ spec }, { environments }) {
    const unread = environments.unread?.(spec.environment);
    return unread === undefined ? [] : [unread];
  },
  says: ({ message }) => message,
  hint: ({ hint }) => hint ?? "Correct it, then run `kedro-azureml environment push`",
  place: ({ place }) => place,
});

export const refusedRequirements = eachJob(
  "Can the packages of the environment be installed?",
  (spec, { environments }) => {
    const environment = environments.of(spec.environment);
    if (environment === undefined) return [];
    const { then } = changeOf(environment);
    return (environment.refused ?? []).map(({ message, hint, place }): Finding => ({
      severity: environment.doubt === undefined ? "error" : "warning",
      // environment.requirement: The image of the environment cannot be built with this line of its conda file. Correct
      //   the line.
      code: "environment.requirement",
      message: `${message}, so the image of the environment cannot be built`,
      hint: `${hint}${then}`,
      place,
    }));
  },
  "environment",
);

/** A reminder of what the environment must contain, if no file of the project lists its packages. */
export const unknownPackages = eachJob(
  "What is not known about the environment?",
  (spec, subject): Finding[] => {
    const environment = subject.environments.of(spec.environment);
    if (environment !== undefined) return [];
    const { outside } = reachedBy(spec, subject);
    const packages = knownPackages();
    const modules = [
      ...new Set(outside.filter(({ when }) => when !== "optional").map(({ module }) => module)),
    ]
      .map((module) => module.split(".")[0]!)
      .filter((module) => module !== "kedro" && !packages.isStandard(module, "3.11"));
    const names = [...new Set(modules)].sort();
    return [{
      severity: "note",
      // environment.plugin: Steps need the plugin kedro-azureml-pipeline in their environment, which is not
      //   checked. Make sure that it is there.
      code: "environment.plugin",
      message: `No file of the project lists the packages of the environment, which must have ${
        ["kedro-azureml-pipeline 0.1.0", ...names].join(", ")
      }`,
    }];
  },
  "environment",
);

// environment.start_folder: Steps start in the image's own folder, which must contain the project. Set
//   `working_directory`.
export const startFolder = projectRow<true>("environment.start_folder", {
  asks: "Do the steps start in the project?",
  severity: "note",
  find: ({ config: { execution } }) =>
    execution.code_directory === null && execution.working_directory === null ? [true] : [],
  says:
    "No code is uploaded and working_directory is not set, so steps start in the image's own working directory, which must contain the project",
  place: (_, { place }) => place(["execution", "code_directory"]),
});

/** The plugin that every step runs. */
export const PLUGIN = "kedro-azureml-pipeline";

/**
 * Versions of Kedro that can run the plugin's steps. The plugin calls `KedroSession.run(pipeline_names=…)`, which Kedro
 * has since 1.2.
 */
const SUPPORTED_KEDRO = { versions: ">=1.2,<2" };

/** The MLflow plugin of Azure ML that works with MLflow 3. */
export const AZUREML_MLFLOW = "azureml-mlflow>=1.62";

/** Warns about images past their end of life: jobs failed with them (https://github.com/Azure/azureml-examples/pull/3957). */
export const oldImages = eachJob("Is the image of the environment still supported?", (spec, subject) => {
  const { environment = "" } = spec;
  const known = subject.environments.of(environment);
  const then = known === undefined ? "" : changeOf(known).then;
  return [
    ...oldImage(environment, subject.place(["execution", "environment"]), then),
    ...known?.image === undefined ? [] : oldImage(known.image.name, known.image.place, then),
  ];
}, "environment");

/** Versions of azureml-mlflow that work with the MLflow of {@linkcode NEW_MLFLOW}, by their own code. */
const NEW_AZUREML_MLFLOW = ["1.61.0", "1.62.0", "1.62.0.post6", "1.999"];
const NEW_MLFLOW = ["3.2.0", "3.5.0", "3.10.0", "3.15.0", "3.999"];
/** The newest MLflow that azureml-mlflow 1.62 allows. */
const NEWEST_MLFLOW = "3.15.0";

/** Warns about versions of MLflow that do not work together: https://github.com/Azure/azure-sdk-for-python/issues/43661. */
export const mlflowVersions = eachJob("Do MLflow and azureml-mlflow work together?", (spec, subject) => {
  const environment = subject.environments.of(spec.environment);
  if (environment === undefined || isOld(subject)) return [];
  const of = (...names: string[]) => environment.requirements.filter(({ name }) => names.includes(name));
  const [plugin] = of("azureml-mlflow");
  const mlflow = of("mlflow", "mlflow-skinny");
  // Before 2.0, kedro-mlflow requires an MLflow below 3.
  const isBefore3 = of("kedro-mlflow").some((one) => !allows(one, "2.0.0") && !allows(one, "2.999"));
  if (plugin === undefined || isBefore3) return [];
  const isAllowed = (version: string) => mlflow.every((one) => allows(one, version));
  const { in: file, then } = changeOf(environment);
  // environment.mlflow_versions: MLflow and azureml-mlflow do not work together in these versions. Require those that the
  //   hint names.
  const code = "environment.mlflow_versions";
  if (!NEW_AZUREML_MLFLOW.some((version) => allows(plugin, version)) && NEW_MLFLOW.some(isAllowed)) {
    return [{
      severity: "warning" as const,
      code,
      message: `azureml-mlflow${plugin.versions} does not work with MLflow 3, which is installed with it`,
      hint: `Require \`${AZUREML_MLFLOW}\` in ${file}${then}`,
      place: plugin.place,
    }];
  }
  const tooNew = mlflow.find((one) =>
    ["1.0.0", "2.0.0", "2.999", "3.0.0", NEWEST_MLFLOW, ...versionsIn(one)].every((version) =>
      !allows({ versions: `<=${NEWEST_MLFLOW}` }, version) || !allows(one, version)
    )
  );
  return tooNew === undefined ? [] : [{
    severity: "warning" as const,
    code,
    message:
      `${tooNew.name}${tooNew.versions} is newer than azureml-mlflow 1.62 allows, which needs MLflow ${NEWEST_MLFLOW} or older`,
    hint: `Require \`mlflow<=${NEWEST_MLFLOW}\` in ${file}${then}`,
    place: tooNew.place,
  }];
}, "environment");

export const runtimeVersions = eachJob("Does the environment have a Python and a Kedro that fit?", (
  spec,
  subject,
) => {
  const environment = subject.environments.of(spec.environment);
  if (environment === undefined || isOld(subject)) return [];
  const { doubt, python, requirements } = environment;
  const { then } = changeOf(environment);
  const severity = doubt === undefined ? "error" : "warning";
  const but = doubt === undefined ? "" : `; the environment may have another: ${doubt}`;
  const by = ({ place }: Pick<Requirement, "place">) => environment.place ? environment.file : place.file;
  const kedro = requirements.find(({ name }) => name === "kedro");
  const findings: Finding[] = [];
  if (kedro !== undefined && !fitsPlugin(kedro)) {
    findings.push({
      severity,
      // environment.kedro_version: The environment has a Kedro that the plugin does not support. Require
      //   `kedro~=1.2`.
      code: "environment.kedro_version",
      message: `${by(kedro)} requires kedro${kedro.versions}; ${PLUGIN} 0.1.0 needs Kedro 1.2${but}`,
      hint: `Require \`kedro~=1.2\`${then}`,
      place: kedro.place,
    });
  }
  if (kedro?.versions === "") {
    findings.push({
      severity: "note",
      // environment.kedro_unpinned: The environment may get another Kedro whenever its image is built. Require
      //   `kedro~=1.2`.
      code: "environment.kedro_unpinned",
      message: `${by(kedro)} requires kedro of any version, so each build of the image may have another`,
      hint: `Require \`kedro~=1.2\`${then}`,
      place: kedro.place,
    });
  }
  const plugin = requirements.find(({ name }) => name === PLUGIN);
  if (plugin !== undefined && !allows(plugin, "0.1.0")) {
    findings.push({
      severity: "warning",
      // environment.plugin_version: The environment has another version of the plugin than jobs are made for.
      //   Require `kedro-azureml-pipeline==0.1.0`.
      code: "environment.plugin_version",
      message: `${by(plugin)} requires ${PLUGIN}${plugin.versions}; jobs are made for ${PLUGIN} 0.1.0${but}`,
      hint: `Require \`${PLUGIN}==0.1.0\`${then}`,
      place: plugin.place,
    });
  }
  if (python !== undefined && minor(python.version) < minor(OLDEST_PYTHON)) {
    findings.push({
      severity,
      // environment.python_version: The environment has a Python that the plugin or the code does not
      //   support. Use Python 3.11.
      code: "environment.python_version",
      message: `${
        by(python)
      } installs Python ${python.version}; ${PLUGIN} 0.1.0 needs ${OLDEST_PYTHON} or newer${but}`,
      hint: `Use \`python=${OLDEST_PYTHON}\`${then}`,
      place: python.place,
    });
  }
  return findings;
}, "environment");

export function fitsPlugin(kedro: Pick<Requirement, "versions">): boolean {
  return kedroVersions(kedro).some((version) => allows(kedro, version));
}

/** Supported versions that a requirement allows if it allows any: some minor versions, those that it names, the next ones. */
function kedroVersions(kedro: Pick<Requirement, "versions">): string[] {
  const named = versionsIn(kedro);
  const next = named.map((version) => {
    const parts = version.split(".");
    return [...parts.slice(0, -1), Number(parts.at(-1)) + 1].join(".");
  });
  return ["1.2", "1.3", "1.999", ...named, ...next].filter((version) => allows(SUPPORTED_KEDRO, version));
}

function minor(version: string): number {
  const [major, rest] = version.split(".").map(Number);
  return major! * 1000 + rest!;
}

/** An image of Microsoft for steps, with conda. */
export const BASE_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";

const OLD_UBUNTU =
  /^(?:mcr\.microsoft\.com\/azureml\/|(?:azureml:)?AzureML-).*?ubuntu-?(16|18|20)\.?04|^azureml:\/\/registries\/azureml\/environments\/sklearn-1\.0\//i;
/** When Azure ML's support for each ended: "until the corresponding Ubuntu end-of-life", says the README of its images. */
const ENDED: Readonly<Record<string, string>> = { 16: "April 2021", 18: "May 2023", 20: "May 2025" };

/** The warning about an image or environment that is past its end of life. */
export function oldImage(name: string, place: Finding["place"], then = ""): Finding[] {
  const found = OLD_UBUNTU.exec(name);
  if (found === null) return [];
  const ubuntu = found[1] ?? "20";
  const isImage = name.startsWith("mcr.");
  return [{
    severity: "warning",
    // environment.image_end_of_life: The environment's image is on an Ubuntu that Azure ML no longer supports. Use a
    //   newer image or curated environment.
    code: "environment.image_end_of_life",
    message: `${
      isImage ? "Image" : "Environment"
    } "${name}" is based on Ubuntu ${ubuntu}.04, which Azure ML has not supported since ${
      ENDED[ubuntu]
    }; jobs may fail`,
    hint: isImage
      ? `Use \`${BASE_IMAGE}\`${then}`
      : "Use a curated environment on Ubuntu 22.04, or write one with `kedro-azureml init --environment`",
    place,
  }];
}

/** Kedro takes no callable since this version (`()` in logging.yml). */
const NO_CALLABLES = "1.3";
/** Kedro takes only classes of modules that it knows since this version (`KEDRO_LOGGING_MODULE_ALLOWLIST`). */
const KNOWN_MODULES = "1.6";
const MODULES = /^(?:kedro\.)?logging\./;

export const loggingRefused = eachJob("Does Kedro take the configuration of its logs?", (spec, subject) => {
  const { conf, project } = subject;
  const isSet = variablesInSteps(subject);
  const upload = uploadOf(subject);
  if (isOld(subject) || project.folder !== "" || isSet("KEDRO_LOGGING_CONFIG")) return [];
  return conf.logging.flatMap(({ name, place }): Finding[] => {
    const isCallable = name === "()";
    if (upload?.has(place.file) === false) return [];
    if (!isCallable && (MODULES.test(name) || isSet("KEDRO_LOGGING_MODULE_ALLOWLIST"))) return [];
    const since = isCallable ? NO_CALLABLES : KNOWN_MODULES;
    const environment = subject.environments.of(spec.environment);
    return loggingRefusal(environment, since, place, isCallable ? "Key `()`" : `Class "${name}"`, {
      hint: isCallable
        ? "Name a class of logging or kedro.logging with `class:`"
        : `Use a class of logging or kedro.logging, or pass \`--env-var KEDRO_LOGGING_MODULE_ALLOWLIST=${
          shellWord(name.slice(0, name.lastIndexOf(".")))
        }\``,
    });
  });
}, "environment");

function loggingRefusal(
  environment: JobEnvironment | undefined,
  since: string,
  place: Place,
  what: string,
  { hint }: Pick<Finding, "hint">,
): Finding[] {
  const kedro = environment?.requirements.find(({ name }) => name === "kedro");
  const named = kedro === undefined ? [] : versionsIn(kedro);
  const minors = Array.from({ length: 50 }, (_, minor) => `1.${minor}.999`);
  const allowed = [...named, ...minors].filter((version) => kedro === undefined || allows(kedro, version));
  const isNewer = (version: string) => allows({ versions: `>=${since}` }, version);
  if (allowed.length > 0 && !allowed.some(isNewer)) return [];
  const isCertain = environment?.doubt === undefined && kedro !== undefined && allowed.every(isNewer);
  return [{
    severity: isCertain ? "error" : "warning",
    // config.logging: conf/logging.yml has what newer versions of Kedro refuse, so that no step starts. Use classes
    //   of logging and kedro.logging.
    code: "config.logging",
    message: `${what} is refused by Kedro ${since} and newer, so that no step starts${
      isCertain ? "" : ", unless the environment has an older one"
    }`,
    hint,
    place,
  }];
}
