import { isFields } from "../../core/fields.ts";
import { join } from "node:path";
import type { Finding } from "../../azureml/features/checks/finding.ts";
import { loadLayers } from "../../config/layers/layers.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import type { Context } from "../../core/context.ts";
import { userErrorOf } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { ProjectSession } from "../project/open.ts";

type Values = Readonly<Record<string, unknown>>;

/** Runtime parameters and the job they apply to. */
export interface RuntimeParams {
  readonly params: Values;
  /** The job in azureml.yml that sets them; `undefined` for those of the command line. */
  readonly job?: string;
}

/**
 * Findings about runtime parameters without effect, which are probably misspelled: no parameters file defines them,
 * no node reads them, and no configuration file refers to them with `runtime_params:`.
 *
 * @param files Names of the configuration files, relative to the project.
 */
export async function runtimeParamFindings(
  ctx: Pick<Context, "fs" | "env">,
  { session: { load, snapshot, project }, files }: {
    readonly session: ProjectSession;
    readonly files: readonly string[];
  },
  given: readonly RuntimeParams[],
): Promise<Finding[]> {
  if (given.every(({ params }) => Object.keys(params).length === 0)) return [];
  const written = await writtenParameters(ctx, load);
  if (written === undefined) return [];
  const read = new Set(
    Object.values(snapshot.pipelines).flatMap(({ nodes }) => nodes.flatMap(({ inputs }) => inputs)),
  );
  const referenced = new Set(await referencedNames(ctx, project.root, files));
  const isUsed = (path: string) =>
    referenced.has(path) ||
    [...read].some((input) => input === `params:${path}` || input.startsWith(`params:${path}.`));
  return given.flatMap(({ params, job }) =>
    unknownPaths(params, written, isUsed).map(({ path, siblings }): Finding => ({
      severity: "warning",
      code: "params.unknown",
      message: `No parameter "${path}" in the project${didYouMean(path.split(".").at(-1)!, siblings)}`,
      hint: "Correct the name, or add the parameter to the project's parameters",
      ...(job !== undefined && { jobs: [job] }),
    }))
  );
}

/** The parameters defined in files; `undefined` if they cannot be loaded, which is reported elsewhere. */
async function writtenParameters(
  ctx: Pick<Context, "fs" | "env">,
  load: ProjectSession["load"],
): Promise<Values | undefined> {
  const { runtimeParams: _, ...withoutParams } = load;
  try {
    const { values } = await loadLayers(ctx, "parameters", { ...withoutParams, resolve: async () => "" });
    return toPlain(values) as Values;
  } catch (thrown) {
    // Rethrows bugs and interruptions.
    userErrorOf(thrown);
    return undefined;
  }
}

/** Names of runtime parameters in configuration files, such as `day` in `${runtime_params:day}`. */
async function referencedNames(
  { fs }: Pick<Context, "fs">,
  root: string,
  files: readonly string[],
): Promise<string[]> {
  const texts = await Promise.all(files.map((name) => fs.readText(join(root, name)).catch(() => "")));
  return texts.flatMap((text) =>
    [...text.matchAll(/runtime_params\s*:\s*([\w.]+)/g)].map(([, name]) => name!)
  );
}

interface UnknownPath {
  /** Dotted name. */
  readonly path: string;
  /** Names that exist at the same level. */
  readonly siblings: readonly string[];
}

function unknownPaths(
  params: Values,
  known: Values,
  isUsed: (path: string) => boolean,
  above = "",
): UnknownPath[] {
  return Object.entries(params).flatMap(([key, value]): UnknownPath[] => {
    const path = above === "" ? key : `${above}.${key}`;
    if (isUsed(path)) return [];
    if (!Object.hasOwn(known, key)) return [{ path, siblings: Object.keys(known) }];
    const inside = known[key];
    return isFields(value) && isFields(inside) ? unknownPaths(value, inside, isUsed, path) : [];
  });
}
