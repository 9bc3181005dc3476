import { isFields } from "../../core/fields.ts";
import { join } from "node:path";
import type { Finding } from "../../azureml/features/checks/finding.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import type { Context } from "../../core/context.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { ProjectSession } from "../project/open.ts";
import { writtenParameters } from "../project/locate_error.ts";

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
  const { runtimeParams: _, ...withoutParams } = load;
  // Parameters that cannot be loaded are reported elsewhere.
  const values = await writtenParameters(ctx, withoutParams);
  if (values === undefined) return [];
  const written = toPlain(values) as Values;
  const read = new Set(
    Object.values(snapshot.pipelines).flatMap(({ nodes }) => nodes.flatMap(({ inputs }) => inputs)),
  );
  const texts = await Promise.all(
    files.map((name) => ctx.fs.readText(join(project.root, name)).catch(() => "")),
  );
  // Names in configuration files, such as `day` in `${runtime_params:day}`.
  const referenced = new Set(
    texts.flatMap((text) => [...text.matchAll(/runtime_params\s*:\s*([\w.]+)/g)].map(([, name]) => name!)),
  );
  const isUsed = (path: string) =>
    [...referenced].some((name) => `${name}.`.startsWith(`${path}.`)) ||
    [...read].some((input) => `${input}.`.startsWith(`params:${path}.`));
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
