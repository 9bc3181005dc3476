import { loadLayers, nodeAt } from "../config/layers.ts";
import { nearest } from "../config/merge.ts";
import { keyText, type MapNode } from "../config/node.ts";
import { join, relative } from "node:path";
import type { Context } from "../context.ts";
import { type Place, UserError, withPlace } from "../errors.ts";
import type { Project } from "../kedro/project.ts";
import type { Session } from "./session.ts";

/**
 * Adds to a failure whose data name a `dataset`, a `parameter` or a `function` where the project has it.
 *
 * What cannot be found leaves the failure as it is.
 */
export async function withProjectPlace(
  ctx: Pick<Context, "fs" | "env">,
  { load, project }: Pick<Session, "load" | "project">,
  error: UserError,
): Promise<UserError> {
  const { dataset, key, parameter, function: func } = error.data;
  if (error.place !== undefined) return error;
  const find = async (kind: string, pathIn: (values: MapNode) => readonly string[] | undefined) => {
    // The reader is closed by now; what a resolver gives is not looked at.
    const { values } = await loadLayers(ctx, kind, { ...load, resolve: async () => "" });
    const path = pathIn(values);
    return path && placeOf(values, path);
  };
  try {
    if (typeof dataset === "string") {
      const below = typeof key === "string" ? [key] : [];
      return withPlace(error, await find("catalog", (values) => entryOf(values, dataset, below)));
    }
    const place = typeof parameter === "string"
      ? await find("parameters", () => parameter.split("."))
      : undefined;
    if (place !== undefined) return withPlace(error, place);
    if (typeof func === "string") return withPlace(error, await functionPlace(ctx, project, func));
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
  }
  return error;
}

function placeOf(values: MapNode, path: readonly string[]): Place | undefined {
  const node = nodeAt(values, path);
  return node === values ? undefined : { ...nearest(node), key: path.join(".") };
}

/** The catalog's entry for a dataset: its own, or that of the factory with most fixed text that fits. */
function entryOf(
  { entries }: MapNode,
  dataset: string,
  below: readonly string[],
): readonly string[] | undefined {
  if (entries.has(dataset)) return [dataset, ...below];
  const fixed = (key: string) => key.replace(/\{[^{}]*\}/g, "").length;
  const fitting = [...entries.keys()].map(keyText)
    .filter((key) => key.includes("{") && patternOf(key).test(dataset))
    .sort((a, b) => fixed(b) - fixed(a));
  return fitting[0] === undefined ? undefined : [fitting[0], ...below];
}

function patternOf(key: string): RegExp {
  return new RegExp(`^${key.split(/\{[^{}]*\}/).map((text) => RegExp.escape(text)).join("(.+)")}$`);
}

/** Where the project's source has a function, such as `shop.nodes:train`. */
async function functionPlace(
  { fs }: Pick<Context, "fs">,
  { root, sourceDir }: Project,
  func: string,
): Promise<Place | undefined> {
  const [module = "", qualname = ""] = func.split(":");
  const path = join(sourceDir, module.replaceAll(".", "/"));
  for (const file of [`${path}.py`, join(path, "__init__.py")]) {
    if ((await fs.stat(file))?.kind !== "file") continue;
    const name = RegExp.escape(qualname.split(".").at(-1)!);
    const lines = (await fs.readText(file)).split("\n");
    const at = lines.findIndex((line) =>
      new RegExp(`^\\s*(?:async\\s+)?(?:def|class)\\s+${name}\\b`).test(line)
    );
    return { file: relative(root, file), ...(at >= 0 && { line: at + 1 }) };
  }
  return undefined;
}
