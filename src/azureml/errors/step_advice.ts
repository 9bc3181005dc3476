import type { WorkspaceConfig } from "../../config/types.ts";
import { MLFLOW_FAILURES } from "./mlflow_failures.ts";
import {
  azLine,
  BLOB_ROLE,
  buildComputeLine,
  diagnoseLine,
  identityLine,
  type Options,
  principalLine,
  roleCommand,
  syncKeysLine,
  workspaceOptions,
  workspacePrincipalLine,
} from "./roles.ts";

interface RanOn {
  readonly compute: string | undefined;
  readonly workspace: WorkspaceConfig;
}

/** A failure of steps that this program explains. */
interface KnownFailure {
  /** A pattern in Azure's message or in the log. */
  readonly is: RegExp;
  /** Where it is documented, or was reported. */
  readonly read: string;
  readonly advice: string | ((where: RanOn, found: RegExpExecArray, said: string) => string);
}

/**
 * Explains what to do about a step that failed because of where it ran: it uses the compute's identity, not that of
 * the user who submitted the job, and has only the files, packages and variables that it was given.
 *
 * @param said Azure's message and the end of the step's log.
 * @returns `undefined` for other failures.
 */
export function runAdvice(said: string, where: RanOn): string | undefined {
  for (const { is, advice } of KNOWN_FAILURES) {
    const found = is.exec(said);
    if (found !== null) return typeof advice === "string" ? advice : advice(where, found, said);
  }
  return undefined;
}

const STORAGE_ERRORS = "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes";

/** Placeholder in a command for a compute that Azure did not name. */
const UNKNOWN = "<compute>";

/**
 * The identity that a step uses. On serverless compute it is that of the user by default, as
 * https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute says.
 */
const identity = (where: RanOn) =>
  where.compute === "serverless" ? "your own identity" : "the compute's identity";

/** Asks for a role of that identity on a resource. @param scope Its id, or a shell expression for it, if known. */
function askOwner(
  { workspace, compute = UNKNOWN }: RanOn,
  role: string,
  resource: string,
  scope = `<id of the ${resource}>`,
): string {
  const assignee = compute === "serverless" ? "<your object id>" : principalLine(workspace, compute);
  return `ask an owner to run \`${roleCommand({ role, scope, assignee })}\``;
}

/** A line of the Azure CLI about the compute. */
const computeLine = ({ workspace, compute = UNKNOWN }: RanOn, verb: string, options: Options = {}) =>
  azLine(`compute ${verb}`, { name: compute, ...workspaceOptions(workspace), ...options });

const missingVariable = (name: string) => `Pass the variable to the steps with \`--env-var ${name}=VALUE\``;

/** What to do about an image that the compute may not pull, which depends on the registry. */
function pullAdvice(where: RanOn, { 0: line }: RegExpExecArray, said: string): string {
  const azures = /\b([a-z0-9]{5,50})\.azurecr\.(?:io|cn|us)\b/i.exec(said)?.[1];
  const other = /\b(?:ghcr\.io|quay\.io|nvcr\.io|[\w.-]+\.pkg\.dev|registry\.[\w.-]+\.\w+)\b/i.exec(line)
    ?.[0];
  const isDockerHub = /docker\.io|toomanyrequests|denied for (?![^/\s,]*[.:])/i.test(line);
  if (azures === undefined && (isDockerHub || other !== undefined)) {
    return `${other ?? "Docker Hub"} has no such image, or ${
      other === undefined ? "limits" : "refuses"
    } anonymous pulls; copy the image into the registry of the workspace (\`az acr import --name <registry> --source ${
      other ?? "docker.io"
    }/<image>\`) and use that one in the environment`;
  }
  const scope = azures && `$(az acr show --name ${azures} --query id --output tsv)`;
  return `The step uses ${identity(where)}, which may not pull the environment's image; ` +
    `${
      askOwner(where, "AcrPull", "registry", scope)
    }. If the registry has an admin user whose password was changed, ` +
    `run \`${syncKeysLine(where.workspace)}\``;
}

const OTHER_IMAGE =
  "`kedro-azureml init --environment` writes an environment with Python, Kedro and the plugin";

/**
 * What Azure and the logs of failed steps say, and what to do; the first match is used. For Azure's codes see
 * https://github.com/MicrosoftDocs/azure-docs/issues/120843.
 */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    is: /KeyBasedAuthenticationNotPermitted/,
    read: "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
    advice: (where) =>
      "The datastore uses an account key, but key access is disabled on the storage account; recreate the datastore without " +
      `credentials, so that ${identity(where)} is used`,
  },
  {
    is: /The requested identity has not been assigned to this resource|Identity not found/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/38826",
    advice: (where) =>
      where.compute === "serverless"
        ? "Serverless compute has no managed identity; run the step on a cluster that has one"
        : "The step asks for a managed identity that the compute does not have. " +
          `\`${
            computeLine(where, "show", { query: "identity" })
          }\` shows those that it has; assign one with \`${
            computeLine(where, "update", {
              "identity-type": "UserAssigned",
              "user-assigned-identities": "<resource id>",
            })
          }\`, and select it with \`--env-var AZURE_CLIENT_ID=<client id>\``,
  },
  {
    is:
      /CredentialUnavailableError|ManagedIdentityCredential authentication unavailable|ManagedIdentityCredential: Unexpected content type|DefaultAzureCredential failed/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
    advice: (where) =>
      where.compute === "serverless"
        ? "Serverless compute has no managed identity; run the step on a cluster that has one"
        : "The compute has no managed identity; ask an owner to run " +
          `\`${identityLine(where.workspace, where.compute ?? UNKNOWN)}\` and to assign it roles`,
  },
  {
    is: /workspace msi failed to authenticate storage account/,
    read: "https://github.com/Azure/azureml-examples/issues/2501",
    advice: ({ workspace }, _found, said) => {
      const role = /grant ([\w ]+) role to workspace msi/.exec(said)?.[1] ?? "Storage Account Contributor";
      const assignee = workspacePrincipalLine(workspace);
      return "The datastore has no credentials, so Azure ML uses the workspace's own identity; ask an owner to run " +
        `\`${roleCommand({ role, scope: "<id of the storage account>", assignee })}\``;
    },
  },
  {
    is: /StreamAccess\.Authentication|WriteStreams\.Authentication/,
    read: "https://github.com/Azure/azureml-examples/issues/2994",
    advice: (where) =>
      "The step could not open the datastore. If the datastore uses an account key (`az ml datastore show` says so), allow " +
      "key access on the storage account, or recreate the datastore without credentials. Without a key, the step uses " +
      `${identity(where)}: ${askOwner(where, BLOB_ROLE, "storage account")}`,
  },
  {
    is: /AuthorizationPermissionMismatch|perform this operation using this permission/,
    read: STORAGE_ERRORS,
    advice: (where) =>
      `The step uses ${identity(where)}, which has no role for the blobs; ` +
      askOwner(where, BLOB_ROLE, "storage account"),
  },
  {
    is: /AuthorizationFailure|not authorized to perform this operation\./,
    read: STORAGE_ERRORS,
    advice:
      "The firewall of the storage account blocks the compute's network; allow that network, or add a private " +
      "endpoint",
  },
  {
    is: /Datastore's secret is not found|ForbiddenBy(?:Firewall|Rbac)|Client address is not authorized/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1046",
    advice:
      "Azure ML cannot read the datastore's secret in the workspace's key vault; ask its owner to give the workspace's " +
      "identity access to secrets, and to let trusted Microsoft services through its firewall, or recreate the datastore",
  },
  {
    is: /\b(?:BFS|AZF)MountError\b/,
    read: "https://github.com/Azure/azure-storage-fuse/issues/862",
    advice:
      "The compute could not mount a datastore. Rerun the job with `--from-failed`; if that does not help, check that its " +
      "network reaches the storage account (port 445 for file shares), or use a cluster with a newer machine type",
  },
  {
    is: /stat \S*execution-wrapper: no such file or directory/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/34501",
    advice:
      "The machine failed before the step began, not your code; rerun the job with `--from-failed`. If it happens again, " +
      "create the cluster anew",
  },
  {
    is: /Could not find datastore:? '?([\w.-]+?)\.?'?(?:[).\s]|$)/,
    read: "https://github.com/Azure/azureml-examples/issues/2941",
    advice: ({ workspace }, { 1: name = "" }) =>
      `The workspace has no datastore "${name}"; \`${
        azLine("datastore list", workspaceOptions(workspace))
      }\` lists those that it has. Correct it in the paths that begin with azureml://datastores/${name}/, in the catalog ` +
      "and in azureml.yml",
  },
  {
    is: /StreamAccess\.NotFound|Found no resources for the input/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-debug-pipeline-failure",
    advice:
      "The step that makes this input wrote nothing to its output. Where that dataset is in the catalog, make it an " +
      "AzureMLPipelineDataset, or remove it from the catalog; `kedro-azureml validate` names it",
  },
  {
    is: /ExceedsCoreQuota|ClusterCoreQuotaReached|vCPU quota of \d/,
    read: "https://github.com/MicrosoftLearning/mslearn-dp100/issues/35",
    advice: (_where, _found, said) =>
      `The subscription's quota has too few vCPUs ${
        /\btotal vCPU quota\b/.test(said) ? "in this region" : "of this machine type"
      }; request more in Azure ML studio under Quota, or use ${
        /\btotal vCPU quota\b/.test(said) ? "a workspace in another region" : "a cluster with another one"
      }, or fewer nodes`,
  },
  {
    is: /cluster '?([\w-]+)'? is in failed state/i,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1043",
    advice: (where, { 1: compute }) =>
      `Cluster "${compute}" failed to start or to scale; \`${
        computeLine({ ...where, compute }, "show")
      }\` says why. Delete it and create it again with \`kedro-azureml setup\`, or change \`compute\` in azureml.yml`,
  },
  {
    is: /exec format error|\bexec [^\s:]+execution-wrapper: no such file or directory/,
    read: "https://github.com/getindata/kedro-azureml/issues/87",
    advice:
      "The image was built for another processor, for example on a Mac with Apple silicon; build it with " +
      "`docker build --platform linux/amd64`, and push it again",
  },
  {
    is: /nvidia-container-cli: requirement error: unsatisfied condition: (cuda ?>= ?[\d.]+)/,
    read: "https://github.com/NVIDIA/nvidia-docker/issues/1442",
    advice: (_, { 1: needs }) =>
      `The image needs ${needs}, which the driver of the machine does not have; use an image with an older CUDA, or create ` +
      "the cluster anew, which gets the current driver",
  },
  {
    is: /\bnvidiaConfigFail\b|\bnvidia-container-cli: /,
    read: "https://github.com/microsoftarchive/BatchAI/issues/39",
    advice:
      "The machine could not give the container its GPU, which is not your code's fault; rerun the job with " +
      "`--from-failed`. If it happens again, create the cluster anew, or use another machine type or image",
  },
  {
    is:
      /Error response from daemon:[^\n]*(?:unexpected HTTP status: 5\d\d|Client\.Timeout|TLS handshake timeout)|unexpected status from \w+ request to [^\n]*: 5\d\d /,
    read: "https://github.com/microsoft/containerregistry/issues/169",
    advice:
      "The registry of the image did not answer; rerun the job with `--from-failed`. If it happens again, check that the " +
      "compute's network reaches the registry, or copy the image into the workspace's with `az acr import`",
  },
  {
    is:
      /^.*(?:(?:pull|image|registry)[^\n]*(?:unauthorized|(?<!permission )denied|authentication required|could not authenticate)|AcrRefreshTokenRetrievalError|Authentication failed for container registry|toomanyrequests|pull rate limit).*$/im,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1371",
    advice: pullAdvice,
  },
  {
    is:
      /manifest unknown|manifest for (\S+) not found|(?:repository|image) \S+ (?:does not exist|not found)/i,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1371",
    advice:
      "The registry does not have the image with this tag; push it, or correct `execution.environment` in azureml.yml",
  },
  {
    is: /\bJobContainerConfigFailed\b|OCI runtime create failed/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1389",
    advice:
      `The image of the environment cannot run Azure ML's steps: it needs bash, Python and glibc. ${OTHER_IMAGE}`,
  },
  {
    is:
      /ImageBuildComputeNotValid|TasksOperationsNotAllowed|ACR Tasks requests for the registry|building image: [^\n]*Unknown compute target/,
    read: "https://github.com/Azure/azureml-assets/issues/3920",
    advice: ({ workspace, compute = UNKNOWN }) =>
      "Azure ML could not build the environment's image; ask an owner to choose a cluster that builds images, with " +
      `\`${
        buildComputeLine(workspace, compute === "serverless" ? UNKNOWN : compute)
      }\`, then run \`kedro-azureml environment push --follow\``,
  },
  {
    is:
      /image build (?:has )?failed|failed to build (?:the )?(?:docker )?image|EnvironmentBuildFailed|ImageBuildFail|CondaEnvException|ResolvePackageNotFound|PackagesNotFoundError|ResolutionImpossible|No matching distribution found|The command '\/bin\/sh -c [^\n]+' returned a non-zero code/i,
    read: "https://github.com/microsoft/MLOpsPython/issues/418",
    advice:
      "The environment's image could not be built. Correct environment/conda.yml as the log says, then run " +
      "`kedro-azureml environment push --follow`, which builds it before the next job needs it",
  },
  {
    is: /\bEOL brownout\b|\bimage\b[^\n]*(?:\bEOL\b|end[- ]of[- ]life)/i,
    read: "https://github.com/Azure/azureml-examples/pull/3957",
    advice:
      `The environment's image is past its end of life, and \`kedro-azureml validate\` says which to use. ${OTHER_IMAGE}`,
  },
  {
    is: /Failed to load\s+kedro_azureml[^]*No such command 'azureml'/,
    read: "https://github.com/kedro-org/kedro/blob/main/kedro/framework/cli/utils.py",
    advice:
      "kedro-azureml-pipeline is in the environment of the steps, but Python cannot import it: correct the version of " +
      'the package that the log names after "Failed to load"',
  },
  {
    is: /No such command 'azureml'|kedro: command not found|No such file or directory: 'kedro'/,
    read: "https://github.com/getindata/kedro-azureml/issues/34",
    advice:
      "Add kedro-azureml-pipeline to the environment of the steps; `kedro-azureml init --environment` writes one " +
      "that has it",
  },
  {
    is:
      /(?:No such file or directory: ['"]|exec: ")(python[\d.]*|bash|sh|conda|git|java|gcc)['"]|\b(python[\d.]*): (?:command )?not found|Failed to spawn child process '([^']+)' because: Os \{ code: 2\b/,
    read: "https://github.com/getindata/kedro-azureml/issues/44",
    advice: (_, { 1: one, 2: other, 3: child }) =>
      `The image of the environment has no \`${
        one ?? other ?? child
      }\` on its PATH; use an image that has. ${OTHER_IMAGE}`,
  },
  ...MLFLOW_FAILURES,
  {
    is:
      /Failed to establish a new connection|Failed to resolve|\blookup \S+ on \S+: no such host|Name or service not known|Network is unreachable/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall",
    advice:
      "The compute's network does not reach the host that the log names; allow it there, or install packages in the " +
      "environment instead of in the step",
  },
  {
    is: /out of shared memory|\bBus error\b|unable to write to file <\/torch_/,
    read: "https://github.com/pytorch/pytorch/issues/5040",
    advice:
      "The step's container has 2 GB of shared memory; use fewer workers (`num_workers=0` for PyTorch) in the step",
  },
  {
    is: /Read-only file system: '[^']*INPUT_|data-capability\/wd\/INPUT_\S*; Read-only file system/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2",
    advice: "Inputs of a step are read-only; write to a dataset that the node returns",
  },
  {
    is: /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY/,
    read: "https://pytorch.org/docs/stable/notes/faq.html",
    advice: "The GPU has too little memory; use smaller batches, or a machine type with a larger GPU",
  },
  {
    is:
      /\b(?:_?ArrayMemoryError|MemoryError)\b|Cannot allocate memory|\bOOM[- ]?Killed\b|out[- ]of[- ]memory|(?:status|exit)[^\n\d]{0,30}?(?:137|-9)\b|signal 9\b|\b\d+ Killed\b/i,
    read: "https://docs.docker.com/engine/containers/resource_constraints/",
    advice:
      "The step needs more memory than its machine has; set `compute` in azureml.yml to a cluster with a larger machine " +
      "type, which `kedro-azureml setup --vm-size SIZE` creates, or process the data in parts",
  },
  {
    is: /No space left on device|\[Errno 28\]|\bDiskFull/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/30770",
    advice:
      "The disk of the step's machine is full; use a machine type with a larger temporary disk, or read less data at once",
  },
  {
    is: /\bPreemptionError\b/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1242",
    advice:
      "Azure took back the low-priority nodes of the step; rerun the job with `--from-failed`, or use a cluster with " +
      "dedicated nodes",
  },
  {
    is: /\bReceivedTerminationSignal\b|Runtime received an OS termination signal/,
    read: "https://github.com/Azure/AzureML-Containers/issues/208",
    advice:
      "The machine was stopped during the step, as happens to low-priority nodes; rerun the job with `--from-failed`, or " +
      "use a cluster with dedicated nodes",
  },
  {
    is: /exceeded its time limit/,
    read: "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
    advice: "Increase `limits.timeout` of the job in azureml.yml, which applies to each step",
  },
  {
    is: /\bcd: (?:can't cd to |(?=.+: No such file or directory$))([^:\n]+)/m,
    read: "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
    advice: (_, { 1: folder }) =>
      `The image has no folder ${folder}; correct \`execution.working_directory\` in azureml.yml, or set ` +
      "`code_directory` to upload the code",
  },
  {
    is: /\b[Ii]nstall ([\w-]+) to access\b/,
    read: "https://filesystem-spec.readthedocs.io/en/latest/api.html",
    advice: (_, { 1: name }) =>
      `Add \`${name}\`, which opens files at the dataset's address, to the environment of the steps`,
  },
  {
    is: /\b(lib[\w.+-]+\.so[.\d]*): cannot open shared object file/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-environments",
    advice: (_, { 1: library }) =>
      `The image of the environment has no ${library}, which a package needs; build an image that installs it with ` +
      "apt-get, or take the package from conda-forge, which brings it along",
  },
  {
    is: /JAVA_HOME is not set|Java gateway process exited/,
    read: "https://spark.apache.org/docs/latest/api/python/getting_started/install.html",
    advice:
      "Spark needs Java, which the image does not have; add `openjdk` to the conda packages of environment/conda.yml, then " +
      "run `kedro-azureml environment push`",
  },
  {
    is: /\bNo module named '?([\w.]+)/,
    read: "https://github.com/getindata/kedro-azureml/issues/33",
    advice: (_, { 1: module }) =>
      `Add the package that provides "${module}" to the environment of the steps; if it is the project's own, run ` +
      "`kedro-azureml files` to check that it is uploaded",
  },
  {
    is: /\bEnvironment variable '(\w+)' not found/,
    read: "https://omegaconf.readthedocs.io/en/2.3_branch/custom_resolvers.html",
    advice: (_, { 1: name = "" }) => missingVariable(name),
  },
  {
    is: /\benviron\b[^]*\bKeyError: '(\w+)'/,
    read: "https://docs.python.org/3/library/os.html",
    advice: (_, { 1: name = "" }) => missingVariable(name),
  },
  {
    is: /\bData for MemoryDataset has not been saved yet/,
    read: "https://docs.kedro.org/en/stable/catalog-data/data_catalog/",
    advice: "Each node runs in its own process; remove the dataset from the catalog, so that it is saved",
  },
  {
    is: /\bFileNotFoundError\b|\[Errno 2\] No such file or directory/,
    read: "https://docs.python.org/3/library/exceptions.html",
    advice:
      "A step has only the uploaded files and the datasets that it reads; run `kedro-azureml files` to see which files " +
      "are excluded, and pass files of another step as a dataset",
  },
  {
    is: /Received 403 from a service request|WebApi\.Exceptions\.ForbiddenException/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1047",
    advice: ({ workspace }) =>
      "A service of Azure ML was refused access, which can pass; rerun the job with `--from-failed`. If it happens again, " +
      `run \`${
        diagnoseLine(workspace)
      }\`, which checks the workspace's storage account, key vault, registry and network`,
  },
  {
    is: /Failed to (?:upload|update) outputs (?:due to|and mark)|\bFailure in \w+ while calling service \w+/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1042",
    advice: ({ workspace }) =>
      "Azure ML failed itself, after the step's own work; rerun the job with `--from-failed`. If it happens again, run " +
      `\`${diagnoseLine(workspace)}\`, or ask Azure support`,
  },
  {
    // Azure says so about each failed command; with a traceback, that is the reason.
    is: /^(?![^]*\bTraceback\b)[^]*execution-wrapper` failed with status code/,
    read: "https://github.com/getindata/kedro-azureml/issues/6",
    advice:
      "Azure ML does not say why the container failed. Read all logs with `kedro-azureml job logs --failed`; if there are " +
      "none, check that the image has bash and Python, and that the compute may pull it and read the datastore",
  },
];
