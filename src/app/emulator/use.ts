import type { Context } from "../../core/context.ts";
import { ORIGIN_WITHIN_COMMAND } from "../../core/emulator_page.ts";
import { createEmulator } from "../../emulator/emulator.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { behaviorOf } from "./options.ts";
import { findEmulator } from "./running.ts";
import { readSeed } from "./seed.ts";
import type { ServicePrincipal } from "../../emulator/world/world.ts";

/** Variables that would lead a client elsewhere than to an emulator, or to another identity. */
export const OTHER_VARIABLES: readonly string[] = [
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZUREML_CURRENT_CLOUD",
  "KEDRO_AZUREML_CLOUD_FILE",
  "AZURE_TOKEN_CREDENTIALS",
];

/** The variables that make clients use an emulator. */
export const EMULATOR_VARIABLES: readonly string[] = Object.keys(
  environmentOf({ origin: "", caFile: "", identity: { tenant: "", client: "", secret: "", objectId: "" } }),
);

/**
 * Lets a command use the running emulator of its project, or, if none is running, one of its own that ends with the
 * command: no environment variable has to be set.
 *
 * @param project Also names the workspaces, computes and environments that an own emulator has.
 */
export async function useEmulator<C extends Context>(
  ctx: C,
  project: ProjectOptions,
  { credential }: { readonly credential?: string },
): Promise<C> {
  const running = await findEmulator(ctx, project);
  if (running !== undefined) {
    const env = { ...clientEnv(ctx.env, credential), ...running.env };
    return { ...ctx, env, ...ctx.openNetwork(env) };
  }
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
  return { ...ctx, env, ...network, openNetwork: () => network };
}

/** The environment variables of an emulator's client: without {@linkcode OTHER_VARIABLES}, and with one credential. */
export function clientEnv(env: Context["env"], credential = "environment"): Context["env"] {
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !OTHER_VARIABLES.includes(name)));
  return { ...rest, AZURE_TOKEN_CREDENTIALS: credential };
}

/** The URL, CA and service principal of a running emulator. */
export interface Served {
  readonly origin: string;
  /** Absolute path of the CA certificate. */
  readonly caFile: string;
  readonly identity: ServicePrincipal;
}

/** The environment variables that make this program and Azure's Python SDKs use an emulator. */
export function environmentOf({ origin, caFile, identity }: Served): Readonly<Record<string, string>> {
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
