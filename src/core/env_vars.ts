/** One environment variable that the program reads. */
export interface EnvVar {
  readonly name: string;
  /** What it does, in one line of the README's table. */
  readonly doc: string;
  /** Whether its value may be seen by nobody: it is never printed. */
  readonly secret?: true;
}

/** Every environment variable that the program or its runtime reads, in the order of the README. */
export const ENV_VARS: readonly EnvVar[] = [
  { name: "KEDRO_ENV", doc: "Kedro environment, where `-e` is not given" },
  { name: "KEDRO_AZUREML_PYTHON", doc: "Python that reads the project, where `--python` is not given" },
  { name: "VIRTUAL_ENV", doc: "Where `--on-job-scheduled` looks for the project's Python first" },
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
    doc: "`true`: sends the certificates along, for applications that trust an issuer and a name",
  },
  { name: "AZURE_FEDERATED_TOKEN_FILE", doc: "File with the assertion of a workload identity (Kubernetes)" },
  {
    name: "ACTIONS_ID_TOKEN_REQUEST_URL",
    doc: "Where GitHub Actions gives assertions, with `id-token: write`",
  },
  { name: "ACTIONS_ID_TOKEN_REQUEST_TOKEN", doc: "What GitHub Actions gives them for", secret: true },
  { name: "SYSTEM_OIDCREQUESTURI", doc: "Where Azure Pipelines gives assertions" },
  { name: "SYSTEM_ACCESSTOKEN", doc: "What Azure Pipelines gives them for", secret: true },
  { name: "AZURESUBSCRIPTION_CLIENT_ID", doc: "Application id of the service connection of Azure Pipelines" },
  { name: "AZURESUBSCRIPTION_TENANT_ID", doc: "Its tenant" },
  { name: "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", doc: "Its own id" },
  {
    name: "IDENTITY_ENDPOINT",
    doc: "Managed identity of App Service, Functions, Container Apps or Azure Arc",
  },
  { name: "IDENTITY_HEADER", doc: "What that endpoint wants to see", secret: true },
  { name: "IMDS_ENDPOINT", doc: "Set beside IDENTITY_ENDPOINT by Azure Arc" },
  { name: "MSI_ENDPOINT", doc: "Set on Azure ML compute; managed identity is not used there" },
  { name: "MSI_SECRET", doc: "What that endpoint wants to see", secret: true },
  {
    name: "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    doc: "Address of the managed identity service, instead of 169.254.169.254",
  },
  {
    name: "AZURE_TOKEN_CREDENTIALS",
    doc:
      "Credentials to try: `prod`, `dev`, or one, such as `azure-cli` or `AzureCliCredential`, as `--credential`",
  },
  { name: "AZURE_AUTHORITY_HOST", doc: "Entra ID, instead of the cloud's" },
  {
    name: "AZUREML_CURRENT_CLOUD",
    doc: "`AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`, or one of your own",
  },
  { name: "ARM_CLOUD_METADATA_URL", doc: "Where a cloud of your own describes itself" },
  { name: "KEDRO_AZUREML_CLOUD_FILE", doc: "JSON file that describes your cloud, as `--cloud-file`" },
  {
    name: "KEDRO_AZUREML_CA_FILE",
    doc: "PEM file with further certificate authorities, as `--ca-file`; the machine's own count anyway",
  },
  { name: "SSL_CERT_FILE", doc: "The same" },
  { name: "DENO_CERT", doc: "The same" },
  { name: "NODE_EXTRA_CA_CERTS", doc: "The same" },
  {
    name: "DENO_TLS_CA_STORE",
    doc: "Which authorities are trusted without naming them; `mozilla,system` where absent",
  },
  { name: "HTTPS_PROXY", doc: "Proxy for https, such as `http://user:password@proxy:8080`", secret: true },
  { name: "HTTP_PROXY", doc: "Proxy for http", secret: true },
  { name: "ALL_PROXY", doc: "Proxy for both", secret: true },
  {
    name: "NO_PROXY",
    doc:
      "Names, domains, addresses and ranges that need no proxy, each with a port or stars perhaps, and commas between",
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
    doc: "Where git keeps the user's own ignore file, and this program its settings",
  },
  {
    name: "XDG_CACHE_HOME",
    doc: "Where the executable that unpacks itself unpacks to (default: `~/.cache`)",
  },
  { name: "XDG_STATE_HOME", doc: "Where this program remembers what it did" },
  { name: "APPDATA", doc: "Where this program keeps its settings on Windows" },
  { name: "LOCALAPPDATA", doc: "Where this program remembers what it did on Windows" },
  { name: "DISPLAY", doc: "Where a browser can be shown; also WAYLAND_DISPLAY and WSL_DISTRO_NAME" },
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
  { name: "CI", doc: "Never ask, and give the project's code no variables" },
  { name: "NO_COLOR", doc: "Print without colour" },
];

/** Names of the variables whose values may be seen by nobody. */
export const SECRET_ENV_VARS: ReadonlySet<string> = new Set(
  ENV_VARS.filter(({ secret }) => secret).map(({ name }) => name),
);
