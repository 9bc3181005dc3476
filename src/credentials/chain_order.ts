interface CredentialKind {
  readonly sdk: string;
  /** Description for help, one line. */
  readonly about: string;
  /** Name for use in sentences. */
  readonly title: string;
  /** Whether it signs in an application or a machine, which has one tenant and cannot pass multi-factor authentication. */
  readonly isService: boolean;
}

/** The credentials by name, in the order in which they are tried. */
export const CREDENTIALS = {
  "environment": {
    sdk: "EnvironmentCredential",
    title: "environment variables",
    isService: true,
    about: "service principal set with AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET or " +
      "AZURE_CLIENT_CERTIFICATE_PATH",
  },
  "workload-identity": {
    sdk: "WorkloadIdentityCredential",
    title: "workload identity of this pod",
    isService: true,
    about: "federated token in AZURE_FEDERATED_TOKEN_FILE, such as on Kubernetes",
  },
  "github-oidc": {
    sdk: "GitHubOidcCredential",
    title: "GitHub Actions",
    isService: true,
    about: "GitHub Actions job with `id-token: write`, AZURE_CLIENT_ID and AZURE_TENANT_ID",
  },
  "azure-pipelines": {
    sdk: "AzurePipelinesCredential",
    title: "Azure Pipelines service connection",
    isService: true,
    about: "service connection of an Azure Pipelines job, with SYSTEM_ACCESSTOKEN",
  },
  "managed-identity": {
    sdk: "ManagedIdentityCredential",
    title: "managed identity of this machine",
    isService: true,
    about: "managed identity of the machine or service; not used on Azure ML compute",
  },
  "session": {
    sdk: "SessionCredential",
    title: "`auth login`",
    isService: false,
    about: "sign-in with `kedro-azureml auth login`",
  },
  "azure-cli": {
    sdk: "AzureCliCredential",
    title: "Azure CLI",
    isService: false,
    about: "sign-in with `az login`",
  },
  "azure-powershell": {
    sdk: "AzurePowerShellCredential",
    title: "Azure PowerShell",
    isService: false,
    about: "sign-in with `Connect-AzAccount`",
  },
  "azd": {
    sdk: "AzureDeveloperCliCredential",
    title: "Azure Developer CLI",
    isService: false,
    about: "sign-in with `azd auth login`",
  },
  "browser": {
    sdk: "InteractiveBrowserCredential",
    title: "browser",
    isService: false,
    about: "prompts you to sign in with your browser; only on a terminal, never in CI or with --no-input",
  },
  "device-code": {
    sdk: "DeviceCodeCredential",
    title: "device code",
    isService: false,
    about: "prompts you to sign in with a code, if this machine has no browser",
  },
} as const satisfies Readonly<Record<string, CredentialKind>>;

export type CredentialName = keyof typeof CREDENTIALS;
