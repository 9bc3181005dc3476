import { posix } from "node:path";
import { cutLong, severalErrors, UserError, type Warning } from "../../core/errors.ts";
import { isHiddenVariable } from "../../core/secrets.ts";
import { isSlip, nearest } from "../../core/suggest.ts";
import type { Project } from "../project.ts";
import { listOf, orNull, record, type Shape, type Shaped, text } from "../shape.ts";
import { type Json, place, type ProjectInfo, type ProjectSnapshot, snapshotShapes } from "../snapshot.ts";
import { shellWord } from "../../core/untrusted.ts";
import { oldKedroWarnings } from "../versions.ts";

/** Values from the caller rather than from the reader, whose answer the project's code could change. */
export interface Known {
  readonly source: ProjectInfo["source"];
  readonly env: string;
  readonly runtimeParams: Readonly<Record<string, Json>>;
  /** Listed before the reader's warnings. */
  readonly warnings: readonly Warning[];
  /** Report a context, catalog or parameters that cannot be read as warnings instead of an error. */
  readonly lenient?: boolean;
}

/**
 * Builds a snapshot from a reader's answer.
 *
 * @throws {UserError} Unless `lenient`: `kedro.catalog` and `kedro.parameters`, or for the context as `failureError()`.
 */
export function toSnapshot({ problems, ...answer }: ReadSnapshot, known: Known): ProjectSnapshot {
  const { source, env, runtimeParams, lenient = false } = known;
  const errors = lenient ? [] : problems.map((problem) => errorOf(problem, answer.project, known));
  if (errors.length > 0) throw severalErrors(errors);
  return {
    version: 1,
    ...answer,
    project: { ...answer.project, source, env, runtime_params: runtimeParams },
    warnings: [
      ...oldKedroWarnings(answer.project),
      ...known.warnings,
      ...answer.warnings,
      ...problems.map(problemWarning),
    ],
  };
}

function errorOf(problem: Problem, project: ReadSnapshot["project"], { source, warnings }: Known) {
  if (problem.area !== "context" || source === "file") return problemError(problem);
  const { package_name: packageName, kedro_init_version: kedroInitVersion } = project;
  const failure = { ...problem, stubs: project.stubs };
  // Files and variables hidden from the project's code may explain the failure.
  return failureError(
    failure,
    { packageName, kedroInitVersion },
    source,
    source === "embedded" ? warnings : [],
  );
}

function problemWarning(problem: Problem): Warning {
  const { area, place } = problem;
  return { code: `kedro.${area}`, message: problemMessage(problem), ...(place === null ? {} : { place }) };
}

/**
 * Turns an exception from the project's code, or from Kedro about the project, into an error with a hint for its
 * author.
 *
 * @param found The exception, as the reader describes it, and the configuration that cannot be read either.
 * @param warnings Other possible causes.
 */
export function failureError(
  found: Failure & { readonly problems?: readonly Problem[] },
  ...known: [
    project: Pick<Project, "packageName" | "kedroInitVersion">,
    source: "embedded" | "python",
    warnings?: readonly Warning[],
  ]
): UserError {
  return severalErrors([errorOfCode(found, ...known), ...(found.problems ?? []).map(problemError)]);
}

function errorOfCode(
  found: Failure,
  project: Pick<Project, "packageName" | "kedroInitVersion">,
  source: "embedded" | "python",
  warnings: readonly Warning[] = [],
): UserError {
  const failure = { ...found, text: cutLong(found.text, MOST_OF_TEXT) };
  const missing = failure.missing ?? "";
  const own = missing === project.packageName || missing.startsWith(`${project.packageName}.`);
  const options = {
    details: [...failure.traceback, ...failure.notes, ...warnings.map(({ message }) => message)],
    ...(failure.place === null ? {} : { place: failure.place }),
  };
  const message = sentence(failure);
  if (failure.kind === "MemoryError") {
    return new UserError("Cannot read the project: the embedded Python ran out of memory", {
      ...options,
      // kedro.out_of_memory: Reading the project needs too much memory. Do not load data at import, or use
      //   `--python`.
      code: "kedro.out_of_memory",
      hint: "Do not load data at import, or read the project with `--python PATH`",
    });
  }
  if (failure.kind === "SystemExit") {
    return new UserError(`Cannot read the project: its code exits the program at import (${message})`, {
      ...options,
      // kedro.exit: The project's code exits at import. Move the call below `if __name__ == "__main__"`.
      code: "kedro.exit",
      hint: 'Call `sys.exit` only below `if __name__ == "__main__":`',
    });
  }
  if (failure.module.startsWith("kedro.") === false && own && failure.place === null) {
    const isPackage = missing === project.packageName;
    return new UserError(`Cannot read the project: module "${missing}" not found`, {
      ...options,
      ...(isPackage && { place: { file: "pyproject.toml" } }),
      // kedro.module_missing: The project imports a module that it does not have. Correct the import, or use
      //   `--python`.
      code: "kedro.module_missing",
      hint: isPackage
        ? `Name the package's folder "${missing}", or correct package_name`
        : `Add ${missing.replaceAll(".", "/")}.py below the source folder, or correct the import`,
    });
  }
  return new UserError(`Cannot read the project's pipelines: ${message}`, {
    ...options,
    // kedro.project_code: The project's code failed. Correct the line that the message names.
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
    if (isHidden) return hintForHidden(variable);
    const isRead = traceback.some((line) =>
      line.includes(`environ["${variable}"]`) || line.includes(`environ['${variable}']`)
    );
    return isRead
      ? `Set the environment variable ${variable}, and pass \`--allow-env-names ${shellWord(variable)}\`${
        isHiddenVariable(variable) ? "" : " in CI"
      }`
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

/** @param isAllowed Whether the user may let the project's code read it. */
export function hintForHidden(variable: string, isAllowed = true): string {
  return isAllowed
    ? `Let the project's code read ${variable}: \`--allow-env-names ${shellWord(variable)}\``
    : `Use another variable: ${variable} identifies you, so it stays hidden from the project's code`;
}

/** The variable that the resolver `oc.env` does not find, by OmegaConf's error. */
export function unfoundVariable(text: string): string | undefined {
  return /Environment variable '([^']+)' not found/.exec(text)?.[1];
}

function hintForUnset(text: string): string | undefined {
  const variable = unfoundVariable(text);
  return variable && `Set ${variable}, or write a default: \`\${oc.env:${variable},DEFAULT}\``;
}

const NOT_ON_LINUX = /^(?:msvcrt|winreg|winsound|nt|js|pyodide|pyodide_js)$/;

/** The hint for an import of a folder of the project from which Kedro imports nothing. */
function notInSource(module: string): string {
  const way = module === "src" ? "write the import without `src.`" : `move \`${module}\` there`;
  return `Kedro finds modules in the source folder, not in the project's folder: ${way}`;
}

/** What Kedro refuses of nodes, in any Python. */
const KEDROS_OWN =
  /^(?:Circular dependencies exist|Output\(s\) \[|Pipeline nodes must have unique names|A node cannot have the same)/;

function readableHint(file: string): string {
  return `Run \`chmod u+r ${shellWord(file)}\``;
}

function hintFor(
  failure: Failure,
  { kedroInitVersion, packageName }: Pick<Project, "kedroInitVersion" | "packageName">,
  source: "embedded" | "python",
): string | undefined {
  const { place, text, stubs, missing, siblings } = failure;
  const name = missing?.split(".").at(-1) ?? "";
  const meant = nearest(name, siblings);
  if (meant !== undefined) return `Did you mean "${missing!.slice(0, -name.length)}${meant}"?`;
  const stubbed = stubs.find((stub) => isSlip(stub, packageName));
  if (stubbed !== undefined) return `Did you mean "${packageName}" instead of "${stubbed}"?`;
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
  if (source === "embedded" && failure.kind === "ModuleNotFoundError" && /^[a-z]\w*$/i.test(missing ?? "")) {
    // Any other missing package is a stub here.
    if (!NOT_ON_LINUX.test(missing!)) return notInSource(missing!);
  }
  const outside = source === "embedded" ? outsideHint(failure) : undefined;
  if (outside !== undefined) return outside;
  if (failure.kind === "NameError") return "Define the name above, or import it";
  if (BEYOND_EMBEDDED.test(text)) return "Read the project with its own Python: `--python PATH`";
  if (text.endsWith("has no attribute 'register_pipelines'")) {
    return "Define `register_pipelines()` in pipeline_registry.py";
  }
  if (text.startsWith("register_pipelines()")) return "Let it return a dict of names and pipelines";
  if (failure.kind === "PermissionError" && place !== null) return readableHint(place.file);
  if (place !== null) {
    return stubs.length === 0 || failure.kind === "SyntaxError" || KEDROS_OWN.test(text) ||
        text.includes("Did you mean")
      ? undefined
      : "If `kedro registry list` works, read the project with its own Python: `--python PATH`";
  }
  return hintForUnset(text) ?? "Run `kedro registry list` in the project to see what Kedro says";
}

const YAML_ERRORS = ["ParserError", "ScannerError", "ComposerError", "ConstructorError", "ReaderError"];

/** What PyYAML says about a file, which is read again for better words; `undefined` for other problems. */
function yamlProblem({ kind, text, place }: Problem): string | undefined {
  return place === null || !YAML_ERRORS.includes(kind) ? undefined : text.trim().replace(/\.$/, "");
}

export function problemError(problem: Problem): UserError {
  const folders = foldersWithoutCatalog(problem);
  if (folders !== undefined) {
    return new UserError(problemMessage(problem), {
      code: "kedro.catalog",
      hint: `Create ${folders.split(" ")[0]}/catalog.yml; it may be empty`,
    });
  }
  // OmegaConf adds a line with a name of its own.
  const shown = { ...problem, text: problem.text.replace(/\s{0,9}object_type=\w+/, "") };
  return new UserError(problemMessage(shown), {
    // kedro.parameters: The parameters cannot be read. Correct the file that the message names.
    // kedro.context: Kedro cannot create the project's context. Correct what the traceback names.
    // kedro.catalog: The catalog cannot be read. Correct the entry that the message names.
    code: `kedro.${problem.area}`,
    ...(problem.place === null ? {} : { place: problem.place }),
    details: problem.traceback,
    hint: yamlProblem(problem) !== undefined
      ? undefined
      : problem.kind === "PermissionError" && problem.place !== null
      ? readableHint(problem.place.file)
      : ENVIRONMENT_RESOLVER.test(problem.text)
      ? "Kedro knows `oc.env` in credentials only: register it in `custom_resolvers` of CONFIG_LOADER_ARGS in settings.py, and give steps the variable too"
      : problem.text.includes("Duplicate keys found")
      ? "Remove them from one of the files"
      : problem.text.includes("ListConfig")
      ? "Write `key: value` lines at the top of the file, not a list"
      : UPPER_KEY.test(problem.text)
      ? `If the resolver reads the environment variable ${
        UPPER_KEY.exec(problem.text)![1]
      }, set it, pass \`--allow-env-names\` with it, and give it to steps with \`--env-var\``
      : hintForUnset(problem.text) ?? (problem.area === "catalog"
        ? "Fix the catalog files in the project's conf folder"
        : "Fix the parameters in the project's conf folder, in the job's `params`, or in `--params`"),
  });
}

/** The folders that Kedro searched, if the project has no catalog at all; else `undefined`. */
function foldersWithoutCatalog({ area, kind, text }: Problem): string | undefined {
  if (area !== "catalog" || kind !== "MissingConfigException") return undefined;
  return /found in (.+?) matching/.exec(text)?.[1];
}

/** OmegaConf's error for a resolver that finds no key with the name of a variable. */
const UPPER_KEY = /^KeyError raised while resolving interpolation: '([A-Z][A-Z0-9_]*)'/;

/** Kedro's error for `oc.env` outside of credentials. */
const ENVIRONMENT_RESOLVER = /Unsupported interpolation type oc\.env/;

function problemMessage(problem: Problem): string {
  const yaml = yamlProblem(problem);
  if (yaml !== undefined) return `Cannot read "${problem.place!.file}": ${yaml}`;
  const folders = foldersWithoutCatalog(problem);
  if (folders !== undefined) return `No catalog file in ${folders}, without which Kedro runs no step`;
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

export type ReadSnapshot = Omit<ProjectSnapshot, "version"> & { readonly problems: readonly Problem[] };

const failureShapes = {
  kind: text,
  module: text,
  text,
  place: orNull(place),
  traceback: listOf(text),
  /** Name of the module that an import did not find; `null` for other errors. */
  missing: orNull(text),
  /** Names of the modules beside it, if the project has its package. */
  siblings: listOf(text),
  /** Earlier warnings, which may explain the failure. */
  notes: listOf(text),
  /** Modules replaced by stubs, which may explain it too. */
  stubs: listOf(text),
};
const problem = record({ ...failureShapes, area: text });
const failure = record({ ...failureShapes, problems: listOf(problem) });

export type Failure = Omit<Problem, "area">;

export type Problem = Shaped<typeof problem>;

/** Checks the reader's answer to a `snapshot` request, which the project's code could have tampered with. */
export const readSnapshot: Shape<ReadSnapshot> = record<ReadSnapshot>({
  ...snapshotShapes,
  problems: listOf(problem),
});

/** Checks any answer: the requested value, or a failure. */
export function answerOf<T>(
  shape: Shape<T>,
  value: unknown,
): { readonly ok: T } | { readonly error: Failure } {
  const answer = value as { error?: unknown; ok?: unknown } | null;
  if (answer?.error !== undefined) return { error: failure(answer.error, "error") };
  return { ok: shape(answer?.ok, "answer") };
}
