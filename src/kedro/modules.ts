import { basename, dirname, relative, sep } from "node:path";
import pLimit from "p-limit";
import type { Context } from "../core/context.ts";
import { type Place, UserError } from "../core/errors.ts";
import { once, onceEach } from "../core/async.ts";
import { prefixesOf } from "../core/text_match.ts";
import { pathBelow } from "../core/untrusted.ts";
import { isOwn, isSecretPath } from "./visible.ts";
import type { Project } from "./project.ts";
import type { ClassArguments } from "./known_datasets.ts";

/** When an import runs: with its module, only in a function, only on a condition, or never. */
type ImportTime = "always" | "called" | "optional" | "never";

/** Where a statement is, and when it runs. */
interface Use {
  readonly line: number;
  readonly column: number;
  readonly when: ImportTime;
  /** Qualified name of the function that contains it. */
  readonly inside?: string;
}

interface ImportUse extends Use {
  /** Dotted name; a relative import starts with its dots. */
  readonly module: string;
  /** The names that `from … import` takes; empty for `import …`. */
  readonly names: readonly string[];
}

/** An environment variable that a module reads, such as `os.environ["HOST"]`, which fails if it is not set. */
interface VariableUse extends Use {
  readonly variable: string;
}

interface FunctionSource {
  readonly line: number;
  /** Its code, with decorators. */
  readonly text: string;
}

export interface ClassSource {
  /** Base classes as written, such as `AbstractDataset`. */
  readonly bases: readonly string[];
  /** Arguments of its own `__init__`; `undefined` if it has none. */
  readonly init: ClassArguments | undefined;
}

/** What Python's parser finds in the text of a module (`python/modules.py`). */
export interface ModuleFacts {
  readonly imports: readonly ImportUse[];
  /** By qualified name, such as `Model.fit` or `make.<locals>.inner`; the last of several counts. */
  readonly functions: Readonly<Record<string, FunctionPlace>>;
  /** Environment variables that it requires, without those that it sets itself. */
  readonly variables: readonly VariableUse[];
  readonly classes: Readonly<Record<string, ClassFacts>>;
  /** Names that the module binds at its top level. */
  readonly names: readonly string[];
  /** Whether it may have other names, too: `import *`, `__getattr__`, `globals()`, `exec()` or `__path__`. */
  readonly is_open: boolean;
}

/** The line of a function's `def`, and its first and last line with decorators. */
interface FunctionPlace {
  readonly line: number;
  readonly first: number;
  readonly last: number;
}

/** A class in {@linkcode ModuleFacts}; `init` is `null` if it has no constructor of its own. */
interface ClassFacts {
  readonly bases: readonly string[];
  readonly init: {
    readonly args: readonly string[];
    readonly required: readonly string[];
    readonly takes_any: boolean;
  } | null;
}

interface PythonModule extends Pick<ModuleFacts, "imports" | "variables"> {
  readonly functions: ReadonlyMap<string, FunctionSource>;
  readonly classes: ReadonlyMap<string, ClassSource>;
  readonly names: ReadonlySet<string>;
  /** Whether its text has a word, such as a name that it may bind in another way. */
  mentions(word: string): boolean;
  readonly isOpen: boolean;
}

/** Gives the facts of modules by their texts; `null` for a text that Python cannot parse. */
export type AskModules = (
  texts: Readonly<Record<string, string>>,
) => Promise<Readonly<Record<string, ModuleFacts | null>>>;

export interface ProjectSource {
  /** Path of the file of a module, relative to the project with forward slashes. */
  fileOf(module: string): string | undefined;
  /** The parsed module; `undefined` if the project has no such module. */
  read(module: string): PythonModule | undefined;
  /** Dotted names of all modules, such as `shop.nodes`. */
  readonly modules: readonly string[];
  /** The first place whose text matches a pattern. */
  placeOf(pattern: RegExp): Place | undefined;
}

const NEVER = /^(?:\..*|node_modules|site-packages|__pycache__|conda-meta)$/;
/** Folders without modules directly below the source folder; in a package, the names may be those of modules. */
const NEVER_AT_TOP = /^(?:venv|env|virtualenv|data|mlruns|build|dist)$/;
/** What follows the name of a module in that of its file, such as `.py` or `.cpython-311-x86_64-linux-gnu.so`. */
const SUFFIX = /\.py$|(?:\.[^./\\]*)?\.(?:so|pyd|pyx)$/;
const READS_AT_ONCE = 16;
const MOST_FILES = 5000;

/**
 * Reads the Python files below a project's source folder. A link that leads out of the folders that its code may see
 * is a module without content.
 *
 * @param ask What parses the texts, such as an open reader.
 */
export async function readProjectSource(
  { fs }: Pick<Context, "fs">,
  project: Pick<Project, "root" | "sourceDir" | "outside">,
  ask: AskModules,
): Promise<ProjectSource> {
  const { root, sourceDir } = project;
  const { paths, hidden, folders: walked } = await findModules(fs, project);
  const limit = pLimit(READS_AT_ONCE);
  const texts = await Promise.all(paths.map((path) => limit(() => fs.readText(path).catch(() => ""))));
  const files = new Map([...paths, ...hidden].map((path, at) => {
    const name = relative(sourceDir, path).replaceAll(sep, "/");
    const module = name.replace(SUFFIX, "").replace(/(?:^|\/)__init__$/, "").replaceAll("/", ".");
    return [module, { path: relative(root, path).replaceAll(sep, "/"), text: texts[at] ?? "" }];
  }));
  // A folder without `__init__.py` is a package, too, even one without modules.
  const folders = new Set([
    ...[...paths, ...hidden].flatMap((path) => foldersAbove(sourceDir, path)),
    ...walked.map((path) => relative(sourceDir, path).replaceAll(sep, ".")),
  ]);
  // The project's code may run where they are parsed, and must not see files that are hidden from it.
  const shown = [...files].filter(([, { path }]) => !isSecretPath(path));
  const given = Object.fromEntries(shown.map(([module, { text }]) => [module, text]));
  const facts = await ask(given).catch((thrown): Awaited<ReturnType<AskModules>> => {
    // Without facts there are no findings; what is wrong with the project is told where it is read.
    if (thrown instanceof UserError && thrown.code.startsWith("kedro.")) return {};
    throw thrown;
  });
  const parse = onceEach((module: string) => moduleOf(files.get(module)!.text, facts[module] ?? null));
  const closed = hidden.map((path) => relative(sourceDir, path).replace(SUFFIX, "").replaceAll(sep, "."));
  // Beside a compiled module there may be others, which only the image has.
  const partly = new Set(hidden.map((path) => relative(sourceDir, dirname(path)).replaceAll(sep, ".")));
  const folder = (module: string) => folders.has(module) ? partly.has(module) ? EMPTY : FOLDER : undefined;
  const isClosed = (module: string) => closed.some((link) => `${module}.`.startsWith(`${link}.`));
  return {
    fileOf: (module) => files.get(module)?.path,
    read: (module) => isClosed(module) ? EMPTY : files.has(module) ? parse(module) : folder(module),
    modules: [...files.keys()],
    placeOf(pattern) {
      for (const { path, text } of files.values()) {
        const at = pattern.exec(text)?.index;
        if (at === undefined) continue;
        const before = text.slice(0, at).split("\n");
        return { file: path, line: before.length, column: before.at(-1)!.length + 1 };
      }
      return undefined;
    },
  };
}

/**
 * The files of modules, and what has no text to read: compiled modules, modules beyond the limit, and links out
 * of the folders that code may see.
 */
async function findModules(
  fs: Context["fs"],
  project: Pick<Project, "root" | "sourceDir" | "outside">,
): Promise<Readonly<Record<"paths" | "hidden" | "folders", string[]>>> {
  const { sourceDir } = project;
  const [paths, hidden, walked]: [string[], string[], string[]] = [[], [], []];
  const folders = [sourceDir];
  const followed = new Set<string | undefined>();
  const enter = (folder: string) => {
    const isEntered = !NEVER.test(basename(folder)) &&
      !(dirname(folder) === sourceDir && NEVER_AT_TOP.test(basename(folder)));
    if (isEntered) walked.push(folder);
    return isEntered;
  };
  for (const folder of folders) {
    for await (const { path, kind } of fs.walk(folder, enter)) {
      const target = kind === "link" && enter(path) ? await fs.realPath(path) : undefined;
      const found = target === undefined ? kind : (await fs.stat(target))?.kind;
      const isModule = found === "file" && path.endsWith(".py");
      if (target !== undefined && (isModule || found === "folder") && !await isOwn({ fs }, project, path)) {
        hidden.push(path);
      } else if (target !== undefined && found === "folder" && !followed.has(target)) {
        followed.add(target);
        folders.push(path);
      } else if (isModule && paths.length < MOST_FILES) paths.push(path);
      else if (found === "file" && SUFFIX.test(path)) hidden.push(path);
    }
  }
  return { paths, hidden, folders: walked };
}

/** What a module says, from its text and Python's facts about it; without those, it may have any names. */
export function moduleOf(text: string, facts: ModuleFacts | null): PythonModule {
  if (facts === null) return { ...EMPTY, isOpen: true };
  const lines = once(() => text.split(/\r\n?|\n/));
  const words = once(() => new Set(text.match(/\w+/g)));
  const functionAt = ({ line, first, last }: FunctionPlace): FunctionSource => ({
    line,
    text: lines().slice(first - 1, last).join("\n").trim(),
  });
  const classOf = ({ bases, init }: ClassFacts): ClassSource => ({
    bases,
    init: init === null
      ? undefined
      : { args: new Set(init.args), required: init.required, takesAny: init.takes_any },
  });
  return {
    imports: facts.imports,
    functions: new Map(Object.entries(facts.functions).map(([name, place]) => [name, functionAt(place)])),
    variables: facts.variables,
    classes: new Map(Object.entries(facts.classes).map(([name, found]) => [name, classOf(found)])),
    names: new Set(facts.names),
    isOpen: facts.is_open,
    mentions: (word) => words().has(word),
  };
}

const EMPTY: PythonModule = {
  imports: [],
  functions: new Map(),
  variables: [],
  classes: new Map(),
  names: new Set(),
  mentions: () => true,
  isOpen: false,
};

/** A folder without `__init__.py` has nothing but what is in it. */
const FOLDER: PythonModule = { ...EMPTY, mentions: () => false };

function foldersAbove(top: string, path: string): readonly string[] {
  const name = pathBelow(top, dirname(path));
  return name === undefined || name === "" ? [] : prefixesOf(name.replaceAll("/", "."));
}

/** The function of a node, with its file; `undefined` if it is not in the project. @param func As in a snapshot. */
export function functionOfNode(
  source: ProjectSource,
  func: string,
): (FunctionSource & { readonly file: string }) | undefined {
  const [module = "", name = ""] = func.split("partial(").at(-1)!.split(")")[0]!.split("(")[0]!.split(":");
  const file = source.fileOf(module);
  const functions = source.read(module)?.functions;
  const definition = functions?.get(name) ?? functions?.get(`${name}.__call__`);
  return file === undefined || definition === undefined ? undefined : { ...definition, file };
}

/** The absolute dotted name of an import in a module; as written if it leads beyond the top-level package. */
export function absoluteModule(source: ProjectSource, module: string, { module: asked }: ImportUse): string {
  const dots = asked.match(/^\.*/)![0].length;
  if (dots === 0) return asked;
  const isPackage = source.fileOf(module)?.endsWith("__init__.py") ?? false;
  const parts = module.split(".");
  const depth = parts.length - dots + (isPackage ? 1 : 0);
  if (depth <= 0) return asked;
  const base = parts.slice(0, depth);
  return [...base, ...(asked.length > dots ? [asked.slice(dots)] : [])].join(".");
}

/** An import of something that is not the project's. */
export interface OutsideImport extends ImportUse {
  /** Path of the file that has it, relative to the project. */
  readonly file: string;
}

/** What the modules import that some modules lead to. */
export interface Reached {
  /** The project's modules that are imported with them, each with when; the most certain come first. */
  readonly modules: ReadonlyMap<string, ImportTime>;
  /** An import has the time and function of the least certain import that leads to it. */
  readonly outside: readonly OutsideImport[];
  /** Imports of the project's own modules, and of names in them, that do not exist, except optional ones. */
  readonly missing: readonly OutsideImport[];
}

/** When an import runs, the most certain first. */
const TIMES = ["always", "called", "optional"] as const;

/** How a module is reached. */
interface Way extends Pick<ImportUse, "inside"> {
  readonly when: typeof TIMES[number];
}

/**
 * Follows the imports of modules that run when they are imported.
 *
 * @param called Functions that are called, such as `shop.nodes:split`: their imports always run.
 */
export function followImports(
  source: ProjectSource,
  start: Iterable<string>,
  called: ReadonlySet<string> = new Set(),
): Reached {
  const modules = new Map<string, ImportTime>();
  const [outside, missing]: [OutsideImport[], OutsideImport[]] = [[], []];
  const tops = new Set(source.modules.map((module) => module.split(".")[0]!));
  const queues: Record<Way["when"], [string, Way][]> = { always: [], called: [], optional: [] };
  const enqueue = (names: Iterable<string>, way: Way) => {
    for (const name of names) queues[way.when].push([name, way]);
  };
  const enter = (module: string, way: Way) => {
    if (modules.has(module) || source.read(module) === undefined) return;
    modules.set(module, way.when);
    enqueue(prefixesOf(module).slice(0, -1), way);
    for (const use of usesIn(source, module, way, called)) {
      const { module: name, names, when } = use;
      if (!name.startsWith(".") && (!tops.has(name.split(".")[0]!) || isShared(source, name))) {
        outside.push(use);
      } else if (source.read(name) === undefined) {
        const mayExist = prefixesOf(name).some((parent) => source.read(parent)?.isOpen);
        if (when !== "optional" && !mayExist) missing.push(use);
      } else {
        enqueue([name, ...names.map((own) => `${name}.${own}`)], use);
        if (when !== "optional") {
          missing.push(...absentNames(source, use).map((module) => ({ ...use, module })));
        }
      }
    }
  };
  enqueue(start, { when: "always" });
  for (const time of TIMES) {
    for (let next = queues[time].shift(); next !== undefined; next = queues[time].shift()) enter(...next);
  }
  return { modules, outside, missing };
}

function usesIn(
  source: ProjectSource,
  module: string,
  way: Way,
  called: ReadonlySet<string>,
): (OutsideImport & Way)[] {
  return source.read(module)!.imports.flatMap((use) => {
    if (use.when === "never") return [];
    const own = use.when === "called" && called.has(`${module}:${use.inside}`) ? "always" : use.when;
    const { when, inside } = TIMES.indexOf(way.when) > TIMES.indexOf(own) ? way : { ...use, when: own };
    const { inside: _, ...rest } = use;
    return [{
      ...rest,
      module: absoluteModule(source, module, use),
      when,
      ...(inside !== undefined && { inside }),
      file: source.fileOf(module) ?? module,
    }];
  });
}

/**
 * Whether another package may have a module that the project lacks: the project's part of its name is folders with
 * other folders only, such as `acme` of `acme.shop`, which several packages can share.
 */
export function isShared(source: ProjectSource, module: string): boolean {
  const known = prefixesOf(module).filter((name) => source.read(name) !== undefined);
  const holdsFile = (folder: string) =>
    source.modules.some((name) =>
      name.startsWith(`${folder}.`) && !name.slice(folder.length + 1).includes(".") &&
      !source.fileOf(name)!.endsWith("/__init__.py")
    );
  return known.length > 0 && !known.includes(module) &&
    known.every((name) => source.fileOf(name) === undefined && !holdsFile(name));
}

/** The names that an import takes from a module of the project that has no word like them. */
function absentNames(source: ProjectSource, { module, names }: OutsideImport): string[] {
  const { isOpen, mentions } = source.read(module)!;
  if (isOpen) return [];
  return names.filter((name) =>
    name !== "*" && source.read(`${module}.${name}`) === undefined && !mentions(name)
  )
    .map((name) => `${module}.${name}`);
}
