import type { AppContext } from "../../app/context.ts";
import { chooseEnv } from "../../config/layers/env.ts";
import { openCachedReader } from "../../kedro/cache/cached_reader.ts";
import { findProject } from "../../kedro/project.ts";
import { pipelineNamed, slice } from "../../kedro/slice.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { Output } from "../command/output.ts";
import { renderSnapshot } from "./inspect_text.ts";
import { readerOptions, type ReadingOptions, workingFolder } from "../../app/project/open.ts";

/** Options of `inspect`. */
export interface InspectOptions extends ReadingOptions {
  readonly pipeline?: string;
  readonly tags?: readonly string[];
  readonly fromNodes?: readonly string[];
  readonly toNodes?: readonly string[];
  readonly nodes?: readonly string[];
  readonly fromInputs?: readonly string[];
  readonly toOutputs?: readonly string[];
  readonly namespaces?: readonly string[];
}

/**
 * Reads the project and gives its snapshot, or the part of one pipeline that the options choose.
 *
 * @throws {UserError} `project.*`, `kedro.*` or `pipeline.*`.
 */
export async function inspect(ctx: AppContext, options: InspectOptions): Promise<Output> {
  const project = await findProject(ctx, workingFolder(ctx, options));
  const env = chooseEnv(options.env, ctx.env.KEDRO_ENV);
  const reader = await openCachedReader(ctx, project, readerOptions(ctx, env, options));
  try {
    const snapshot = chosen(await reader.snapshot({ lenient: true }), options);
    return { data: inOrder(snapshot), text: renderSnapshot(snapshot), warnings: snapshot.warnings };
  } finally {
    await reader.close();
  }
}

function chosen(snapshot: ProjectSnapshot, options: InspectOptions): ProjectSnapshot {
  const filter = {
    tags: options.tags ?? null,
    from_nodes: options.fromNodes ?? null,
    to_nodes: options.toNodes ?? null,
    node_names: options.nodes ?? null,
    from_inputs: options.fromInputs ?? null,
    to_outputs: options.toOutputs ?? null,
    node_namespaces: options.namespaces ?? null,
  };
  const filters = Object.values(filter).some((names) => names !== null && names.length > 0);
  if (options.pipeline === undefined && !filters) return snapshot;
  const name = options.pipeline ?? "__default__";
  const whole = pipelineNamed(snapshot, name);
  const pipelines = { [name]: filters ? slice(whole, filter) : whole };
  return { ...snapshot, pipelines, pipeline_names: [name] };
}

/** The snapshot, with pipelines that keep their order when they are written. */
function inOrder(snapshot: ProjectSnapshot) {
  const { pipelines, pipeline_names: names } = snapshot;
  return { ...snapshot, pipelines: new Map(names.map((name) => [name, pipelines[name]!])) };
}
