import type { Selection } from "../../config/schema.ts";
import { DEFAULT_ENV, requireFolders } from "../../config/conf_folders.ts";
import { openCachedReader } from "../../kedro/reader/cached_reader.ts";
import type { Project } from "../../kedro/project.ts";
import { selectNodes } from "../../kedro/select.ts";
import type { CatalogEntry, ProjectSnapshot } from "../../kedro/snapshot.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { maskedJson } from "../../core/secrets.ts";
import type { AppContext } from "../context.ts";
import { projectOf, readerOptions, type ReadOptions, whileReading } from "./open.ts";
import { type NodeOptions, selectionOf } from "./select_jobs.ts";

/**
 * Reads a project, and masks values that look like secrets; with filters, only one pipeline and the selected nodes.
 *
 * @throws {UserError} `project.*`, `kedro.*` or `pipeline.*`.
 */
export async function inspectProject(
  ctx: AppContext,
  options: ReadOptions & NodeOptions,
): Promise<ProjectSnapshot> {
  const project = await projectOf(ctx, options);
  const env = options.kedroEnv ?? DEFAULT_ENV;
  const reader = await openCachedReader(ctx, project, readerOptions(ctx, env, options));
  try {
    const snapshot = await whileReading(ctx, () => reader.snapshot({ lenient: true }));
    const warnings = [...await folderWarnings(ctx, project, snapshot), ...snapshot.warnings];
    return masked(filtered({ ...snapshot, warnings }, selectionOf(options)));
  } finally {
    await reader.close();
  }
}

/** Warns of a missing configuration folder, without which Kedro reads no catalog and no parameters, and says nothing. */
async function folderWarnings(
  ctx: Pick<AppContext, "fs" | "env">,
  { root, outside = [] }: Project,
  { project: { source, env, settings }, catalog }: ProjectSnapshot,
): Promise<Warning[]> {
  if (source === "file" || Object.keys(catalog).length > 0) return [];
  try {
    await requireFolders(ctx, { root, outside, settings, env });
    return [];
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    const { code, message, hint } = thrown;
    return [{
      code,
      message: `${message}, so Kedro reads no catalog and no parameters`,
      ...(hint && { hint }),
    }];
  }
}

function filtered(snapshot: ProjectSnapshot, selection: Selection | undefined): ProjectSnapshot {
  if (selection === undefined) return snapshot;
  const { pipelines: names = ["__default__"], ...filters } = selection;
  const label = names.join("+");
  const pipelines = { [label]: selectNodes(snapshot, names, filters) };
  return { ...snapshot, pipelines, pipeline_names: [label] };
}

/** Keeps the names of credentials, which `validate` looks for, also in a snapshot. */
function masked(snapshot: ProjectSnapshot): ProjectSnapshot {
  const { project, catalog, parameters } = snapshot;
  const entries = Object.entries(catalog).map(([name, { credentials, ...entry }]) => [
    name,
    { ...maskedJson(entry) as CatalogEntry, ...(credentials !== undefined && { credentials }) },
  ]);
  return {
    ...snapshot,
    project: {
      ...project,
      runtime_params: maskedJson(project.runtime_params) as typeof project.runtime_params,
    },
    catalog: Object.fromEntries(entries),
    parameters: maskedJson(parameters) as typeof parameters,
  };
}
