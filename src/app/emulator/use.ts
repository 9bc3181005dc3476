import { parseEnvironment } from "../../azureml/job/names.ts";
import type { AzureMLConfig } from "../../config/schema.ts";
import { workspaceId } from "../../config/workspace.ts";
import type { Context } from "../../core/context.ts";
import { OTHER_VARIABLES } from "../../core/env_vars.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { ORIGIN_WITHIN_COMMAND } from "../../core/net/cloud_hosts.ts";
import { createEmulator, type CreateOptions } from "../../emulator/emulator.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { Outcome, Pace, Seed, WorkspaceSeed } from "../../emulator/state/options.ts";
import type { ServicePrincipal } from "../../emulator/state/world.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "../project/open.ts";
import { readDefinition } from "../setup/environment.ts";
import { findEmulator, notRunning } from "./running.ts";

/**
 * Lets a command use the running emulator of its project, or, if none is running, one of its own that ends with the
 * command: no environment variable has to be set.
 *
 * @param project Also names the workspaces, computes and environments that an own emulator has.
 * @param how.mustRun Whether one of its own would have nothing to answer.
 * @throws {UserError} `emulator.not_running`.
 */
export async function useEmulator<C extends Context>(
  ctx: C,
  project: ProjectOptions,
  { credential, mustRun = false }: {
    readonly credential?: string | undefined;
    readonly mustRun?: boolean | undefined;
  },
): Promise<C> {
  const running = await findEmulator(ctx, project);
  if (running !== undefined) {
    const env = { ...clientEnv(ctx.env, credential), ...running.env };
    return { ...ctx, env, ...ctx.openNetwork(env), simulatesSteps: !running.runsSteps };
  }
  if (mustRun) throw notRunning();
  const quiet: AppContext = { ...ctx, report() {} };
  const { seed } = await readSeed(quiet, project).catch(() => ({ seed: {} }));
  const { clock, random } = ctx;
  const emulator = createEmulator({
    ...behaviorOf({ acceptAny: Object.keys(seed).length === 0 }),
    seed: { secret: random.uuid(), ...seed },
    origin: ORIGIN_WITHIN_COMMAND,
    clock,
    random,
  });
  const { SSL_CERT_FILE: _, REQUESTS_CA_BUNDLE: __, ...own } = environmentOf({
    origin: ORIGIN_WITHIN_COMMAND,
    caFile: "",
    identity: emulator.identity,
  });
  const network = { fetch: (request: Request) => emulator.fetch(request), probe: ctx.probe };
  const env = { ...clientEnv(ctx.env, credential), ...own };
  return { ...ctx, env, ...network, openNetwork: () => network, simulatesSteps: true };
}

/** The environment variables of an emulator's client: without {@linkcode OTHER_VARIABLES}, and with one credential. */
export function clientEnv(env: Context["env"], credential = "environment"): Context["env"] {
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !OTHER_VARIABLES.includes(name)));
  return { ...rest, AZURE_TOKEN_CREDENTIALS: credential };
}

/** The environment variables that make this program and Azure's Python SDKs use an emulator. */
export function environmentOf({ origin, caFile, identity }: {
  readonly origin: string;
  /** Absolute path of the CA certificate. */
  readonly caFile: string;
  readonly identity: ServicePrincipal;
}) {
  return {
    KEDRO_AZUREML_EMULATOR: origin,
    ARM_CLOUD_METADATA_URL: `${origin}/metadata/endpoints?api-version=2019-05-01`,
    AZURE_AUTHORITY_HOST: origin,
    AZURE_TENANT_ID: identity.tenant,
    AZURE_CLIENT_ID: identity.client,
    AZURE_CLIENT_SECRET: identity.secret,
    SSL_CERT_FILE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    NO_PROXY: "127.0.0.1,localhost",
  };
}

interface EmulatorBehavior extends Pick<CreateOptions, "onNotice"> {
  /** Whether any name of a workspace, compute, environment or data asset is accepted. */
  readonly acceptAny?: boolean | undefined;
  readonly fail?: readonly string[] | undefined;
  /** How to run steps on this machine (default: they are simulated). */
  readonly run?: RunnerOptions;
}

/** Durations of simulated jobs: short enough to wait for, long enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500, scheduleMs: 500 };

export function behaviorOf(
  { run, fail = [], acceptAny = false, ...behavior }: EmulatorBehavior,
): Omit<CreateOptions, "clock" | "random"> {
  const outcome: Outcome = {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "This step was told to fail."])),
  };
  const pace = { ...PACE, prepareMs: run === undefined ? PACE.prepareMs : 0 };
  return { ...behavior, acceptAny, pace, outcome };
}

/**
 * The initial resources of an emulator. If a workspace is given, or any is accepted, no project is needed.
 *
 * @throws {UserError} as {@linkcode openConfig}.
 */
export async function readSeed(
  ctx: AppContext,
  options: ProjectOptions & {
    readonly workspaces?: readonly WorkspaceSeed[] | undefined;
    readonly computes?: readonly string[] | undefined;
    readonly acceptAny?: boolean | undefined;
    /** Whether to leave the workspaces empty: no computes, environments or data assets. */
    readonly empty?: boolean | undefined;
  },
): Promise<{ readonly seed: Seed; readonly warnings: readonly Warning[] }> {
  const { workspaces = [], computes = [], acceptAny = false, empty = false } = options;
  const config = await openConfig(ctx, { ...options, fillsPlaceholders: true }).catch((thrown) => {
    const needsNone = workspaces.length > 0 || acceptAny;
    if (needsNone && thrown instanceof UserError && WITHOUT_PROJECT.includes(thrown.code)) return undefined;
    throw thrown;
  });
  const configured = config === undefined
    ? { dataOnDemand: acceptAny }
    : await definedSeed(ctx, options, config.azureml);
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

/** The resources that `azureml.yml` names, with its environment as the project defines it, if it does. */
async function definedSeed(ctx: AppContext, project: ProjectOptions, config: AzureMLConfig): Promise<Seed> {
  const seed = seedFor(config);
  const [environment] = seed.environments ?? [];
  if (environment === undefined) return seed;
  const { root } = await findProject(ctx, project.directory);
  // What is wrong in the definition is said where it is used.
  const defined = await readDefinition(ctx, { root }, environment.name).catch(() => undefined);
  return { ...seed, environments: [{ ...environment, ...defined }] };
}

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

function environmentSeeds(reference: string | null): NonNullable<Seed["environments"]> {
  const environment = reference ? parseEnvironment(reference) : undefined;
  if (environment?.kind !== "named") return [];
  return [{ name: environment.name, versions: [environment.version ?? "1"] }];
}
