import { frozen } from "./frozen.ts";
import type { Seed } from "../../src/emulator/state/options.ts";

/** The subscription of all test workspaces except `ws-staging`. */
export const SUBSCRIPTION_ID = "11111111-2222-3333-4444-555555555555";

/** The workspace of the golden projects, with the keys of azureml.yml. */
export const GOLDEN_WORKSPACE = frozen({
  subscription_id: SUBSCRIPTION_ID,
  resource_group: "rg-golden",
  name: "ws-golden",
});

/** A workspace for tests without a golden project. */
export const WORKSPACE = frozen({ subscription_id: SUBSCRIPTION_ID, resource_group: "rg", name: "ws" });

/** The service principal of the golden recordings. */
export const SERVICE_PRINCIPAL = frozen({
  tenant: "72f988bf-0000-0000-0000-000000000000",
  client: "00000000-0000-0000-0000-000000000001",
  secret: "golden-secret",
});

/** Environment variables that sign in as {@linkcode SERVICE_PRINCIPAL}. */
export const SIGNED_IN = frozen({
  AZURE_TENANT_ID: SERVICE_PRINCIPAL.tenant,
  AZURE_CLIENT_ID: SERVICE_PRINCIPAL.client,
  AZURE_CLIENT_SECRET: SERVICE_PRINCIPAL.secret,
});

/** Resources for project `tiny` only. */
export const TINY_SEED: Seed = frozen({
  workspaces: [GOLDEN_WORKSPACE],
  computes: ["cpu-cluster"],
  environments: [{ name: "kedro-env", versions: ["12"] }],
});

/** Resources for all golden projects. */
export const GOLDEN_SEED: Seed = frozen({
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
});
