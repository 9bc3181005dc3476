import { join, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { EnvironmentSpec } from "../../azureml/service/assets/create.ts";
import { findSecretIn } from "../../azureml/features/checks/secrets/contents.ts";
import { pipFiles } from "../../azureml/features/requirements/requirement_files.ts";
import { ENVIRONMENT_FILE } from "../../azureml/service/refusals/az_commands.ts";
import { yamlText } from "../../config/azureml/write_yaml.ts";
import { type ConfigNode, toPlain } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import { ExitCode, type Place, UserError, type Warning } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";

/**
 * Reads the definition of the project's environment, which `init` can write.
 *
 * @param name The environment that is wanted (default: whichever the file defines).
 * @returns `undefined` if there is no file with a name and an image, or if it defines another environment.
 * @throws {UserError} `environment.definition` for a conda file that cannot be read or that Azure ML could not install,
 *   `environment.secret` for one with a secret.
 */
export async function readDefinition(
  ctx: Pick<AppContext, "fs">,
  root: string,
  name: string | undefined,
): Promise<Omit<EnvironmentSpec, "version"> | undefined> {
  const { node, text } = await readFile(ctx, root);
  if (node?.kind !== "map") return undefined;
  const { name: defined, image } = toPlain(node) as Fields;
  if (name !== undefined && defined !== name) return undefined;
  if (typeof defined !== "string" || typeof image !== "string") return undefined;
  await requireNoSecrets(text, ENVIRONMENT_FILE);
  const conda = node.entries.get("conda_file");
  const path = join(root, ENVIRONMENT_FILE);
  return { name: defined, image, condaFile: conda && await readConda(ctx, path, conda) };
}

type Fields = Readonly<Record<string, unknown>>;

/** What an environment is built from in Azure ML. */
interface Registered {
  readonly image?: string | null | undefined;
  readonly condaFile?: string | null | undefined;
}

/** What differs between a definition and a registered version: its image, its Conda file, or neither. */
export function changedPart(
  { image, condaFile }: Omit<EnvironmentSpec, "name" | "version">,
  registered: Registered,
): "image" | "conda file" | undefined {
  if (registered.image !== image) return "image";
  return isSameYaml(registered.condaFile || "", condaFile || "") ? undefined : "conda file";
}

/** Whether two Conda files say the same: Azure ML returns the file as JSON, which YAML includes. */
function isSameYaml(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => {
    const node = parseYaml(text, "the Conda file");
    return node && toPlain(node);
  });
  return isDeepStrictEqual(first, second);
}

/** The file and what it says; an empty text if it is not there. */
async function readFile({ fs }: Pick<AppContext, "fs">, root: string) {
  const path = join(root, ENVIRONMENT_FILE);
  if ((await fs.stat(path))?.kind !== "file") return { text: "", node: undefined };
  const text = await fs.readText(path);
  return { text, node: parseYaml(text, ENVIRONMENT_FILE) };
}

/**
 * Why the definition of the project's environment cannot be registered.
 *
 * @param command How to register it with the Azure CLI.
 */
export async function noDefinition(
  ctx: Pick<AppContext, "fs">,
  root: string,
  command: string,
): Promise<UserError> {
  const { node } = await readFile(ctx, root);
  const build = node?.kind === "map" ? node.entries.get("build") : undefined;
  if (build !== undefined) {
    const message =
      `${ENVIRONMENT_FILE} builds its image from a folder, and only an \`image\` can be registered`;
    return invalid(message, build.keyPlace ?? build.place, `Run \`${command}\``);
  }
  return new UserError(`The project has no ${ENVIRONMENT_FILE} with a name and an image`, {
    code: "environment.no_file",
    hint: "Run `kedro-azureml init --environment`, which writes it",
  });
}

/** Warns if the definition says a version other than the one that was registered. */
export async function versionWarning(
  ctx: Pick<AppContext, "fs">,
  root: string,
  registered: string,
): Promise<Warning | undefined> {
  const { node } = await readFile(ctx, root);
  const version = node?.kind === "map" ? node.entries.get("version") : undefined;
  if (version?.kind !== "scalar" || String(version.value) === registered) return undefined;
  return {
    code: "environment.version_ignored",
    message:
      `\`version: ${version.value}\` is ignored: each change is registered as the next version, here ${registered}`,
    hint: `Remove it from ${ENVIRONMENT_FILE}`,
    place: version.place,
  };
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
  await requireNoSecrets(text, name);
  return text;
}

/** Rejects a password or a token: everyone in the workspace can read its environments. */
async function requireNoSecrets(text: string, file: string): Promise<void> {
  const found = await findSecretIn(text, file);
  if (found === undefined) return;
  throw new UserError(`${file} contains ${found.reason}, which everyone in the workspace could read`, {
    code: "environment.secret",
    exit: ExitCode.Config,
    place: { file, line: found.line, column: 1 },
    hint:
      "Remove it; for a private feed of packages, use a connection of the workspace. If it is no secret, end its line with `# secretlint-disable-line`",
  });
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
