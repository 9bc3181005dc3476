import type { Context } from "./context.ts";

/** Every environment variable that the program or its runtime reads, with its line in the README, in that order. */
export const ENV_VARS: Readonly<Record<string, string>> = {
  KEDRO_ENV: "Kedro environment (overridden by `-e`)",
  KEDRO_AZUREML_PYTHON: "Python interpreter that reads the project (overridden by `--python`)",
  VIRTUAL_ENV: "First place where `--on-job-scheduled` looks for the project's Python",
  CONDA_PREFIX: "Second place, before `.venv` and `venv` in the project",
  AZURE_TENANT_ID: "Tenant of the service principal or federated identity",
  AZURE_CLIENT_ID: "Client ID (application ID) of the service principal or managed identity",
  AZURE_CLIENT_SECRET: "Secret of the service principal",
  AZURE_CLIENT_CERTIFICATE_PATH:
    "PEM or PFX file with the certificate and key of the service principal, instead of a secret",
  AZURE_CLIENT_CERTIFICATE_PASSWORD: "Password of the certificate file",
  AZURE_CLIENT_SEND_CERTIFICATE_CHAIN:
    "`true` to send the certificate chain, for applications that trust a subject name and issuer",
  AZURE_FEDERATED_TOKEN_FILE: "File with the token of a workload identity, such as on Kubernetes",
  ACTIONS_ID_TOKEN_REQUEST_URL: "Where GitHub Actions issues ID tokens to jobs with `id-token: write`",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "Token for requests to ACTIONS_ID_TOKEN_REQUEST_URL",
  SYSTEM_OIDCREQUESTURI: "Where Azure Pipelines issues ID tokens",
  SYSTEM_ACCESSTOKEN: "Token for requests to SYSTEM_OIDCREQUESTURI",
  AZURESUBSCRIPTION_CLIENT_ID: "Client ID of the Azure Pipelines service connection",
  AZURESUBSCRIPTION_TENANT_ID: "Tenant of the Azure Pipelines service connection",
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "ID of the Azure Pipelines service connection",
  IDENTITY_ENDPOINT: "Managed identity endpoint of App Service, Functions, Container Apps or Azure Arc",
  IDENTITY_HEADER: "Secret header for requests to IDENTITY_ENDPOINT",
  IMDS_ENDPOINT: "Set by Azure Arc, in addition to IDENTITY_ENDPOINT",
  MSI_ENDPOINT:
    "Managed identity endpoint of Cloud Shell; not used if MSI_SECRET is set, as on Azure ML compute",
  MSI_SECRET: "Secret header for requests to MSI_ENDPOINT",
  AZURE_POD_IDENTITY_AUTHORITY_HOST:
    "Address of the instance metadata service (default: `http://169.254.169.254`)",
  AZURE_TOKEN_CREDENTIALS:
    "Credentials to try: `prod`, `dev`, or a single one such as `azure-cli` or `AzureCliCredential` (overridden by `--credential`)",
  AZURE_AUTHORITY_HOST:
    "Entra ID authority, such as `https://login.microsoftonline.com` (default: the cloud's)",
  AZUREML_CURRENT_CLOUD:
    "`AzureCloud` (default), `AzureUSGovernment`, `AzureChinaCloud`, or the name of a custom cloud",
  ARM_CLOUD_METADATA_URL: "URL of the metadata endpoint of a custom cloud",
  PAGER: "Program that shows long help pages (default: `less`; empty for none)",
  KEDRO_AZUREML_EMULATOR: "Set by `emulator env`: URL of the emulator that the other variables name",
  KEDRO_AZUREML_CLOUD_FILE: "JSON file that describes a custom cloud (overridden by `--cloud-file`)",
  KEDRO_AZUREML_CA_FILE:
    "PEM file with CA certificates to trust, in addition to the system's (overridden by `--ca-file`)",
  SSL_CERT_FILE: "Another PEM file with CA certificates to trust",
  DENO_CERT: "Another PEM file with CA certificates to trust",
  NODE_EXTRA_CA_CERTS: "Another PEM file with CA certificates to trust",
  DENO_TLS_CA_STORE: "Certificate stores to trust (default: `mozilla,system`)",
  HTTPS_PROXY: "Proxy for HTTPS requests, such as `http://user:password@proxy:8080`",
  HTTP_PROXY: "Proxy for HTTP requests",
  ALL_PROXY: "Proxy for both, if the other two are not set",
  NO_PROXY:
    "Hosts that bypass the proxy: comma-separated names, domains, IP addresses and ranges, with optional ports and `*`",
  KEDRO_AZUREML_API_VERSION_JOBS:
    "api-version for jobs (default: 2024-01-01-preview, or 2024-04-01 in clouds that lack it); also `_WORKSPACES`, `_COMPUTES`, `_ENVIRONMENTS`, `_DATA`, `_DATASTORES`, `_CODES`, `_COMPONENTS`, `_SCHEDULES`, `_TRIGGERS`, `_PERMISSIONS`",
  AZUREML_GIT_COMMIT:
    "Git commit to record in jobs (default: the checkout's); also `_BRANCH`, `_REPOSITORY_URI`, `_DIRTY`, `_BUILD_ID`, `_BUILD_URI`",
  XDG_CONFIG_HOME:
    "Linux: folder for the session of `auth login`, and where Git's global ignore file is (default: `~/.config`)",
  XDG_CACHE_HOME:
    "Linux: folder for cached projects, and for the files of the self-extracting executable (default: `~/.cache`)",
  XDG_STATE_HOME: "Linux: folder for records of submitted jobs (default: `~/.local/state`)",
  APPDATA: "Windows: folder for the session of `auth login`",
  LOCALAPPDATA: "Windows: folder for cached projects and records of submitted jobs",
  DISPLAY: "Whether a browser can be opened on Linux; also WAYLAND_DISPLAY and WSL_DISTRO_NAME",
  SSH_CONNECTION: "If set, no browser is opened; also SSH_TTY and SSH_CLIENT",
  GITHUB_ACTIONS:
    "Set by GitHub Actions: findings annotate the files in `GITHUB_WORKSPACE`, results go to `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY`, and `GITHUB_SERVER_URL`, `_REPOSITORY`, `_RUN_ID`, `_RUN_ATTEMPT`, `_ACTOR`, `_TRIGGERING_ACTOR`, `_REF`, `_REF_NAME` and `_HEAD_REF` become tags of jobs",
  TF_BUILD:
    "Set by Azure Pipelines: findings appear in the run's summary, which is written to `AGENT_TEMPDIRECTORY`, and `SYSTEM_COLLECTIONURI`, `SYSTEM_TEAMPROJECT`, `SYSTEM_JOBATTEMPT`, `SYSTEM_PULLREQUEST_SOURCEBRANCH`, `BUILD_BUILDID`, `BUILD_REQUESTEDFOR`, `BUILD_SOURCEBRANCH` and `BUILD_REPOSITORY_NAME` become tags of jobs",
  GITLAB_CI:
    "Set by GitLab: `CI_PIPELINE_ID`, `CI_PIPELINE_URL`, `CI_JOB_ID`, `CI_JOB_URL`, `GITLAB_USER_LOGIN`, `CI_COMMIT_REF_NAME`, `CI_COMMIT_TAG`, `CI_MERGE_REQUEST_IID`, `CI_MERGE_REQUEST_SOURCE_BRANCH_NAME` and `CI_PROJECT_PATH` become tags of jobs",
  BRANCH_NAME:
    "Set by Jenkins and similar systems: with `CI`, it becomes a tag of jobs, as do `BUILD_NUMBER`, `BUILD_URL`, `CHANGE_AUTHOR`, `BUILD_USER_ID` and `JOB_NAME`",
  CI:
    "Set by CI systems: nothing prompts, messages end with their codes, and project code sees no environment variables",
  NO_COLOR: "Disables color",
  TERM: "`dumb` disables color and progress",
};

/** Variables that CI systems set; most of them set `CI`. */
const NAMES = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"];

/** A CI system that the program writes results for; `ci` for all the rest. */
export type CiSystemName = "github" | "azure-pipelines" | "gitlab" | "ci";

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

/** Variables that would lead a client elsewhere than to an emulator, or to another identity. */
export const OTHER_VARIABLES: readonly string[] = [
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZUREML_CURRENT_CLOUD",
  "KEDRO_AZUREML_CLOUD_FILE",
  "AZURE_TOKEN_CREDENTIALS",
];

/** Where nobody can sign in: the hint in a GitHub Actions job that may not ask for a token, and everywhere else. */
export const GITHUB_HINT = "Add `permissions: { id-token: write }` to the job";
export const SERVICE_HINT =
  "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET for a service principal";
