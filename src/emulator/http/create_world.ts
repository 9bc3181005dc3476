import type { Random } from "../../core/context.ts";
import { createLinks } from "../state/world.ts";
import { memoryMaps } from "../state/records.ts";
import type { EmulatorOptions, Pace, WorkspaceSeed } from "../state/options.ts";
import type { EmulatedWorkspace, World } from "../state/world.ts";

/** Durations of simulated jobs unless the options say otherwise, as those of users' emulators do. */
const PACE: Pace = { prepareMs: 2000, stepMs: 3000, parallelSteps: 2, cancelMs: 1000, scheduleMs: 3000 };

/** What holds for an emulator unless its options say otherwise. */
const DEFAULTS = {
  outcome: {},
  guard: () => {},
  isPrivate: false,
  acceptAny: false,
  tokenLifetimeSeconds: 86_399,
  onNotice: () => {},
  flush: () => Promise.resolve(),
};

/** Creates the state of an emulator, with empty workspaces. */
export function createWorld(options: EmulatorOptions): World {
  const { random } = options;
  const seed = options.seed ?? {};
  const maps = options.maps ?? memoryMaps();
  const facts = maps.of<string>("facts");
  const secret = kept(facts, "secret", seed.secret ?? "emulator-secret");
  return {
    ...DEFAULTS,
    ...options,
    links: createLinks(options.origin, secret),
    identity: {
      tenant: seed.tenant ?? "00000000-0000-4000-8000-0000000000a1",
      client: seed.client ?? "00000000-0000-4000-8000-0000000000a2",
      secret,
      objectId: "00000000-0000-4000-8000-0000000000a3",
    },
    workspaces: keptWorkspaces(maps.of("workspaces"), random, seed.workspaces ?? []),
    resources: maps.of("resources"),
    containers: maps.of("containers"),
    grants: maps.of("grants"),
    jobs: maps.of("jobs"),
    plans: new WeakMap(),
    operations: maps.of("operations"),
    schedulesChangeUntil: maps.of("schedulesChangeUntil"),
    archived: maps.of("archived"),
    datastoreSecrets: maps.of("datastoreSecrets"),
    maps,
    kept: { bytes: 0 },
    runner: undefined,
    tokens: maps.of("tokens"),
    pace: { ...PACE, ...options.pace },
    dataOnDemand: (seed.dataOnDemand ?? false) || (options.acceptAny ?? false),
  };
}

/** The workspaces of the seed and of the stored state; stored ones keep their ids. */
function keptWorkspaces(
  known: Map<string, EmulatedWorkspace>,
  random: Random,
  seeds: readonly WorkspaceSeed[],
): EmulatedWorkspace[] {
  for (const seed of seeds) knowWorkspace(known, random, seed);
  return [...known.values()];
}

/** Finds a workspace, or creates it. */
function knowWorkspace(
  known: Map<string, EmulatedWorkspace>,
  random: Random,
  { subscription_id, resource_group, name }: WorkspaceSeed,
): EmulatedWorkspace {
  const id = `/subscriptions/${subscription_id}/resourceGroups/${resource_group}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  const workspace = known.get(id.toLowerCase()) ?? {
    id,
    subscription: subscription_id,
    resourceGroup: resource_group,
    name,
    workspaceId: random.uuid(),
    account: `emulatorstore${known.size + 1}`,
  };
  known.set(id.toLowerCase(), workspace);
  return workspace;
}

/** Adds a workspace to a running emulator. */
export function addWorkspace(world: World, seed: WorkspaceSeed): EmulatedWorkspace {
  const workspace = knowWorkspace(world.maps.of("workspaces"), world.random, seed);
  world.workspaces.push(workspace);
  return workspace;
}

/** Returns the stored value of a name; if there is none, stores this one. */
function kept(facts: Map<string, string>, name: string, value: string): string {
  const before = facts.get(name);
  if (before === undefined) facts.set(name, value);
  return before ?? value;
}
