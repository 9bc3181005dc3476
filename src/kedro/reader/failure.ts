import { posix } from "node:path";
import { cutLong, ExitCode, UserError, type Warning } from "../../core/errors.ts";
import type { Failure, Problem } from "./answer.ts";
import type { Project } from "../project.ts";

/**
 * Turns an exception from the project's code, or from Kedro about the project, into an error with a hint for its
 * author.
 *
 * @param found The exception, as the reader describes it.
 * @param warnings Other possible causes.
 */
export function failureError(
  found: Failure,
  project: Pick<Project, "packageName" | "kedroInitVersion">,
  source: "embedded" | "python",
  warnings: readonly Warning[] = [],
): UserError {
  // Where the embedded Kedro lies means nothing to the user.
  const [text] = found.text.split(" (/site.zip/");
  const failure = { ...found, text: cutLong(text!, MOST_OF_TEXT) };
  const missing = failure.missing ?? "";
  const own = missing === project.packageName || missing.startsWith(`${project.packageName}.`);
  const options = {
    exit: ExitCode.Config,
    details: [...failure.traceback, ...failure.notes, ...warnings.map(({ message }) => message)],
    ...(failure.place === null ? {} : { place: failure.place }),
  };
  const message = sentence(failure);
  if (failure.kind === "MemoryError") {
    return new UserError("Cannot read the project: the embedded Python ran out of memory", {
      ...options,
      code: "kedro.out_of_memory",
      hint: "Do not load data at import, or read the project with `--python PATH`",
    });
  }
  if (failure.kind === "SystemExit") {
    return new UserError(`Cannot read the project: its code exits the program at import (${message})`, {
      ...options,
      code: "kedro.exit",
      hint: 'Call `sys.exit` only below `if __name__ == "__main__":`',
    });
  }
  if (failure.module.startsWith("kedro.") === false && own && failure.place === null) {
    return new UserError(`Cannot read the project: module "${missing}" not found`, {
      ...options,
      code: "kedro.module_missing",
      hint: `Add ${
        missing.replaceAll(".", "/")
      }.py below the source folder, or correct package_name in pyproject.toml`,
    });
  }
  return new UserError(`Cannot read the project's pipelines: ${message}`, {
    ...options,
    code: "kedro.project_code",
    hint: hiddenLink(failure, warnings)?.hint ?? hintFor(failure, project, source),
  });
}

/** The warning of a link that is hidden from the code, if the code imports what it leads to. */
function hiddenLink({ stubs }: Failure, warnings: readonly Warning[]): Warning | undefined {
  return warnings.find(({ code, message }) => {
    const module = posix.basename(message.split('"')[1] ?? "", ".py");
    return code === "kedro.link_refused" && stubs.some((stub) => stub.split(".").includes(module));
  });
}

/** An exception can have a text of any length. */
const MOST_OF_TEXT = 16_000;

/** Error texts for features that the embedded Python lacks, such as processes, threads and users. */
const BEYOND_EMBEDDED = new RegExp(
  [
    "embedded Python|emscripten|pyodide|<stub for",
    "can't start new thread|stack switch|_multiprocessing|_posixshmem|Python build lacks|No username set",
    "has no attribute '(alarm|fork|pbkdf2_hmac|sched_getaffinity|tzset)'",
  ].join("|"),
  "i",
);

/** Error texts of a Python whose Kedro is missing or has the wrong version. */
const OTHER_KEDRO = /does not match Kedro package version|^No module named 'kedro'/;

/** Error texts of network access, which the embedded Python does not have. */
const NETWORK =
  /Host is unreachable|Name or service not known|Temporary failure in name resolution|urlopen error/;

/** The hint for code that fails because it uses something outside the project at import. */
function outsideHint({ kind, text, notes, traceback }: Failure): string | undefined {
  if (kind === "KeyError") {
    const variable = text.replace(/^'|'$/g, "");
    const isHidden = notes.some((note) => note.includes("environment variable") && note.includes(variable));
    if (isHidden) return `Let the project's code read ${variable}: \`--allow-env-names ${variable}\``;
    return traceback.some((line) =>
        line.includes(`environ["${variable}"]`) || line.includes(`environ['${variable}']`)
      )
      ? `Set the environment variable ${variable}, and pass \`--allow-env-names ${variable}\` in CI`
      : undefined;
  }
  if (NETWORK.test(text)) {
    return "Project code has no network while it is read; use the project's own Python: `--python PATH`";
  }
  const file = /No such file or directory: '(\/[^']*)'/.exec(text)?.[1];
  return file === undefined || file.startsWith("/project/")
    ? undefined
    : "Project code reads only the project's files; use the project's own Python: `--python PATH`";
}

function hintFor(
  failure: Failure,
  { packageName, kedroInitVersion }: Pick<Project, "packageName" | "kedroInitVersion">,
  source: "embedded" | "python",
): string {
  const { place, text, stubs, missing } = failure;
  if (OTHER_KEDRO.test(text)) {
    const version = kedroInitVersion.split(".").slice(0, kedroInitVersion.startsWith("0") ? 2 : 1).join(".");
    return `Use \`--python PATH\` with a Python environment that has Kedro ${version} and the project's packages`;
  }
  if (source === "python" && missing !== null) {
    return `Install ${missing.split(".")[0]} in the environment of \`--python\`, or omit \`--python\``;
  }
  if (text.startsWith("cannot import name") && missing?.split(".")[0] === "kedro") {
    return `Correct kedro_init_version in pyproject.toml, which says Kedro ${kedroInitVersion}, or this import`;
  }
  const outside = source === "embedded" ? outsideHint(failure) : undefined;
  if (outside !== undefined) return outside;
  if (BEYOND_EMBEDDED.test(text)) return "Read the project with its own Python: `--python PATH`";
  if (place !== null) {
    const line = place.line === undefined ? "" : ` at line ${place.line}`;
    const otherwise = stubs.length === 0 ? "" : ", or read the project with its own Python: `--python PATH`";
    return `Correct ${place.file}${line}${otherwise}`;
  }
  if (text.includes("register_pipelines")) {
    const file = `${packageName.replaceAll(".", "/")}/pipeline_registry.py`;
    return `Let register_pipelines() in ${file} return a dict of names and pipelines`;
  }
  const [, variable] = /Environment variable '([^']+)' not found/.exec(text) ?? [];
  if (variable !== undefined) {
    return `Set ${variable}, or write a default: \`\${oc.env:${variable},DEFAULT}\``;
  }
  return "Run `kedro registry list` in the project to see what Kedro says";
}

/** Names of PyYAML's errors. */
const YAML_ERRORS = ["ParserError", "ScannerError", "ComposerError", "ConstructorError", "ReaderError"];

/** What PyYAML says about a file, in the words of the parser that reads azureml.yml; `undefined` for other problems. */
function yamlProblem({ kind, text, place }: Problem): string | undefined {
  if (place === null || !YAML_ERRORS.includes(kind)) return undefined;
  if (!text.includes("found character '\\t'")) return text.trim().replace(/\.$/, "");
  return place.column === 1
    ? "this line is indented with a tab; YAML allows spaces only"
    : "there is a tab here; YAML allows spaces only";
}

/** Turns a problem with the catalog, the parameters or the context into an error. */
export function problemError(problem: Problem): UserError {
  // OmegaConf adds a line with a name of its own.
  const shown = { ...problem, text: problem.text.replace(/\s{0,9}object_type=\w+/, "") };
  return new UserError(problemMessage(shown), {
    code: `kedro.${problem.area}`,
    ...(problem.place === null ? {} : { place: problem.place }),
    details: problem.traceback,
    hint: yamlProblem(problem) !== undefined
      ? `Correct ${problem.place!.file}${
        problem.place!.line === undefined ? "" : ` at line ${problem.place!.line}`
      }`
      : problem.kind === "PermissionError" && problem.place !== null
      ? `Run \`chmod u+r ${problem.place.file}\``
      : ENVIRONMENT_RESOLVER.test(problem.text)
      ? "Kedro knows `oc.env` in credentials only: register it in `custom_resolvers` of CONFIG_LOADER_ARGS in settings.py, and give steps the variable too"
      : problem.area === "catalog"
      ? "Fix the catalog files in the project's conf folder"
      : "Fix the parameters in the project's conf folder, in the job's `params`, or in `--params`",
  });
}

/** Kedro's error for `oc.env` outside of credentials. */
const ENVIRONMENT_RESOLVER = /Unsupported interpolation type oc\.env/;

/** Describes a problem in one sentence. */
export function problemMessage(problem: Problem): string {
  const yaml = yamlProblem(problem);
  if (yaml !== undefined) return `Cannot read "${problem.place!.file}": ${yaml}`;
  if (problem.area === "context") {
    return `Cannot create the project's context, so its catalog and parameters are unknown: ${
      sentence(problem)
    }`;
  }
  return `Cannot read the ${problem.area} of the project: ${sentence(problem)}`;
}

function sentence({ kind, text }: Failure): string {
  const bare = text.trim().replace(/\.$/, "");
  return bare === "" ? kind : `${kind}: ${bare}`;
}
