import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { EmbeddedInput, Uses } from "../reader/embedded_reader.ts";
import { outsideByPath } from "../own_paths.ts";
import { type HandedOver, insideRoot } from "../reader/project_files.ts";
import type { LaterEntries } from "../sandbox/protocol.ts";
import type { UsedFiles } from "../sandbox/used_files.ts";

/** Version of the entry format and of the hashed input; increase it to invalidate all cached readings. */
const FORMAT = 4;

const { dirname } = posix;

/** The parts of the program that affect a reading: its version and the embedded Kedro's image ID. */
export interface Program {
  readonly version: string;
  readonly image: string;
}

/**
 * The SHA-256 of the program and of the request; {@linkcode filesKey} and {@linkcode variablesKey} add the rest. Each
 * combination of options, and each version of the program, has its own.
 */
export function keyOf(input: EmbeddedInput, { version, image }: Program): string {
  const { project, options: { env, runtimeParams = {}, allowEnvNames = null }, kedro } = input;
  const { packageName } = project;
  const root = insideRoot(project);
  const outside = outsideByPath(project);
  const request = { kedro, env, runtimeParams, allowEnvNames, packageName, root, outside };
  return hashOf([`${FORMAT}`, version, image, JSON.stringify(request)]);
}

/**
 * The SHA-256 of the files and folders that a reading looked at: the content of files, the kind of folders, the names
 * in those that were listed, and that a path does not exist.
 *
 * @param used `null` for all files and folders.
 */
export function filesKey({ files, folders, later }: HandedOver, used: UsedFiles | null): string {
  const entries = new Map<string, readonly (string | Uint8Array)[]>([
    ...folders.map((path) => [path, ["folder"]] as const),
    ...later.folders.map((path) => [path, ["later folder"]] as const),
    ...later.files.map(({ path, sizeBytes }) => [path, ["later", `${sizeBytes}`]] as const),
    ...files.map(({ path, bytes }) => [path, ["file", bytes]] as const),
  ]);
  const all = [...entries.keys()].sort();
  const listed = new Set(used?.listed);
  const names = all.filter((path) => listed.has(dirname(path)))
    .flatMap((path) => [path, entries.get(path)![0]!]);
  const contents = (used?.paths ?? all).flatMap((path) => [path, ...entries.get(path) ?? missing(path)]);
  return hashOf([...names, "", ...contents]);

  /** A path below a file is missing in another way than one in a folder. */
  function missing(path: string): readonly (string | Uint8Array)[] {
    const above = dirname(path);
    const isTop = above === path;
    return isTop
      ? ["missing"]
      : entries.has(above)
      ? ["missing in", entries.get(above)![0]!]
      : missing(above);
  }
}

function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

/**
 * The SHA-256 of the environment variables that a reading looked up: whether each is set, whether it is hidden from the
 * project, and its value. Variables of Kedro's own settings are always included.
 *
 * @param variables Names; `null` for all.
 */
export function variablesKey(
  { environ, withheld }: Pick<EmbeddedInput, "environ" | "withheld">,
  variables: Uses["variables"],
): string {
  const present = [...Object.keys(environ.variables), ...Object.keys(withheld)];
  const names = variables === null || present.some((name) => name.includes("FOR_DYNACONF"))
    ? present
    : [...variables, ...present.filter((name) => /^(KEDRO|DYNACONF)/i.test(name))];
  const known = [...new Set(names)].sort().map((name) => {
    const isGiven = Object.hasOwn(environ.variables, name);
    const isWithheld = Object.hasOwn(withheld, name);
    return [name, isGiven ? environ.variables[name] : null, isWithheld ? withheld[name] : null];
  });
  return createHash("sha256").update(JSON.stringify(known)).digest("hex");
}

/**
 * The SHA-256 of a file or a folder's entries that were fetched for the project's code; `"refused"` if access was
 * refused.
 *
 * @param names The only names of the folder that were looked up; `null` for a file, and for a folder that was listed.
 */
export function fetchedKey(bytes: Uint8Array | undefined, names: readonly string[] | null): string {
  if (bytes === undefined) return "refused";
  if (names === null) return hashOf([bytes]);
  const { files, folders } = JSON.parse(new TextDecoder().decode(bytes)) as LaterEntries;
  const isUsed = (path: string) => names.includes(posix.basename(path));
  const used = { files: files.filter(({ path }) => isUsed(path)), folders: folders.filter(isUsed) };
  return hashOf([JSON.stringify(used)]);
}

/** The names of a folder that were looked up, for {@linkcode fetchedKey}. */
export function namesUsed(used: UsedFiles | null, folder: string): readonly string[] | null {
  if (used === null || used.listed.includes(folder)) return null;
  return used.paths.filter((path) => dirname(path) === folder).map((path) => posix.basename(path));
}
