import { deepEqual } from "node:assert/strict";
import { listEndpoints } from "../../../src/azureml/resources/hosts.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";

const cloud = CLOUDS.AzureCloud!;

/** The places that this program connects to, as `PROTOCOL://HOST:PORT`. */
function places(
  ...[{ cloud: of = cloud, env = {}, known }]: readonly [
    Partial<Parameters<typeof listEndpoints>[0]>,
  ]
) {
  return listEndpoints({ cloud: of, env, ...(known && { known }) }).filter(({ by }) => by === "program").map(
    ({ protocol, host, port }) => `${protocol}://${host}:${port}`,
  );
}

const USUAL = ["https://login.microsoftonline.com:443", "https://management.azure.com:443"];

Deno.test("listEndpoints() lists wildcards without a workspace", () => {
  deepEqual(places({}), [
    ...USUAL,
    "https://*.api.azureml.ms:443",
    "https://*.blob.core.windows.net:443",
  ]);
  deepEqual(
    places({ known: { api: "https://eastus.api.azureml.ms", blob: "https://acc.blob.core.windows.net" } }),
    [...USUAL, "https://eastus.api.azureml.ms:443", "https://acc.blob.core.windows.net:443"],
  );
  deepEqual(places({ cloud: { ...cloud, mlApiSuffix: undefined } as typeof cloud }), [
    ...USUAL,
    "https://*.blob.core.windows.net:443",
  ]);
});

Deno.test("listEndpoints() includes IDENTITY_ENDPOINT", () => {
  const more = (env: Record<string, string>) => places({ env }).slice(4);
  deepEqual(more({ IDENTITY_ENDPOINT: "http://127.0.0.1:41741/token" }), ["http://127.0.0.1:41741"]);
  deepEqual(more({ IDENTITY_ENDPOINT: "http://10.0.0.1/token" }), ["http://10.0.0.1:80"]);
  deepEqual(more({ ACTIONS_ID_TOKEN_REQUEST_URL: "not a URL", MSI_ENDPOINT: "" }), []);
  deepEqual(more({ AZURE_TOKEN_CREDENTIALS: "prod" }), ["http://169.254.169.254:80"]);
  for (const name of ["Managed-Identity", "ManagedIdentityCredential"]) {
    deepEqual(more({ AZURE_TOKEN_CREDENTIALS: name }), ["http://169.254.169.254:80"], name);
  }
  deepEqual(more({ AZURE_TOKEN_CREDENTIALS: "dev" }), []);
  const own = { AZURE_TOKEN_CREDENTIALS: "prod", AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://10.0.0.2" };
  deepEqual(more(own), ["http://10.0.0.2:80"]);
});
