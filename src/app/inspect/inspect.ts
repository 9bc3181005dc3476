import { chooseEnv } from "../../config/layers/settings.ts";
import { findProject } from "../../kedro/project.ts";
import { openCachedReader } from "../../kedro/cache/cached_reader.ts";
import { pipelineNamed, slice } from "../../kedro/slice.ts";
import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { AppContext } from "../context.ts";
import { readerOptions, type ReadOptions, whileReading, workingFolder } from "../project/open.ts";

/** Options of `inspect`: how to read the project, and which part of a pipeline to show. */
export interface InspectOptions extends ReadOptions {
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
 * Reads a project; with filters, only one pipeline and the selected nodes.
 *
 * @throws {UserError} `project.*`, `kedro.*` or `pipeline.*`.
 */
export async function inspectProject(ctx: AppContext, options: InspectOptions): Promise<ProjectSnapshot> {
  const project = await findProject(ctx, workingFolder(ctx, options));
  const env = chooseEnv(options.env, ctx.env.KEDRO_ENV);
  const reader = await openCachedReader(ctx, project, readerOptions(ctx, env, options));
  try {
    return filtered(await whileReading(ctx, () => reader.snapshot({ lenient: true })), options);
  } finally {
    await reader.close();
  }
}

function filtered(snapshot: ProjectSnapshot, options: InspectOptions): ProjectSnapshot {
  const filter = {
    tags: options.tags ?? null,
    from_nodes: options.fromNodes ?? null,
    to_nodes: options.toNodes ?? null,
    node_names: options.nodes ?? null,
    from_inputs: options.fromInputs ?? null,
    to_outputs: options.toOutputs ?? null,
    node_namespaces: options.namespaces ?? null,
  };
  const isFiltered = Object.values(filter).some((names) => names !== null && names.length > 0);
  if (options.pipeline === undefined && !isFiltered) return snapshot;
  const name = options.pipeline ?? "__default__";
  const whole = pipelineNamed(snapshot, name);
  const pipelines = { [name]: isFiltered ? slice(whole, filter) : whole };
  return { ...snapshot, pipelines, pipeline_names: [name] };
}
