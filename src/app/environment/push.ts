import { createEnvironment } from "../../azureml/service/assets/create.ts";
import { newestVersion, nextVersion } from "../../azureml/service/assets/versions.ts";
import { type BuildEvent, buildImage } from "../../azureml/service/history/build_image.ts";
import { azLine, ENVIRONMENT_FILE } from "../../azureml/service/refusals/az_commands.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import type { Warning } from "../../core/errors.ts";
import { join } from "node:path";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { requireWorkspace } from "../project/choose_workspace.ts";
import { connect } from "../project/connect.ts";
import { shownPath } from "../project/output_files.ts";
import { openConfig } from "../project/open.ts";
import { changedPart, noDefinition, readDefinition, versionWarning } from "../setup/environment_file.ts";

/** Options of `environment push`. */
export interface EnvironmentPushOptions {
  readonly project: ProjectOptions;
  /** A workspace of azureml.yml, by its key. */
  readonly workspace?: string;
  /** Whether to build its image now, and to follow that. */
  readonly follow?: boolean;
}

/** What `environment push` yields: a version of the environment, then how its image is built. */
export type PushResult = PushedEnvironment | BuildEvent;

/** A version of an environment. */
export interface PushedEnvironment {
  readonly type: "environment";
  readonly name: string;
  readonly version: string;
  /** Whether the newest version is the same, so that no new one was made. */
  readonly isUnchanged: boolean;
}

/**
 * Registers the environment that environment/environment.yml defines as a new version; if its newest version is the
 * same, nothing is registered.
 *
 * @throws {UserError} `environment.no_file` without that file, `environment.definition`, `environment.secret`,
 *   `environment.build_failed`, `azure.*`, `network.*`.
 */
export async function* pushEnvironment(
  ctx: AppContext,
  options: EnvironmentPushOptions,
): AsyncIterable<PushResult> {
  const { root } = await findProject(ctx, options.project.directory);
  const definition = await readDefinition(ctx, root, undefined);
  if (definition === undefined) {
    const file = shownPath(ctx, join(root, ENVIRONMENT_FILE)).replaceAll("\\", "/");
    throw await noDefinition(ctx, root, azLine("environment create", { file }));
  }
  const { open } = await connect(ctx);
  const config = await openConfig(ctx, options.project);
  const workspace = open(requireWorkspace(config, options.workspace));
  const { name } = definition;
  const newest = await newestVersion<Partial<Record<"image" | "condaFile", string | null>>>(
    workspace,
    "environments",
    name,
  );
  const isUnchanged = newest !== undefined && changedPart(definition, newest.properties ?? {}) === undefined;
  const version = isUnchanged ? newest.version : await nextVersion(workspace, "environments", name);
  if (!isUnchanged) await createEnvironment(workspace, { ...definition, version });
  yield { type: "environment", name, version, isUnchanged };
  for (
    const warning of [await versionWarning(ctx, root, version), unusedWarning(config, { name, version })]
  ) {
    if (warning !== undefined) ctx.report({ type: "warning", warning });
  }
  if (options.follow) yield* buildImage(workspace, { name, version });
}

/** Warns if azureml.yml names another environment, or another version of this one. */
function unusedWarning(
  { azureml, place }: LoadedConfig,
  { name, version }: Pick<PushedEnvironment, "name" | "version">,
): Warning | undefined {
  const wanted = azureml.execution.environment;
  const references = [name, `${name}@latest`, `${name}:${version}`];
  if (references.some((reference) => [reference, `azureml:${reference}`].includes(wanted ?? ""))) {
    return undefined;
  }
  return {
    code: "environment.unused",
    message: wanted
      ? `Jobs use environment "${wanted}", not ${name}:${version}`
      : `Jobs use no environment of azureml.yml, so they do not use ${name}:${version}`,
    hint: `Set \`execution.environment: ${name}@latest\` in azureml.yml`,
    place: place(["execution", "environment"]),
  };
}
