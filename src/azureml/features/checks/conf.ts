import { type Finding, findingOf } from "./finding.ts";
import { followImports } from "../../../kedro/source/project_source.ts";
import { neededModules } from "./modules.ts";
import { eachJob, nodesOfJob, type OfflineCheck, type Subject, type Upload, uploadOf } from "./subject.ts";

/** Codes of warnings that stop a job: placeholders from `init`, and projects whose steps the plugin cannot run. */
const STOPPING = new Set(["config.placeholder", "kedro.old"]);

/** Variables that Azure ML itself sets in every step. */
const SET_BY_AZURE = /^(?:AZUREML_|AZ_BATCH_|MLFLOW_(?:TRACKING_URI|RUN_ID|EXPERIMENT_)|MSI_|OBO_)/;
/** Variables that every Linux container has. */
const ALWAYS_SET = new Set(["PATH", "HOME", "HOSTNAME", "PWD"]);

/**
 * Turns warnings of reading and compiling into findings, except one that has its own check; those in
 * {@linkcode STOPPING} become errors.
 */
export const configWarnings: OfflineCheck = {
  question: "Does the configuration have problems?",
  run: ({ warnings }) =>
    warnings.filter(({ code }) => code !== "compile.not_in_catalog").map((warning) => ({
      ...findingOf(warning),
      ...(STOPPING.has(warning.code) && { severity: "error" }),
    })),
};

/** Reports values that come from environment variables of this machine, which a step does not have. */
export const envReferences: OfflineCheck = {
  question: "Do steps have the environment variables that the configuration uses?",
  run(subject) {
    const upload = uploadOf(subject);
    const isSet = variablesInSteps(subject);
    return subject.conf.envReferences
      .filter(({ place }) => upload?.has(place.file) ?? true)
      .filter(({ variable }) => !isSet(variable))
      .map(({ variable, hasDefault, place }): Finding => ({
        severity: hasDefault ? "note" : "warning",
        code: hasDefault ? "config.env_default" : "config.env_not_in_step",
        message: hasDefault
          ? `Steps use the default of \${oc.env:${variable},…} unless their environment sets ${variable}`
          : `\${oc.env:${variable}} fails in steps unless their environment sets ${variable}`,
        hint: `Pass it with \`--env-var ${variable}=VALUE\`, or set it in the image`,
        place,
      }));
  },
};

/** Whether steps have a variable, as far as it is known here. */
function variablesInSteps({ jobs, passedVariables }: Subject): (variable: string) => boolean {
  const passed = new Set([
    ...passedVariables,
    ...jobs.flatMap(({ spec }) =>
      (spec?.steps ?? []).flatMap(({ environmentVariables }) => Object.keys(environmentVariables))
    ),
  ]);
  return (variable) => passed.has(variable) || SET_BY_AZURE.test(variable) || ALWAYS_SET.has(variable);
}

/** Reports environment variables that the project's code requires, which a step does not have. */
export const variablesOfCode = eachJob(
  "Do steps have the environment variables that the code requires?",
  (spec, subject) => {
    const isSet = variablesInSteps(subject);
    const { modules } = followImports(subject.source, neededModules(spec, subject));
    const uses = [...modules].flatMap((module) =>
      subject.source.read(module)!.variables.map((use) => ({ ...use, file: subject.source.fileOf(module) }))
    ).filter(({ variable, when }) => !isSet(variable) && (when === "always" || when === "called"))
      // The last use of a variable is the one that counts.
      .sort((a, b) => Number(a.when === "always") - Number(b.when === "always"));
    return [...new Map(uses.map((use) => [use.variable, use])).values()].map((
      { variable, inside, file, line, column },
    ): Finding => ({
      severity: "warning",
      code: "code.env_not_in_step",
      message: `os.environ["${variable}"] fails in steps${
        inside === undefined ? "" : ` that call ${inside}()`
      } unless their environment sets ${variable}`,
      hint: `Pass it with \`--env-var ${variable}=VALUE\`, or set it in the image`,
      ...(file !== undefined && { place: { file, line, column } }),
    }));
  },
);

/** Reports configuration that steps need but that is not uploaded. */
export const confInUpload: OfflineCheck = {
  question: "Is the configuration uploaded?",
  run(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined || subject.project.folder.startsWith("..")) return [];
    const { folders, files } = subject.conf;
    const hasAny = (folder: string) =>
      [...upload.names].some((name) => name.startsWith(`${upload.inCode(folder)}/`));
    const missing = [...new Set([folders.base, folders.env])].filter((folder) => !hasAny(folder));
    const leftOut = files.filter((file) =>
      !upload.has(file) && !/(?:^|\/)credentials[^/]*$/.test(file) && inOtherCase(upload, file) === undefined
    );
    return [
      ...missing.map((folder) => notUploaded(folder, inOtherCase(upload, folder))),
      ...leftOut.map((file): Finding => {
        const needed = neededKey(subject, file, upload);
        return {
          severity: needed === undefined ? "warning" : "error",
          code: "config.file_not_uploaded",
          message: needed === undefined
            ? `${file} is not uploaded, so steps run with a different configuration than this job was compiled with`
            : `${file} is not uploaded, but steps need its ${needed}`,
          hint: `Add \`!${file}\` to .amlignore`,
          place: upload.leftOutBy(file)?.place,
        };
      }),
    ];
  },
};

/** A dataset or parameter of a job that no uploaded file defines, only this one. */
function neededKey(subject: Subject, file: string, upload: Upload): string | undefined {
  const onlyHere = (kind: string) =>
    [...subject.conf.keys(kind)].filter(([, files]) => files.includes(file) && !files.some(upload.has)).map((
      [key],
    ) => key);
  const nodes = subject.jobs.flatMap(({ spec }) =>
    spec === undefined ? [] : nodesOfJob(spec, subject.snapshot)
  );
  const used = new Set(nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  const parameter = onlyHere("parameters").find((key) =>
    [...used].some((name) =>
      name === "parameters" || name === `params:${key}` || name.startsWith(`params:${key}.`)
    )
  );
  if (parameter !== undefined) return `parameter "${parameter}"`;
  const keys = new Set(onlyHere("catalog"));
  const dataset = [...used].find((name) => keys.has(subject.conf.factoryOf(name) ?? name));
  return dataset === undefined ? undefined : `dataset "${dataset}"`;
}

/** @param found The folder's name if it differs in case, as Windows and macOS allow. */
function notUploaded(folder: string, found: string | undefined): Finding {
  const severity = "error";
  if (found !== undefined) {
    return {
      severity,
      code: "config.case",
      message: `"${folder}" is named "${found}" on disk, and the compute distinguishes upper and lower case`,
      hint: `Rename "${found}" to "${folder}"`,
    };
  }
  return {
    severity,
    code: "config.not_uploaded",
    message: `No file of ${folder} is uploaded, and Kedro does not start without that folder`,
    hint: `Add \`!${folder}/**\` to .amlignore`,
  };
}

/** An uploaded file or folder whose path differs only in case. */
function inOtherCase({ names, inCode }: Upload, projectPath: string): string | undefined {
  const path = inCode(projectPath);
  const lower = path.toLowerCase();
  const other = [...names].find((name) => `${name.toLowerCase()}/`.startsWith(`${lower}/`));
  const start = other?.slice(0, path.length);
  return start === path ? undefined : start;
}
