/** The endpoints of an Azure cloud; no address ends with a slash. */
export interface Cloud {
  readonly name: string;
  /** Entra ID, such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Whether the authority is one of Microsoft's own, which its instance discovery knows. */
  readonly isKnownAuthority: boolean;
  /** Azure Resource Manager, such as `https://management.azure.com`. */
  readonly resourceManager: string;
  /** Scope of tokens for Resource Manager. */
  readonly resourceManagerScope: string;
  /** Scope of tokens for Azure ML, such as `https://ml.azure.com/.default`. */
  readonly mlScope: string;
  /** The part of a blob host name after `<account>.blob.`, such as `core.windows.net`. */
  readonly storageSuffix: string;
  readonly storageScope: string;
  /** The part of a workspace host name after the region; `undefined` if only the workspace itself tells. */
  readonly mlApiSuffix: string | undefined;
  /** Azure ML Studio, such as `https://ml.azure.com`. */
  readonly studio: string;
  /** The key that links to an emulator's pages need. */
  readonly studioKey?: string;
  /** More hosts of the cloud's services, as the user names them; `*.` stands for any name below. */
  readonly hosts?: readonly string[];
}

/** Storage has the same audience in every cloud. */
export const STORAGE_SCOPE = "https://storage.azure.com/.default";

/** The public clouds, by the names that Azure CLI uses. */
export const CLOUDS: Readonly<Record<string, Cloud>> = {
  AzureCloud: {
    name: "AzureCloud",
    authority: "https://login.microsoftonline.com",
    isKnownAuthority: true,
    resourceManager: "https://management.azure.com",
    resourceManagerScope: "https://management.azure.com/.default",
    mlScope: "https://ml.azure.com/.default",
    storageSuffix: "core.windows.net",
    storageScope: STORAGE_SCOPE,
    mlApiSuffix: "api.azureml.ms",
    studio: "https://ml.azure.com",
  },
  AzureUSGovernment: {
    name: "AzureUSGovernment",
    authority: "https://login.microsoftonline.us",
    isKnownAuthority: true,
    resourceManager: "https://management.usgovcloudapi.net",
    resourceManagerScope: "https://management.usgovcloudapi.net/.default",
    mlScope: "https://ml.azure.us/.default",
    storageSuffix: "core.usgovcloudapi.net",
    storageScope: STORAGE_SCOPE,
    mlApiSuffix: "api.ml.azure.us",
    studio: "https://ml.azure.us",
  },
  AzureChinaCloud: {
    name: "AzureChinaCloud",
    authority: "https://login.chinacloudapi.cn",
    isKnownAuthority: true,
    resourceManager: "https://management.chinacloudapi.cn",
    resourceManagerScope: "https://management.chinacloudapi.cn/.default",
    mlScope: "https://ml.azure.cn/.default",
    storageSuffix: "core.chinacloudapi.cn",
    storageScope: STORAGE_SCOPE,
    mlApiSuffix: "api.ml.azure.cn",
    studio: "https://studio.ml.azure.cn",
  },
};

/** Whether an authority is one of Microsoft's own. */
export function isKnownAuthority(authority: string): boolean {
  return Object.values(CLOUDS).some((cloud) => cloud.authority === authority);
}
