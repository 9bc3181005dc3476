import { parseEnvironment } from "../../azureml/job/compile/environment_ref.ts";
import { type AzureMLConfig, workspaceId } from "../../config/azureml/types.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import type { AssetSeed, Seed, WorkspaceSeed } from "../../emulator/world/options.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "../project/open.ts";

/** Resources to add to those in azureml.yml. */
export interface SeedOptions {
  readonly workspaces?: readonly WorkspaceSeed[] | undefined;
  readonly computes?: readonly string[] | undefined;
  /** Whether to accept any name. */
  readonly acceptAny?: boolean | undefined;
  /** Whether to leave the workspaces empty: no computes, environments or data assets. */
  readonly empty?: boolean | undefined;
}

/**
 * The initial resources of an emulator. If a workspace is given, or any is accepted, no project is needed.
 *
 * @throws {UserError} as {@linkcode openConfig}.
 */
export async function readSeed(
  ctx: AppContext,
  project: ProjectOptions,
  { workspaces = [], computes = [], acceptAny = false, empty = false }: SeedOptions = {},
): Promise<{ readonly seed: Seed; readonly warnings: readonly Warning[] }> {
  const config = await openConfig(ctx, project).catch((thrown) => {
    const needsNone = workspaces.length > 0 || acceptAny;
    if (needsNone && thrown instanceof UserError && WITHOUT_PROJECT.includes(thrown.code)) return undefined;
    throw thrown;
  });
  const configured = config === undefined ? { dataOnDemand: acceptAny } : seedFor(config.azureml);
  const seed: Seed = empty
    ? { ...(configured.workspaces && { workspaces: configured.workspaces }) }
    : configured;
  return {
    seed: {
      ...seed,
      workspaces: [...seed.workspaces ?? [], ...workspaces],
      computes: [...seed.computes ?? [], ...computes],
    },
    warnings: config?.warnings ?? [],
  };
}

/** Error codes for a missing project or azureml.yml. */
export const WITHOUT_PROJECT = ["project.not_found", "project.not_kedro", "config.no_azureml"];

/** Resources for everything that `azureml.yml` names, and any data asset, so that its jobs can run on an emulator. */
export function seedFor(config: AzureMLConfig): Seed {
  const clusters = Object.values(config.compute).map(({ cluster_name }) => cluster_name);
  const ofJobs = Object.values(config.jobs).map(({ compute }) => compute ?? null)
    .filter((compute) => compute === null || config.compute[compute] === undefined);
  const workspaces = new Map(
    Object.values(config.workspace).map((workspace) =>
      [workspaceId(workspace).toLowerCase(), workspace] as const
    ),
  );
  return {
    workspaces: [...workspaces.values()],
    computes: [
      ...new Set([...clusters, ...ofJobs].filter((name) => name !== null && name !== "")),
    ] as string[],
    dataOnDemand: true,
    environments: environmentSeeds(config.execution.environment),
  };
}

function environmentSeeds(reference: string | null): readonly AssetSeed[] {
  const environment = reference ? parseEnvironment(reference) : undefined;
  if (environment?.kind !== "named") return [];
  return [{ name: environment.name, versions: [environment.version ?? "1"] }];
}
