import { apiVersionOf } from "../check/api_versions.ts";
import { jsonAnswer } from "../world/refusal.ts";
import type { World } from "../world/world.ts";

/** Cloud metadata: an object since api-version 2022-09-01, a list before. */
export function metadata(world: World, query: URLSearchParams): Response {
  const cloud = describe(world);
  return jsonAnswer(apiVersionOf(query) >= "2022-09-01" ? cloud : [cloud]);
}

function describe(world: World) {
  const { authority, resourceManager, studio } = world.links;
  return {
    name: "AzureMLEmulator",
    portal: "https://portal.azure.com",
    resourceManager: `${resourceManager}/`,
    studio,
    authentication: {
      loginEndpoint: `${authority}/`,
      audiences: [`${resourceManager}/`],
      tenant: "common",
      identityProvider: "AAD",
    },
    graph: `${resourceManager}/`,
    graphAudience: `${resourceManager}/`,
    media: `${resourceManager}/`,
    batch: `${resourceManager}/`,
    gallery: `${resourceManager}/`,
    suffixes: { storage: "core.windows.net", keyVaultDns: "vault.azure.net", acrLoginServer: "azurecr.io" },
  };
}
