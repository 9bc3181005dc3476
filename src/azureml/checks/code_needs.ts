import { nearest } from "../../core/suggest.ts";
import { isOutside, shellWord, shownName } from "../../core/untrusted.ts";
import { followImports, type Reached } from "../../kedro/modules.ts";
import { addTo } from "../job/code/ignore.ts";
import { allowHint } from "../job/code/walk.ts";
import type { JobSpec } from "../job/job_spec.ts";
import { createdDatasets } from "./dataset_classes.ts";
import type { Finding } from "./finding.ts";
import { eachJob, exclusionText, nodesOfJob, projectRow, type Subject, uploadOf } from "./subject.ts";

/** Variables that Azure ML itself sets in every step. */
const SET_BY_AZURE = /^(?:AZUREML_|AZ_BATCH_|MLFLOW_(?:TRACKING_URI|RUN_ID|EXPERIMENT_)|MSI_|OBO_)/;
/** Variables that every Linux container has. */
const ALWAYS_SET = new Set(["PATH", "HOME", "HOSTNAME", "PWD"]);

// config.env_not_in_step: `oc.env` fails in steps, because they lack the variable. Pass it with `--env-var`.
export const envReferences = projectRow("config.env_not_in_step", {
  asks: "Do steps have the environment variables that the configuration uses?",
  severity: "warning",
  find(subject) {
    const upload = uploadOf(subject);
    const isSet = variablesInSteps(subject);
    return subject.conf.envReferences
      .filter(({ place }) => upload?.has(place.file) ?? true)
      .filter(({ variable }) => !isSet(variable));
  },
  says: ({ variable }) => `\${oc.env:${variable}} fails in steps unless their environment sets ${variable}`,
  hint: ({ variable }) => passHint(variable),
  place: ({ place }) => place,
});

export const variablesOfCode = eachJob(
  "Do steps have the environment variables that the code requires?",
  (spec, subject) => {
    const isSet = variablesInSteps(subject);
    const { modules } = reachedBy(spec, subject);
    const uses = [...modules.keys()].flatMap((module) =>
      subject.source.read(module)!.variables.map((use) => ({ ...use, file: subject.source.fileOf(module) }))
    ).filter(({ variable, when }) => !isSet(variable) && (when === "always" || when === "called"))
      // The last use of a variable is the one that counts.
      .sort((a, b) => Number(a.when === "always") - Number(b.when === "always"));
    return [...new Map(uses.map((use) => [use.variable, use])).values()].map((
      { variable, inside, file, line, column },
    ): Finding => ({
      severity: "warning",
      // code.env_not_in_step: The code requires an environment variable that steps may not have. Pass it with
      //   `--env-var`.
      code: "code.env_not_in_step",
      message: `os.environ["${variable}"] fails in steps${
        inside === undefined ? "" : ` that call ${inside}()`
      } unless their environment sets ${variable}`,
      hint: passHint(variable),
      ...(file !== undefined && { place: { file, line, column } }),
    }));
  },
);

export function passHint(variable: string): string {
  return `Pass it with \`--env-var ${shellWord(variable)}=VALUE\`, or set it in the image`;
}

/** Whether steps have a variable, as far as it is known here. */
export function variablesInSteps({ jobs, passedVariables }: Subject): (variable: string) => boolean {
  const passed = new Set([
    ...passedVariables,
    ...jobs.flatMap(({ spec }) =>
      (spec?.steps ?? []).flatMap(({ environmentVariables }) => Object.keys(environmentVariables))
    ),
  ]);
  return (variable) => passed.has(variable) || SET_BY_AZURE.test(variable) || ALWAYS_SET.has(variable);
}

export const modulesInUpload = eachJob(
  "Are the project's modules uploaded?",
  (spec, subject) => {
    const upload = uploadOf(subject);
    const { folder, packageFolder } = subject.project;
    if (upload === undefined || isOutside(folder)) return [];
    // An upload without any source is reported once.
    if (![...upload.names].some((name) => name.startsWith(`${packageFolder}/`))) return [];
    return [...reachedBy(spec, subject).modules].flatMap(([module, when]): Finding[] => {
      const file = subject.source.fileOf(module);
      if (when === "optional" || file === undefined || upload.has(file)) return [];
      const by = upload.leftOutBy(file);
      return [{
        severity: when === "always" ? "error" : "warning",
        // code.module_not_uploaded: Steps import a module of the project that is excluded from the upload.
        //   Change the line of the ignore file.
        code: "code.module_not_uploaded",
        message: `Module ${module} ${
          when === "always" ? "is" : "may be"
        } imported by steps, but ${file} is not uploaded${by === undefined ? "" : `: ${exclusionText(by)}`}`,
        hint: by?.target !== undefined
          ? allowHint(by.target)
          : by?.place === undefined
          ? addTo(upload.ignoreFile, `!${file}`)
          : `Change line ${by.place.line} of ${by.place.file}`,
        place: by?.place,
      }];
    });
  },
);

// code.file_not_uploaded: The project's code reads a file when Kedro starts that is excluded from the upload.
//   Add a `!` line to .amlignore.
export const filesInUpload = projectRow("code.file_not_uploaded", {
  asks: "Are the files uploaded that the project's code reads when Kedro starts?",
  severity: "warning",
  find(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined || isOutside(subject.project.folder)) return [];
    return (subject.snapshot.files_read ?? []).filter(({ file }) => !upload.has(file))
      .map((read) => ({ ...read, by: upload.leftOutBy(read.file), ignoreFile: upload.ignoreFile }));
  },
  says: ({ file, by }) =>
    `The code reads ${shownName(file)} when Kedro starts, but the file is not uploaded${
      by === undefined ? "" : `: ${exclusionText(by)}`
    }`,
  hint: ({ file, ignoreFile }) =>
    `${addTo(ignoreFile, `!${shownName(file)}`)}, unless the code also works without it`,
  place: ({ place }) => place,
});

/** Reports imports of the project's own modules that do not exist, such as those in functions that no reading runs. */
export const missingModules = eachJob(
  "Does the project have the modules that its steps import?",
  (spec, subject) => {
    return reachedBy(spec, subject).missing.map(({ module, file, line, column, when, inside }): Finding => {
      // An image that contains the code may also have modules that its build made.
      const isCertain = when === "always" && subject.code !== undefined;
      const parent = module.split(".").slice(0, -1).join(".");
      const names = [...subject.source.read(parent)?.names ?? []].map((name) => `${parent}.${name}`);
      const meant = nearest(module, [...subject.source.modules, ...names]);
      return {
        severity: isCertain ? "error" : "warning",
        // code.module_missing: Steps import a module or name that the project does not have. Correct the
        //   import.
        code: "code.module_missing",
        message: `The code imports ${module}, which the project does not have${
          isCertain ? "" : when === "always" ? ", unless the image does" : `, if a step calls ${inside}()`
        }`,
        hint: meant === undefined ? "Correct the import, or add it" : `Did you mean "${meant}"?`,
        place: { file, line, column },
      };
    });
  },
);

/**
 * What every step of a job imports: what Kedro imports at its start, the functions of the job's nodes with the packages
 * of their pipelines, and the classes of the catalog. Other pipelines do not count, because Kedro skips a pipeline that
 * cannot be imported.
 */
export function reachedBy(
  spec: JobSpec,
  subject: Pick<Subject, "snapshot" | "conf" | "source" | "project">,
): Reached {
  const { snapshot, source, project: { packageName } } = subject;
  const called = functionNames(spec, snapshot);
  const functions = [...called].map((name) => name.split(":")[0]!);
  const starts = ["settings", "pipeline_registry"].map((name) => `${packageName}.${name}`);
  const classes = createdDatasets(spec, subject).map(({ type }) => type.split(".").slice(0, -1).join("."));
  const reached = followImports(source, [packageName, ...starts, ...functions, ...classes], called);
  // Kedro starts without cli.py if a module that it imports is missing, but not if a name is (KedroCLI.project_groups).
  const cli = followImports(source, [`${packageName}.cli`]);
  const names = cli.missing
    .filter(({ module }) => source.read(module.slice(0, module.lastIndexOf("."))) !== undefined);
  return {
    ...reached,
    modules: new Map([
      ...[...cli.modules.keys()].map((module) => [module, "optional"] as const),
      ...reached.modules,
    ]),
    missing: [...reached.missing, ...names],
  };
}

/** The functions of a job's nodes, such as `shop.nodes:split`. */
function functionNames(spec: JobSpec, snapshot: Subject["snapshot"]): ReadonlySet<string> {
  return new Set(nodesOfJob(spec, snapshot).map(({ func }) => func));
}
