import type { Place } from "../../core/errors.ts";
import { variablesInSteps } from "./code_needs.ts";
import type { Finding } from "./finding.ts";
import type { JobEnvironment } from "./job_environment.ts";
import { allows, versionsIn } from "./requirements.ts";
import { eachJob, isOld, uploadOf } from "./subject.ts";
import { shellWord } from "../../core/untrusted.ts";

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
    return refusal(environment, since, place, isCallable ? "Key `()`" : `Class "${name}"`, {
      hint: isCallable
        ? "Name a class of logging or kedro.logging with `class:`"
        : `Use a class of logging or kedro.logging, or pass \`--env-var KEDRO_LOGGING_MODULE_ALLOWLIST=${
          shellWord(name.slice(0, name.lastIndexOf(".")))
        }\``,
    });
  });
}, "environment");

function refusal(
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
