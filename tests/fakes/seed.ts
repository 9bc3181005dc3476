import type { Seed } from "../../src/emulator/world/options.ts";

/** The subscription of every workspace in the tests but `ws-staging`. */
export const SUBSCRIPTION_ID = "11111111-2222-3333-4444-555555555555";

/** The workspace that the golden projects name, in the words of azureml.yml. */
export const GOLDEN_WORKSPACE = {
  subscription_id: SUBSCRIPTION_ID,
  resource_group: "rg-golden",
  name: "ws-golden",
};

/** A workspace for tests without a golden project. */
export const WORKSPACE = { subscription_id: SUBSCRIPTION_ID, resource_group: "rg", name: "ws" };

/** The service principal of the golden recordings. */
export const SERVICE_PRINCIPAL = {
  tenant: "72f988bf-0000-0000-0000-000000000000",
  client: "00000000-0000-0000-0000-000000000001",
  secret: "golden-secret",
};

/** The environment variables of somebody who signs in as {@linkcode SERVICE_PRINCIPAL}. */
export const SIGNED_IN = {
  AZURE_TENANT_ID: SERVICE_PRINCIPAL.tenant,
  AZURE_CLIENT_ID: SERVICE_PRINCIPAL.client,
  AZURE_CLIENT_SECRET: SERVICE_PRINCIPAL.secret,
};

/** What an emulated Azure has for the project `tiny` and nothing else. */
export const TINY_SEED: Seed = {
  workspaces: [GOLDEN_WORKSPACE],
  computes: ["cpu-cluster"],
  environments: [{ name: "kedro-env", versions: ["12"] }],
};

/** What an emulated Azure has for all golden projects. */
export const GOLDEN_SEED: Seed = {
  ...SERVICE_PRINCIPAL,
  workspaces: [
    GOLDEN_WORKSPACE,
    {
      subscription_id: "99999999-2222-3333-4444-555555555555",
      resource_group: "rg-staging",
      name: "ws-staging",
    },
  ],
  computes: ["cpu-cluster", "gpu-cluster", "highmem-cluster"],
  environments: [
    { name: "kedro-env", versions: ["9", "12"] },
    { name: "spaceflights-env", versions: ["12"] },
    { name: "other-env", versions: ["3"] },
  ],
};
