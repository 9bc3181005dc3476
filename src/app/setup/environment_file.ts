import { join, resolve, sep } from "node:path";
import type { EnvironmentSpec } from "../../azureml/service/assets/create.ts";
import { pipFiles } from "../../azureml/features/requirements/requirement_files.ts";
import { ENVIRONMENT_FILE } from "../../azureml/service/refusals/az_commands.ts";
import { yamlText } from "../../config/azureml/write_yaml.ts";
import { type ConfigNode, toPlain } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import { ExitCode, type Place, UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";

/**
 * Reads the definition of the project's environment, which `init` can write.
 *
 * @param name The environment that is wanted (default: whichever the file defines).
 * @returns `undefined` if there is no file with a name and an image, or if it defines another environment.
 * @throws {UserError} `environment.definition` for a conda file that cannot be read or that Azure ML could not install.
 */
export async function readDefinition(
  ctx: Pick<AppContext, "fs">,
  root: string,
  name: string | undefined,
): Promise<Omit<EnvironmentSpec, "version"> | undefined> {
  const path = join(root, ENVIRONMENT_FILE);
  if ((await ctx.fs.stat(path))?.kind !== "file") return undefined;
  const node = parseYaml(await ctx.fs.readText(path), ENVIRONMENT_FILE);
  if (node?.kind !== "map") return undefined;
  const { name: defined, image } = toPlain(node) as Readonly<Record<string, unknown>>;
  if (name !== undefined && defined !== name) return undefined;
  if (typeof defined !== "string" || typeof image !== "string") return undefined;
  const conda = node.entries.get("conda_file");
  return { name: defined, image, condaFile: conda && await readConda(ctx, path, conda) };
}

/** Reads the conda file that `conda_file` names, or serializes the one that is written in its place. */
async function readConda({ fs }: Pick<AppContext, "fs">, path: string, conda: ConfigNode): Promise<string> {
  if (conda.kind !== "scalar") {
    requireNoFiles(conda, ENVIRONMENT_FILE);
    return yamlText(toPlain(conda));
  }
  const written = String(conda.value);
  const file = resolve(path, "..", written);
  if ((await fs.stat(file))?.kind !== "file") {
    const hint = "Correct the path; it is relative to the folder of this file";
    throw invalid(`conda_file "${written}" is not a file`, conda.place, hint);
  }
  const text = await fs.readText(file);
  const name = join(ENVIRONMENT_FILE, "..", written).replaceAll(sep, "/");
  requireNoFiles(parseYaml(text, name), name);
  return text;
}

/** Rejects a conda file whose pip installs from other files: Azure ML gets the conda file only. */
export function requireNoFiles(conda: ConfigNode | undefined, name: string): void {
  const [first] = conda === undefined ? [] : pipFiles(conda);
  if (first === undefined) return;
  throw invalid(
    `${name} installs "${first.value}", but this file is the only one that Azure ML gets`,
    first.place,
    "Write the packages themselves in its place",
  );
}

function invalid(message: string, place: Place, hint: string): UserError {
  return new UserError(message, { code: "environment.definition", exit: ExitCode.Config, place, hint });
}
