import type { Context } from "./context.ts";

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
  {
    name: "KEDRO_AZUREML_PYTHON",
    doc: "Python interpreter that reads the project (overridden by `--python`)",
  },
  { name: "VIRTUAL_ENV", doc: "First place where `--on-job-scheduled` looks for the project's Python" },
  { name: "CONDA_PREFIX", doc: "Second place, before `.venv` and `venv` in the project" },
  { name: "AZURE_TENANT_ID", doc: "Tenant of the service principal or federated identity" },
  {
    name: "AZURE_CLIENT_ID",
    doc: "Client ID (application ID) of the service principal or managed identity",
  },
  { name: "AZURE_CLIENT_SECRET", doc: "Secret of the service principal", secret: true },
  {
    name: "AZURE_CLIENT_CERTIFICATE_PATH",
    doc: "PEM or PFX file with the certificate and key of the service principal, instead of a secret",
  },
  { name: "AZURE_CLIENT_CERTIFICATE_PASSWORD", doc: "Password of the certificate file", secret: true },
  {
    name: "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
    doc: "`true` to send the certificate chain, for applications that trust a subject name and issuer",
  },
  {
    name: "AZURE_FEDERATED_TOKEN_FILE",
    doc: "File with the token of a workload identity, such as on Kubernetes",
  },
  {
    name: "ACTIONS_ID_TOKEN_REQUEST_URL",
    doc: "Where GitHub Actions issues ID tokens to jobs with `id-token: write`",
  },
  {
    name: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    doc: "Token for requests to ACTIONS_ID_TOKEN_REQUEST_URL",
    secret: true,
  },
  { name: "SYSTEM_OIDCREQUESTURI", doc: "Where Azure Pipelines issues ID tokens" },
  { name: "SYSTEM_ACCESSTOKEN", doc: "Token for requests to SYSTEM_OIDCREQUESTURI", secret: true },
  { name: "AZURESUBSCRIPTION_CLIENT_ID", doc: "Client ID of the Azure Pipelines service connection" },
  { name: "AZURESUBSCRIPTION_TENANT_ID", doc: "Tenant of the Azure Pipelines service connection" },
  { name: "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", doc: "ID of the Azure Pipelines service connection" },
  {
    name: "IDENTITY_ENDPOINT",
    doc: "Managed identity endpoint of App Service, Functions, Container Apps or Azure Arc",
  },
  { name: "IDENTITY_HEADER", doc: "Secret header for requests to IDENTITY_ENDPOINT", secret: true },
  { name: "IMDS_ENDPOINT", doc: "Set by Azure Arc, in addition to IDENTITY_ENDPOINT" },
  {
    name: "MSI_ENDPOINT",
    doc: "Managed identity endpoint of Cloud Shell; not used if MSI_SECRET is set, as on Azure ML compute",
  },
  { name: "MSI_SECRET", doc: "Secret header for requests to MSI_ENDPOINT", secret: true },
  {
    name: "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    doc: "Address of the instance metadata service (default: `http://169.254.169.254`)",
  },
  {
    name: "AZURE_TOKEN_CREDENTIALS",
    doc:
      "Credentials to try: `prod`, `dev`, or a single one such as `azure-cli` or `AzureCliCredential` (overridden by `--credential`)",
  },
  {
    name: "AZURE_AUTHORITY_HOST",
    doc: "Entra ID authority, such as `https://login.microsoftonline.com` (default: the cloud's)",
  },
  {
    name: "AZUREML_CURRENT_CLOUD",
    doc: "`AzureCloud` (default), `AzureUSGovernment`, `AzureChinaCloud`, or the name of a custom cloud",
  },
  { name: "ARM_CLOUD_METADATA_URL", doc: "URL of the metadata endpoint of a custom cloud" },
  {
    name: "KEDRO_AZUREML_EMULATOR",
    doc: "Set by `emulator env`: URL of the emulator that the other variables name",
  },
  {
    name: "KEDRO_AZUREML_CLOUD_FILE",
    doc: "JSON file that describes a custom cloud (overridden by `--cloud-file`)",
  },
  {
    name: "KEDRO_AZUREML_CA_FILE",
    doc: "PEM file with CA certificates to trust, in addition to the system's (overridden by `--ca-file`)",
  },
  { name: "SSL_CERT_FILE", doc: "Another PEM file with CA certificates to trust" },
  { name: "DENO_CERT", doc: "Another PEM file with CA certificates to trust" },
  { name: "NODE_EXTRA_CA_CERTS", doc: "Another PEM file with CA certificates to trust" },
  {
    name: "DENO_TLS_CA_STORE",
    doc: "Certificate stores to trust (default: `mozilla,system`)",
  },
  {
    name: "HTTPS_PROXY",
    doc: "Proxy for HTTPS requests, such as `http://user:password@proxy:8080`",
    secret: true,
  },
  { name: "HTTP_PROXY", doc: "Proxy for HTTP requests", secret: true },
  { name: "ALL_PROXY", doc: "Proxy for both, if the other two are not set", secret: true },
  {
    name: "NO_PROXY",
    doc:
      "Hosts that bypass the proxy: comma-separated names, domains, IP addresses and ranges, with optional ports and `*`",
  },
  {
    name: "KEDRO_AZUREML_API_VERSION_JOBS",
    doc:
      "api-version for jobs, for clouds that do not support the default one yet; also `_WORKSPACES`, `_COMPUTES`, `_ENVIRONMENTS`, `_DATA`, `_CODES`, `_COMPONENTS`, `_SCHEDULES`, `_TRIGGERS`",
  },
  {
    name: "AZUREML_GIT_COMMIT",
    doc:
      "Git commit to record in jobs (default: the checkout's); also `_BRANCH`, `_REPOSITORY_URI`, `_DIRTY`",
  },
  {
    name: "XDG_CONFIG_HOME",
    doc:
      "Linux: folder for the session of `auth login`, and where Git's global ignore file is (default: `~/.config`)",
  },
  {
    name: "XDG_CACHE_HOME",
    doc:
      "Linux: folder for cached projects, and for the files of the self-extracting executable (default: `~/.cache`)",
  },
  { name: "XDG_STATE_HOME", doc: "Linux: folder for records of submitted jobs (default: `~/.local/state`)" },
  { name: "APPDATA", doc: "Windows: folder for the session of `auth login`" },
  { name: "LOCALAPPDATA", doc: "Windows: folder for cached projects and records of submitted jobs" },
  {
    name: "DISPLAY",
    doc: "Whether a browser can be opened on Linux; also WAYLAND_DISPLAY and WSL_DISTRO_NAME",
  },
  { name: "SSH_CONNECTION", doc: "If set, no browser is opened; also SSH_TTY and SSH_CLIENT" },
  {
    name: "GITHUB_ACTIONS",
    doc:
      "Set by GitHub Actions: findings annotate the files in `GITHUB_WORKSPACE`, results go to `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY`, and `GITHUB_SERVER_URL`, `_REPOSITORY`, `_RUN_ID`, `_RUN_ATTEMPT`, `_ACTOR`, `_TRIGGERING_ACTOR`, `_REF`, `_REF_NAME` and `_HEAD_REF` become tags of jobs",
  },
  {
    name: "TF_BUILD",
    doc:
      "Set by Azure Pipelines: findings appear in the run's summary, which is written to `AGENT_TEMPDIRECTORY`, and `SYSTEM_COLLECTIONURI`, `SYSTEM_TEAMPROJECT`, `SYSTEM_JOBATTEMPT`, `SYSTEM_PULLREQUEST_SOURCEBRANCH`, `BUILD_BUILDID`, `BUILD_REQUESTEDFOR`, `BUILD_SOURCEBRANCH` and `BUILD_REPOSITORY_NAME` become tags of jobs",
  },
  {
    name: "GITLAB_CI",
    doc:
      "Set by GitLab: `CI_PIPELINE_ID`, `CI_PIPELINE_URL`, `CI_JOB_ID`, `CI_JOB_URL`, `GITLAB_USER_LOGIN`, `CI_COMMIT_REF_NAME`, `CI_COMMIT_TAG`, `CI_MERGE_REQUEST_IID`, `CI_MERGE_REQUEST_SOURCE_BRANCH_NAME` and `CI_PROJECT_PATH` become tags of jobs",
  },
  {
    name: "BRANCH_NAME",
    doc:
      "Set by Jenkins and similar systems: with `CI`, it becomes a tag of jobs, as do `BUILD_NUMBER`, `BUILD_URL`, `CHANGE_AUTHOR`, `BUILD_USER_ID` and `JOB_NAME`",
  },
  { name: "CI", doc: "Set by CI systems: nothing prompts, and project code sees no environment variables" },
  { name: "NO_COLOR", doc: "Disables color" },
];

/** Names of the variables whose values are secret. */
export const SECRET_ENV_VARS: ReadonlySet<string> = new Set(
  ENV_VARS.filter(({ secret }) => secret).map(({ name }) => name),
);

/** The environment of other programs, such as `az` and a browser: without the secrets that are this program's own. */
export function withoutSecrets(env: Context["env"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || SECRET_ENV_VARS.has(name.toUpperCase()) ? [] : [[name, value]]
    ),
  );
}

/** Variables that CI systems set; most of them set `CI`. */
const NAMES = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"];

/** A CI system that the program writes results for; `ci` for all the rest. */
export type CiSystemName = "github" | "azure-pipelines" | "gitlab" | "ci";

/** The CI system that runs the program; `undefined` outside CI. */
export function ciSystemOf(env: Context["env"]): CiSystemName | undefined {
  if (env.GITHUB_ACTIONS === "true") return "github";
  if (/^true$/i.test(env.TF_BUILD ?? "")) return "azure-pipelines";
  if (env.GITLAB_CI === "true") return "gitlab";
  return isCi(env) ? "ci" : undefined;
}

/** Whether a CI system runs the program: then it never prompts, and the project may be untrusted. */
export function isCi(env: Context["env"]): boolean {
  return NAMES.some((name) => !["", "false"].includes((env[name] ?? "").toLowerCase()));
}
