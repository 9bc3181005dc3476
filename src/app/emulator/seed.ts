import { parseEnvironment } from "../../azureml/compile/environment_ref.ts";
import type { AzureMLConfig } from "../../config/azureml/types.ts";
import type { AssetSeed, Seed } from "../../emulator/world/options.ts";

/**
 * Everything that `azureml.yml` names, plus any data that the catalog may name, so that the jobs can run on an
 * emulator.
 */
export function seedFor(config: AzureMLConfig): Seed {
  const clusters = Object.values(config.compute).map(({ cluster_name }) => cluster_name);
  const ofJobs = Object.values(config.jobs).map(({ compute }) => compute ?? null)
    .filter((compute) => compute === null || config.compute[compute] === undefined);
  const workspaces = new Map(
    Object.values(config.workspace).map((one) =>
      [`${one.subscription_id}/${one.resource_group}/${one.name}`.toLowerCase(), one] as const
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

function environmentSeeds(asked: string | null): readonly AssetSeed[] {
  const found = asked ? parseEnvironment(asked) : undefined;
  if (found?.kind !== "named") return [];
  return [{ name: found.name, versions: [found.version ?? "1"] }];
}
