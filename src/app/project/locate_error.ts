import { join, relative } from "node:path";
import { readConfFiles } from "../../config/layers/conf_files.ts";
import { loadLayers, type LoadOptions, nodeAt } from "../../config/layers/layers.ts";
import { nearestNode } from "../../config/omegaconf/merge.ts";
import type { MapNode } from "../../config/omegaconf/node.ts";
import type { Context } from "../../core/context.ts";
import { type Place, type UserError, userErrorOf, withPlace } from "../../core/errors.ts";
import type { Project } from "../../kedro/project.ts";
import type { ProjectSession } from "./open.ts";

/**
 * Adds a place in the project to an error whose data names a `dataset`, a `parameter` or a `function`. If there is no
 * such place, returns the error unchanged.
 */
export async function withProjectPlace(
  ctx: Pick<Context, "fs" | "env">,
  { load, project }: Pick<ProjectSession, "load" | "project">,
  error: UserError,
): Promise<UserError> {
  const { dataset, key, parameter, function: func } = error.data;
  if (error.place !== undefined) return error;
  const place = await datasetPlace(ctx, load, dataset, key) ?? await parameterPlace(ctx, load, parameter) ??
    await functionPlace(ctx, project, func);
  return withPlace(error, place);
}

async function datasetPlace(
  ctx: Pick<Context, "fs">,
  load: LoadOptions,
  dataset: unknown,
  key: unknown,
): Promise<Place | undefined> {
  if (typeof dataset !== "string") return undefined;
  const place = (await readConfFiles(ctx, load)).placeOfDataset(dataset);
  return place && { ...place, key: typeof key === "string" ? `${dataset}.${key}` : dataset };
}

async function parameterPlace(
  ctx: Pick<Context, "fs" | "env">,
  load: LoadOptions,
  parameter: unknown,
): Promise<Place | undefined> {
  if (typeof parameter !== "string") return undefined;
  const values = await writtenParameters(ctx, load);
  const node = values && nodeAt(values, parameter.split("."));
  return node === undefined || node === values ? undefined : { ...nearestNode(node), key: parameter };
}

/** The parameters in files, without what the project's code resolves; `undefined` if they cannot be loaded. */
export async function writtenParameters(
  ctx: Pick<Context, "fs" | "env">,
  load: LoadOptions,
): Promise<MapNode | undefined> {
  try {
    return (await loadLayers(ctx, "parameters", { ...load, resolve: async () => "" })).values;
  } catch (thrown) {
    // Rethrows bugs and interruptions.
    userErrorOf(thrown);
    return undefined;
  }
}

/** The file and line of a function such as `shop.nodes:train`. */
async function functionPlace(
  { fs }: Pick<Context, "fs">,
  { root, sourceDir }: Project,
  func: unknown,
): Promise<Place | undefined> {
  if (typeof func !== "string") return undefined;
  const [module = "", qualname = ""] = func.split(":");
  const path = join(sourceDir, module.replaceAll(".", "/"));
  for (const file of [`${path}.py`, join(path, "__init__.py")]) {
    if ((await fs.stat(file))?.kind !== "file") continue;
    const name = RegExp.escape(qualname.split(".").at(-1)!);
    const lines = (await fs.readText(file)).split("\n");
    const index = lines.findIndex((line) =>
      new RegExp(`^\\s*(?:async\\s+)?(?:def|class)\\s+${name}\\b`).test(line)
    );
    return { file: relative(root, file), ...(index >= 0 && { line: index + 1 }) };
  }
  return undefined;
}
