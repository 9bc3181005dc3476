import type { ServicePrincipal } from "./world/world.ts";

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
