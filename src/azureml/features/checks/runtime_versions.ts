import { knownPackages, normalName } from "../../../kedro/known/packages.ts";
import { changeOf, type JobEnvironment } from "../requirements/job_environment.ts";
import { closureOf } from "../requirements/provided.ts";
import { allows } from "../requirements/requirement.ts";
import type { Finding } from "./finding.ts";
import { reachedBy } from "./modules.ts";
import { eachJob, isOld } from "./subject.ts";

/** The plugin that every step runs, and the oldest Python that it supports. */
export const PLUGIN = "kedro-azureml-pipeline";
export const OLDEST_PYTHON = "3.11";

/**
 * Versions of Kedro that can run the plugin's steps. The plugin calls `KedroSession.run(pipeline_names=…)`, which Kedro
 * has since 1.2.
 */
const SUPPORTED_KEDRO = { versions: ">=1.2,<2" };

/** Reports versions of Kedro and Python in the job's environment that cannot run its steps. */
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
  const kedro = requirements.find(({ name }) => name === "kedro");
  const findings: Finding[] = [];
  if (kedro !== undefined && !kedroVersions(kedro.versions).some((version) => allows(kedro, version))) {
    findings.push({
      severity,
      code: "environment.kedro_version",
      message: `${
        environment.place === undefined ? kedro.place.file : environment.file
      } requires kedro${kedro.versions}; ${PLUGIN} 0.1.0 needs Kedro 1.2${but}`,
      hint: `Require \`kedro~=1.2\`${then}`,
      place: kedro.place,
    });
  }
  if (python !== undefined && minor(python.version) < minor(OLDEST_PYTHON)) {
    findings.push({
      severity,
      code: "environment.python_version",
      message: `${
        environment.place === undefined ? python.place.file : environment.file
      } installs Python ${python.version}; ${PLUGIN} 0.1.0 needs ${OLDEST_PYTHON} or newer${but}`,
      hint: `Use \`python=${OLDEST_PYTHON}\`${then}`,
      place: python.place,
    });
  }
  const { outside } = reachedBy(spec, subject);
  const removed = new Map(
    outside.filter(({ when, inside }) => when === "always" && inside === undefined).map((
      use,
    ) => [use.module.split(".")[0]!, use]),
  );
  for (const [module, { file, line, column }] of removed) {
    const version = removedModule(module, environment);
    if (version === undefined) continue;
    findings.push({
      severity,
      code: "environment.python_version",
      message: `The code imports ${module}, which Python ${version} and newer do not have${but}`,
      hint: `Use \`python=${OLDEST_PYTHON}\`, or replace ${module}`,
      place: { file, line, column },
    });
  }
  return findings;
});

/** Supported versions that a requirement allows if it allows any: some minor versions, those that it names, the next ones. */
function kedroVersions(versions: string): string[] {
  const named = versions.match(/\d+(?:\.\d+)*/g) ?? [];
  const next = named.map((version) => {
    const parts = version.split(".");
    return [...parts.slice(0, -1), Number(parts.at(-1)) + 1].join(".");
  });
  return ["1.2", "1.3", "1.999", ...named, ...next].filter((version) => allows(SUPPORTED_KEDRO, version));
}

/** The version of Python that removed a module, if the environment has that or a newer one. */
export function removedModule(
  module: string,
  { python, requirements }: JobEnvironment,
): string | undefined {
  const removed = knownPackages().removedIn(module);
  const { names } = closureOf({ requirements });
  // conda installs setuptools with pip; there are packages such as legacy-cgi, standard-imp and pyasyncore.
  const has = names.has("setuptools") || names.has("pip") ||
    [...names].some((name) => name.split("-").includes(normalName(module)) || name === `py${module}`);
  if (removed === undefined || has || python === undefined) return undefined;
  return minor(python.version) < minor(removed) ? undefined : removed;
}

function minor(version: string): number {
  const [major, rest] = version.split(".").map(Number);
  return major! * 1000 + rest!;
}
