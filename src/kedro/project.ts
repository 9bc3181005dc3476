import { type Fields, fields, isFields } from "../core/json.ts";
import { requireSmall } from "../core/files.ts";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import type { Context } from "../core/context.ts";
import { ExitCode, type Place, UserError } from "../core/errors.ts";
import { maskedText } from "../core/secrets.ts";
import { nearest } from "../core/suggest.ts";
import { isBelow, shellWord } from "../core/untrusted.ts";
import { parse, TomlError } from "smol-toml";
import { conflictIn } from "../core/document.ts";
import { refuseTooOld, tooOld } from "./versions.ts";

/** A Kedro project on disk, as its pyproject.toml describes it. */
export interface Project {
  /** Absolute path of the folder that contains pyproject.toml. */
  readonly root: string;
  readonly name: string;
  readonly packageName: string;
  readonly sourceDir: string;
  /** `kedro_init_version`, or `project_version` before Kedro 0.18. */
  readonly kedroInitVersion: string;
  /** Absolute paths of folders outside it that the user allows its code to see. */
  readonly outside?: readonly string[] | undefined;
}

const FILE = "pyproject.toml";
/** The file that described a project before Kedro 0.17. */
const OLD_FILE = ".kedro.yml";

/**
 * Finds the Kedro project that contains a folder: the nearest pyproject.toml with `[tool.kedro]` in it or its parents.
 *
 * @throws {UserError} `project.not_found` if there is no pyproject.toml, `project.not_kedro` if none has
 *   `[tool.kedro]`, `project.too_old`, `project.toml_syntax`, `project.unreadable`, `project.encoding`,
 *   `project.missing_key` or `project.no_source`.
 */
export async function findProject(ctx: Pick<Context, "fs" | "cwd">, dir = ctx.cwd): Promise<Project> {
  const folder = await ctx.fs.stat(dir);
  if (folder?.kind !== "folder") {
    throw new UserError(folder === undefined ? `Folder "${dir}" not found` : `"${dir}" is not a folder`, {
      // project.not_found: No Kedro project was found here. Change to its folder, or use `-C`.
      code: "project.not_found",
      exit: ExitCode.Usage,
      hint: "Use `-C DIR` with an existing folder",
    });
  }
  let other: TomlFile & { readonly section: string | undefined } | undefined;
  for (let folder = dir;; folder = dirname(folder)) {
    const path = join(folder, FILE);
    if (await ctx.fs.stat(path) !== undefined) {
      const file = { name: relative(dir, path), text: await readText(ctx, path) };
      const tool = fields(parseToml(file.text, file.name).tool);
      if (isFields(tool.kedro)) return await toProject(ctx, folder, tool.kedro, file);
      other ??= { ...file, section: nearest("kedro", Object.keys(tool).filter((key) => key !== "kedro")) };
    }
    const old = join(folder, OLD_FILE);
    if (await ctx.fs.stat(old) !== undefined) {
      throw tooOld("0.16 or older", old);
    }
    if (dirname(folder) === folder) break;
  }
  const [first, ...more] = await projectsBelow(ctx, dir);
  const below = first &&
    `Use \`-C ${shellWord(first)}\`${
      more.length === 0 ? "" : `; projects there: ${[first, ...more].join(", ")}`
    }`;
  if (other?.section !== undefined) throw misspelled(other.section, other);
  if (other !== undefined) {
    throw projectError(
      // project.not_kedro: pyproject.toml has no [tool.kedro] section. Use `-C` with the project's folder.
      "project.not_kedro",
      `Not a Kedro project: ${other.name} has no [tool.kedro] section`,
      below ?? "Use `-C DIR` with the Kedro project's folder",
    );
  }
  throw projectError(
    "project.not_found",
    `No Kedro project found: no ${FILE} in "${dir}" or its parent folders`,
    below ?? "Change to the Kedro project's folder, or use `-C DIR`",
  );
}

/** A pyproject.toml, and its path for errors. */
interface TomlFile {
  readonly name: string;
  readonly text: string;
}

function misspelled(section: string, { name, text }: TomlFile): UserError {
  return new UserError("Not a Kedro project: no section [tool.kedro]", {
    code: "project.not_kedro",
    hint: `Did you mean [tool.kedro] instead of [tool.${section}]?`,
    place: { file: name, line: lineOfKey(text, ["tool", section]) ?? 1 },
  });
}

const MOST_LEVELS = 3;
const MOST_FOLDERS_OF_LEVEL = 200;

/** Folders below one that have a Kedro project, at most five of the first levels, outermost first. */
async function projectsBelow(
  { fs, cwd }: Pick<Context, "fs" | "cwd">,
  dir: string,
): Promise<readonly string[]> {
  const projects: string[] = [];
  let level = [dir];
  for (let depth = 0; depth < MOST_LEVELS && projects.length < 5; depth++) {
    const below: string[] = [];
    const enter = (folder: string) => {
      if (!basename(folder).startsWith(".") && below.length < MOST_FOLDERS_OF_LEVEL) below.push(folder);
      return false;
    };
    for (const folder of level) {
      try {
        for await (const _ of fs.walk(folder, enter)) { /* Only the folders are of interest. */ }
      } catch { /* A folder that cannot be looked into, as /root, has no project for this user. */ }
    }
    level = [];
    for (const folder of below.sort()) {
      const path = join(folder, FILE);
      const isFile = (await fs.stat(path).catch(() => undefined))?.kind === "file";
      const text = isFile ? await fs.readText(path).catch(() => "") : "";
      if (!text.includes("[tool.kedro]")) level.push(folder);
      else if (projects.length < 5) projects.push(relative(cwd, folder) || ".");
    }
  }
  return projects;
}

async function readText(ctx: Pick<Context, "fs">, path: string): Promise<string> {
  const bytes = await readBytes(ctx, path);
  const refused = (problem: string) =>
    projectError(
      // project.encoding: pyproject.toml is not UTF-8. Save it as UTF-8.
      "project.encoding",
      `Cannot read ${path}: ${problem}`,
      `Save ${path} as UTF-8 without a byte order mark`,
    );
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused("it is not UTF-8");
  }
  if (text.startsWith("\ufeff")) {
    throw refused("it begins with a byte order mark, which Kedro does not support");
  }
  return text;
}

async function readBytes(ctx: Pick<Context, "fs">, path: string): Promise<Uint8Array> {
  await requireFile(ctx, path);
  await requireSmall(ctx, path, path);
  try {
    return await ctx.fs.readBytes(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.PermissionDenied)) throw thrown;
    throw unreadable(path, "permission denied");
  }
}

/** Requires a regular file: reading a pipe could block forever. @throws {UserError} `project.unreadable`. */
export async function requireFile({ fs }: Pick<Context, "fs">, path: string): Promise<void> {
  const kind = (await fs.stat(path))?.kind;
  if (kind === "file") return;
  throw unreadable(path, kind === "folder" ? "it is a folder" : "it is not a regular file");
}

function unreadable(path: string, problem: string): UserError {
  return projectError(
    // project.unreadable: pyproject.toml cannot be read. Correct its permissions.
    "project.unreadable",
    `Cannot read ${path}: ${problem}`,
    `Make ${path} a file that you can read`,
  );
}

async function toProject(
  ctx: Pick<Context, "fs">,
  root: string,
  kedro: Fields,
  file: TomlFile,
): Promise<Project> {
  const text = (key: string) => textOf(kedro, key, file);
  const project = {
    root,
    packageName: text("package_name"),
    name: text("project_name"),
    kedroInitVersion: versionOf(kedro, root, file),
    sourceDir: sourceDirOf(root, kedro, file),
  };
  if (!isBelow(root, project.sourceDir)) {
    throw projectError(
      // project.no_source: The source folder does not exist or is outside the project. Correct `source_dir`
      //   in pyproject.toml.
      "project.no_source",
      `source_dir "${kedro.source_dir}" is outside the project ${basename(root)}`,
      "Set source_dir in [tool.kedro] to a folder of the project",
    );
  }
  if ((await ctx.fs.stat(project.sourceDir))?.kind !== "folder") {
    throw projectError(
      "project.no_source",
      `Source folder "${project.sourceDir}" not found`,
      "Set source_dir in [tool.kedro] to the folder that holds the package",
      { file: file.name, line: lineOf(file.text, "source_dir") },
    );
  }
  return project;
}

function sourceDirOf(root: string, kedro: Fields, file: TomlFile): string {
  const folder = kedro.source_dir === undefined ? "src" : textOf(kedro, "source_dir", file);
  return isAbsolute(folder) ? folder : join(root, folder);
}

/** The Kedro version, from either key: before 0.18 it was `project_version`, which Kedro 0.18 still accepts. */
function versionOf(kedro: Fields, root: string, file: TomlFile): string {
  const { project_version: old, kedro_init_version: current } = kedro;
  const version = typeof old === "string" && current === undefined
    ? old
    : textOf(kedro, "kedro_init_version", file);
  refuseTooOld(version, join(root, FILE));
  if (version === old && !/^0\.18(\.|$)/.test(version)) {
    throw missingKey("kedro_init_version", file, "project_version");
  }
  return version;
}

/** The keys below [tool.kedro] that Kedro knows. */
const KEYS = ["package_name", "project_name", "kedro_init_version", "project_version", "source_dir"];

function textOf(kedro: Fields, key: string, file: TomlFile): string {
  const value = kedro[key];
  if (typeof value === "string" && value !== "") return value;
  throw missingKey(key, file, nearest(key, Object.keys(kedro).filter((other) => !KEYS.includes(other))));
}

/** The line of a key of Kedro, else that of its table. */
function lineOf(text: string, key: string): number {
  return lineOfKey(text, ["tool", "kedro", key]) ?? lineOfKey(text, ["tool", "kedro"]) ?? 1;
}

/** @param written The key in its place. */
function missingKey(key: string, { name, text }: TomlFile, written: string | undefined): UserError {
  const line = lineOf(text, written ?? key);
  // project.missing_key: A key is missing below [tool.kedro] in pyproject.toml. Add it.
  return new UserError(`Missing key "${key}" in [tool.kedro]`, {
    code: "project.missing_key",
    hint: written === undefined ? `Add ${key} = "…" below [tool.kedro]` : `Rename "${written}" to "${key}"`,
    place: { file: name, line },
  });
}

function projectError(code: string, message: string, hint: string, place?: Place): UserError {
  return new UserError(message, { code, hint, place });
}

/** Longer lines hold a value, not only the name of a key. */
const MOST_CHARACTERS = 4096;

/**
 * The line number (from 1) of a key in valid TOML text: the line of its value, else the line of its table; `undefined`
 * if the key is written in an unsupported way.
 */
export function lineOfKey(text: string, path: readonly string[]): number | undefined {
  let table: readonly string[] = [];
  let ofTable: number | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.length > MOST_CHARACTERS) continue;
    const header = /^\s*\[+([^\[\]].*?)\]+\s*(#.*)?$/.exec(line)?.[1];
    const key = /^\s*([^#=\[\s][^=]*?)\s*=/.exec(line)?.[1];
    if (header !== undefined) {
      table = keysOf(`[${header}]`) ?? table;
      if (!isAtOrBelow(table, path)) continue;
      if (table.length === path.length) return at + 1;
      ofTable ??= at + 1;
    } else if (key !== undefined) {
      const fullPath = [...table, ...keysOf(`${key} = 0`) ?? []];
      // The rest of the path may be in an inline table.
      const isAbove = fullPath.length > table.length && isAtOrBelow(path, fullPath);
      if (isAbove || isAtOrBelow(fullPath, path)) return ofTable ?? at + 1;
    }
  }
  return ofTable;
}

/** Whether a key is at `path` or below it. */
function isAtOrBelow(found: readonly string[], path: readonly string[]): boolean {
  return path.every((key, at) => found[at] === key);
}

/** The names in a header or a dotted key; `undefined` for other lines, such as part of a multi-line string. */
function keysOf(line: string): readonly string[] | undefined {
  try {
    const keys: string[] = [];
    let level: unknown = parseToml(line, "");
    while (typeof level === "object" && level !== null && Object.keys(level).length > 0) {
      const [key] = Object.keys(level);
      keys.push(key!);
      level = (level as Fields)[key!];
    }
    return keys;
  } catch {
    return undefined;
  }
}

/** What the parser says, what it means, and what to do. */
const TOML_WORDS: readonly (readonly [RegExp, what: string, hint: string])[] = [
  [/control characters .* in strings|unfinished string/, "this quote is not closed", "Close the quote"],
  [
    /^invalid value/,
    "this is no value",
    'Put text in quotes, as in name = "value", or close the bracket before it',
  ],
  [
    /illegal character in key|incomplete key-value|end of key/,
    "this is neither [table] nor key = value",
    'Write [table] or key = "value"',
  ],
  [/trying to redefine/, "this key or table is already defined above", "Merge both"],
  [/unfinished (?:array|table)|expected comma/, "a bracket is not closed, or a comma is missing", "Add it"],
];

/** A key of so many parts that the parser, whose time is quadratic in them, would take minutes. */
const LONG_KEY = /(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){1000}/;

/** Parses TOML. @param file Named in errors. @throws {UserError} `project.toml_syntax`, with the place. */
export function parseToml(text: string, file: string): Fields {
  if (LONG_KEY.test(text)) {
    throw new UserError(`Cannot read ${file}: a key has more than 1,000 parts`, {
      code: "project.toml_syntax",
      place: { file },
      hint: "Shorten it",
    });
  }
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const conflict = conflictIn(text, file);
    const reason = thrown.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    const [, plain = reason, hint] = TOML_WORDS.find(([pattern]) => pattern.test(reason)) ?? [];
    const line = text.split("\n")[thrown.line - 1]?.trim();
    throw new UserError(conflict?.message ?? `Cannot read ${file}: ${plain}`, {
      // project.toml_syntax: pyproject.toml is not valid TOML. Correct the line that the message names.
      code: "project.toml_syntax",
      place: { file, line: thrown.line, column: thrown.column },
      hint,
      ...(line && conflict === undefined && { details: [maskedText(line)] }),
      ...conflict,
      cause: thrown,
    });
  }
}
