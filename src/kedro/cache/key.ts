import { createHash } from "node:crypto";
import type { EmbeddedInput, Uses } from "../reader/embedded_reader.ts";
import { insideRoot } from "../reader/project_files.ts";

/** Changes with the format of an entry, and with what `key.ts` counts. */
const FORMAT = 2;

/** What identifies the program that reads: its version and the image of the embedded Kedro. */
export interface Program {
  readonly version: string;
  readonly image: string;
}

/**
 * The SHA-256 of all that a reading is given: the program, the request, and each file and folder of the project with
 * its content. Files that are not there count too, because the folders are listed whole.
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
 * The SHA-256 of the environment variables that a reading asked for: whether each is there, is kept from the project,
 * and its value. Variables of Kedro's own settings always count.
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

/** The SHA-256 of what was fetched for the project's code; a refusal counts as something of its own. */
export function fetchedKey(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "refused" : createHash("sha256").update(bytes).digest("hex");
}
