import type { Finding } from "./finding.ts";
import { reachedBy } from "./modules.ts";
import { eachJob, type OfflineCheck, type Subject, uploadOf } from "./subject.ts";

/** Variables that Azure ML itself sets in every step. */
const SET_BY_AZURE = /^(?:AZUREML_|AZ_BATCH_|MLFLOW_(?:TRACKING_URI|RUN_ID|EXPERIMENT_)|MSI_|OBO_)/;
/** Variables that every Linux container has. */
const ALWAYS_SET = new Set(["PATH", "HOME", "HOSTNAME", "PWD"]);

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

/** Reports environment variables that the project's code requires, which a step does not have. */
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
      code: "code.env_not_in_step",
      message: `os.environ["${variable}"] fails in steps${
        inside === undefined ? "" : ` that call ${inside}()`
      } unless their environment sets ${variable}`,
      hint: `Pass it with \`--env-var ${variable}=VALUE\`, or set it in the image`,
      ...(file !== undefined && { place: { file, line, column } }),
    }));
  },
);

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
