import { createHash } from "node:crypto";
import type { EmbeddedInput, Uses } from "../reader/embedded_reader.ts";
import { insideRoot } from "../reader/project_files.ts";

/** Version of the entry format and of the hashed input; increase it to invalidate all cached readings. */
const FORMAT = 2;

/** The parts of the program that affect a reading: its version and the embedded Kedro's image ID. */
export interface Program {
  readonly version: string;
  readonly image: string;
}

/**
 * The SHA-256 of everything a reading gets as input: the program, the request, and each file and folder of the project
 * with its content. The folder listing is complete, so adding a file changes the key too.
 */
export async function keyOf(input: EmbeddedInput, program: Program): Promise<string> {
  const { project, options: { env, runtimeParams = {} }, kedro } = input;
  const { files, folders, later } = await input.files;
  const hash = createHash("sha256");
  const add = (...parts: readonly (string | Uint8Array)[]) => {
    for (const part of parts) hash.update(`${part.length}:`).update(part);
  };
  const request = { kedro, env, runtimeParams, package: project.packageName };
  add(`${FORMAT}`, program.version, program.image, insideRoot(project), JSON.stringify(request));
  for (const { path, bytes } of [...files].sort(byPath)) add("file", path, bytes);
  for (const path of [...folders].sort()) add("folder", path);
  for (const { path, sizeBytes } of [...later.files].sort(byPath)) add("later", path, `${sizeBytes}`);
  for (const path of [...later.folders].sort()) add("later folder", path);
  return hash.digest("hex");
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
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
  const there = [...Object.keys(environ.variables), ...Object.keys(withheld)];
  const names = variables === null || there.some((name) => name.includes("FOR_DYNACONF"))
    ? there
    : [...variables, ...there.filter((name) => /^(KEDRO|DYNACONF)/i.test(name))];
  const known = [...new Set(names)].sort().map((name) => {
    const isGiven = Object.hasOwn(environ.variables, name);
    const isWithheld = Object.hasOwn(withheld, name);
    return [name, isGiven ? environ.variables[name] : null, isWithheld ? withheld[name] : null];
  });
  return createHash("sha256").update(JSON.stringify(known)).digest("hex");
}

/** The SHA-256 of content fetched for the project's code; `"refused"` if access was refused. */
export function fetchedKey(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "refused" : createHash("sha256").update(bytes).digest("hex");
}
