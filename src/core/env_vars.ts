/** An environment variable that the program reads. */
export interface EnvVar {
  readonly name: string;
  /** Description in the README's table, one line. */
  readonly doc: string;
  /** Whether its value is secret and must never be printed. */
  readonly secret?: true;
}

/** Every environment variable that the program or its runtime reads, in the order of the README. */
export const ENV_VARS: readonly EnvVar[] = [
  { name: "KEDRO_ENV", doc: "Kedro environment (overridden by `-e`)" },
  { name: "KEDRO_AZUREML_PYTHON", doc: "Python that reads the project (overridden by `--python`)" },
  { name: "VIRTUAL_ENV", doc: "Where `--on-job-scheduled` first looks for the project's Python" },
  { name: "CONDA_PREFIX", doc: "Where it looks next, before `.venv` and `venv` in the project" },
  { name: "AZURE_TENANT_ID", doc: "Tenant of the service principal or federated identity" },
  {
    name: "AZURE_CLIENT_ID",
    doc: "Application id of the service principal, or client id of the managed identity",
  },
  { name: "AZURE_CLIENT_SECRET", doc: "Secret of the service principal", secret: true },
  {
    name: "AZURE_CLIENT_CERTIFICATE_PATH",
    doc: "Certificate and key of the service principal, instead of a secret: a PEM or PFX file",
  },
  { name: "AZURE_CLIENT_CERTIFICATE_PASSWORD", doc: "Password of that file", secret: true },
  {
    name: "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
    doc: "`true`: sends the certificate chain, for applications that trust an issuer and a subject name",
  },
  { name: "AZURE_FEDERATED_TOKEN_FILE", doc: "File with the assertion of a workload identity (Kubernetes)" },
  {
    name: "ACTIONS_ID_TOKEN_REQUEST_URL",
    doc: "Address of GitHub Actions for assertions, with `id-token: write`",
  },
  { name: "ACTIONS_ID_TOKEN_REQUEST_TOKEN", doc: "Token for that address", secret: true },
  { name: "SYSTEM_OIDCREQUESTURI", doc: "Address of Azure Pipelines for assertions" },
  { name: "SYSTEM_ACCESSTOKEN", doc: "Token for that address", secret: true },
  { name: "AZURESUBSCRIPTION_CLIENT_ID", doc: "Application id of the service connection of Azure Pipelines" },
  { name: "AZURESUBSCRIPTION_TENANT_ID", doc: "Its tenant" },
  { name: "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", doc: "Its own id" },
  {
    name: "IDENTITY_ENDPOINT",
    doc: "Managed identity of App Service, Functions, Container Apps or Azure Arc",
  },
  { name: "IDENTITY_HEADER", doc: "Secret header of that endpoint", secret: true },
  { name: "IMDS_ENDPOINT", doc: "Set beside IDENTITY_ENDPOINT by Azure Arc" },
  {
    name: "MSI_ENDPOINT",
    doc: "Managed identity of Cloud Shell; with MSI_SECRET, on Azure ML compute, it is not used",
  },
  { name: "MSI_SECRET", doc: "Secret header of that endpoint", secret: true },
  {
    name: "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    doc: "Address of the managed identity service, instead of 169.254.169.254",
  },
  {
    name: "AZURE_TOKEN_CREDENTIALS",
    doc:
      "Credentials to try: `prod`, `dev`, or one, such as `azure-cli` or `AzureCliCredential`, as `--credential`",
  },
  { name: "AZURE_AUTHORITY_HOST", doc: "Entra ID authority, instead of the cloud's" },
  {
    name: "AZUREML_CURRENT_CLOUD",
    doc: "`AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`, or a custom cloud",
  },
  { name: "ARM_CLOUD_METADATA_URL", doc: "Metadata address of a custom cloud" },
  { name: "KEDRO_AZUREML_CLOUD_FILE", doc: "JSON file that describes a custom cloud, as `--cloud-file`" },
  {
    name: "KEDRO_AZUREML_CA_FILE",
    doc:
      "PEM file with additional certificate authorities, as `--ca-file`; the machine's own are trusted too",
  },
  { name: "SSL_CERT_FILE", doc: "The same" },
  { name: "DENO_CERT", doc: "The same" },
  { name: "NODE_EXTRA_CA_CERTS", doc: "The same" },
  {
    name: "DENO_TLS_CA_STORE",
    doc: "Certificate stores to trust (default: `mozilla,system`)",
  },
  { name: "HTTPS_PROXY", doc: "Proxy for https, such as `http://user:password@proxy:8080`", secret: true },
  { name: "HTTP_PROXY", doc: "Proxy for http", secret: true },
  { name: "ALL_PROXY", doc: "Proxy for both", secret: true },
  {
    name: "NO_PROXY",
    doc:
      "Comma-separated hosts, domains, addresses and ranges that bypass the proxy; each may have a port and `*`",
  },
  {
    name: "KEDRO_AZUREML_API_VERSION_JOBS",
    doc:
      "api-version of jobs, for a cloud that lags behind; also `_WORKSPACES`, `_COMPUTES`, `_ENVIRONMENTS`, `_DATA`, `_CODES`, `_COMPONENTS`, `_SCHEDULES`, `_TRIGGERS`",
  },
  {
    name: "AZUREML_GIT_COMMIT",
    doc: "Commit to note in jobs, instead of the checkout's; also `_BRANCH`, `_REPOSITORY_URI`, `_DIRTY`",
  },
  {
    name: "XDG_CONFIG_HOME",
    doc: "Folder of the user's settings, git's ignore file included",
  },
  {
    name: "XDG_CACHE_HOME",
    doc:
      "Folder of this program's cache: projects it has read, and where the executable that unpacks itself unpacks to",
  },
  { name: "XDG_STATE_HOME", doc: "Folder of this program's records" },
  { name: "APPDATA", doc: "Folder of this program's settings on Windows" },
  { name: "LOCALAPPDATA", doc: "Folder of this program's records on Windows" },
  { name: "DISPLAY", doc: "Display for the browser; also WAYLAND_DISPLAY and WSL_DISTRO_NAME" },
  { name: "SSH_CONNECTION", doc: "No browser is opened over SSH; also SSH_TTY and SSH_CLIENT" },
  {
    name: "GITHUB_ACTIONS",
    doc:
      "This is GitHub Actions: findings are shown beside the lines of files below `GITHUB_WORKSPACE`, `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY` are written; `GITHUB_SERVER_URL`, `_REPOSITORY`, `_RUN_ID`, `_RUN_ATTEMPT`, `_ACTOR`, `_TRIGGERING_ACTOR`, `_REF`, `_REF_NAME` and `_HEAD_REF` become tags of jobs",
  },
  {
    name: "TF_BUILD",
    doc:
      "This is Azure Pipelines: findings are shown in a run's summary, `AGENT_TEMPDIRECTORY` holds the summary; `SYSTEM_COLLECTIONURI`, `SYSTEM_TEAMPROJECT`, `SYSTEM_JOBATTEMPT`, `SYSTEM_PULLREQUEST_SOURCEBRANCH`, `BUILD_BUILDID`, `BUILD_REQUESTEDFOR`, `BUILD_SOURCEBRANCH` and `BUILD_REPOSITORY_NAME` become tags of jobs",
  },
  {
    name: "GITLAB_CI",
    doc:
      "This is GitLab: `CI_PIPELINE_ID`, `CI_PIPELINE_URL`, `CI_JOB_ID`, `CI_JOB_URL`, `GITLAB_USER_LOGIN`, `CI_COMMIT_REF_NAME`, `CI_COMMIT_TAG`, `CI_MERGE_REQUEST_IID`, `CI_MERGE_REQUEST_SOURCE_BRANCH_NAME` and `CI_PROJECT_PATH` become tags of jobs",
  },
  {
    name: "BRANCH_NAME",
    doc:
      "With `CI`, of Jenkins and its like, becomes a tag of jobs; so do `BUILD_NUMBER`, `BUILD_URL`, `CHANGE_AUTHOR`, `BUILD_USER_ID` and `JOB_NAME`",
  },
  { name: "CI", doc: "Never prompt, and hide environment variables from the project's code" },
  { name: "NO_COLOR", doc: "Print without color" },
];

/** Names of the variables whose values are secret. */
export const SECRET_ENV_VARS: ReadonlySet<string> = new Set(
  ENV_VARS.filter(({ secret }) => secret).map(({ name }) => name),
);
