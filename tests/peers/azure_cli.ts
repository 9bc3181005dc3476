import type { Context } from "../../src/core/context.ts";
import { exec } from "../../src/system/exec.ts";
import { createFetch } from "../../src/system/fetch.ts";
import { type Serving, withServed } from "../system/served.ts";
import { peerPath, skippedWithout } from "./peer.ts";

/** Why tests with the Azure CLI are skipped; empty if it is installed. */
export const withoutAzureCli = skippedWithout("azcli/bin/az");

/** The Azure CLI with an emulator. */
export interface WithAzureCli {
  /** Reaches the emulator; `az` is its only program. */
  readonly ctx: Context;
  readonly az: (...args: readonly string[]) => ReturnType<Context["exec"]>;
  /** Variables with which programs reach the emulator and sign in as `az`. */
  readonly env: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly tenant: string;
  readonly client: string;
  /** Temporary; removed afterwards. `bin` in it has `az`. */
  readonly folder: string;
}

/** Runs `use` with the real Azure CLI, which uses an emulator over HTTPS as its cloud. */
export async function withAzureCli(
  world: Serving,
  use: (world: WithAzureCli) => Promise<void>,
): Promise<void> {
  await withServed(world, async ({ ctx: base, caFile, origin, env: found, folder }) => {
    const env = {
      ARM_CLOUD_METADATA_URL: found.ARM_CLOUD_METADATA_URL!,
      SSL_CERT_FILE: caFile,
      REQUESTS_CA_BUNDLE: caFile,
      AZURE_CONFIG_DIR: `${folder}/az`,
      NO_PROXY: "127.0.0.1",
    };
    // The first line of pip's `az` cannot name a Python below a folder with a space.
    const program = `${folder}/bin/az`;
    await Deno.mkdir(`${folder}/bin`);
    const python = peerPath("azcli/bin/python");
    await Deno.writeTextFile(program, `#!/bin/sh\nexec '${python}' -m azure.cli "$@"\n`, { mode: 0o755 });
    const az: WithAzureCli["az"] = (...args) => exec(program, args, { env });
    const ctx: Context = {
      ...base,
      env,
      fetch: createFetch(env),
      exec: (name, args, options) =>
        exec(name === "az" ? program : "/no/such/program", args, { ...options, env }),
    };
    const endpoints = [
      ...["active-directory", "resource-manager", "management", "active-directory-resource-id"],
      ...["active-directory-graph-resource-id", "gallery", "sql-management"],
    ].flatMap((name) => [`--endpoint-${name}`, origin]);
    await az("config", "set", "core.instance_discovery=false", "core.collect_telemetry=false");
    await az("cloud", "register", "-n", "Local", ...endpoints);
    await az("cloud", "set", "-n", "Local");
    const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = found;
    await use({ ctx, az, env, folder, tenant: tenant!, client: client!, secret: secret! });
  });
}

/** Signs the Azure CLI in as the emulator's service principal. @throws {Error} if it fails. */
export async function signIn({ az, client, secret, tenant }: WithAzureCli): Promise<void> {
  const args = ["--service-principal", "-u", client, "-p", secret, "--tenant", tenant];
  const { status, stderr } = await az("login", ...args);
  if (status !== 0) throw new Error(stderr);
}
