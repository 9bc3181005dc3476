import {
  askOwner,
  identity,
  type KnownFailure,
  OTHER_IMAGE,
  type RanOn,
  THEN_PUSH,
  UNKNOWN,
} from "./failure.ts";
import { buildComputeLine, syncKeysLine } from "./roles.ts";

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
  const idOfRegistry = azures && `$(az acr show --name ${azures} --query id --output tsv)`;
  return `The step uses ${identity(where)}, which may not pull the environment's image; ` +
    `${
      askOwner(where, "AcrPull", "registry", idOfRegistry)
    }. If the registry has an admin user whose password was changed, ` +
    `run \`${syncKeysLine(where.workspace)}\``;
}

/** The line that chooses the cluster that builds images, which serverless compute cannot be. */
const buildLine = ({ workspace, compute = UNKNOWN }: RanOn) =>
  buildComputeLine(workspace, compute === "serverless" ? UNKNOWN : compute);

/** Steps whose image could not be built or pulled, or does not fit. */
export const IMAGE_FAILURES: readonly KnownFailure[] = [
  {
    is:
      /(?<!\] )exec format error|\bexec [^\s:]+execution-wrapper: no such file or directory|no matching manifest for linux\/|no match for platform in manifest/i,
    read: "https://github.com/getindata/kedro-azureml/issues/87",
    advice:
      "The image was built for another processor, for example on a Mac with Apple silicon; build it with " +
      "`docker build --platform linux/amd64`, and push it again",
  },
  {
    is:
      /Error response from daemon:[^\n]*(?:unexpected HTTP status: 5\d\d|Client\.Timeout|TLS handshake timeout)|unexpected status (?:code|from) (?![^\n]{0,200}docker\.io)[^\n]{0,300}: (?:5\d\d|429) |toomanyrequests[^\n]{0,60}aka\.ms\/acr/,
    read: "https://github.com/microsoft/containerregistry/issues/169",
    advice:
      "The registry of the image does not answer, or limits requests; rerun the job with `--from-failed`. If it happens again, check that the " +
      "compute's network reaches the registry, or copy the image into the workspace's with `az acr import`",
  },
  {
    is: /client with IP '([^']+)' is not allowed access/,
    read: "https://github.com/Azure/azure-cli/issues/22920",
    advice: (where, { 1: address }) =>
      `The firewall of the registry blocks ${address}. If an image was being built, ask an owner to choose a cluster in the ` +
      `workspace's network for that, with \`${
        buildLine(where)
      }\`; if it was being pulled, let the compute's network through, or add a private endpoint`,
  },
  {
    is:
      /^.*(?:(?:pull|image|registry|azurecr\.io)[^\n]{0,600}(?:unauthorized|(?<!permission )denied|authentication required|no basic auth)|denied: requested access to the resource|fetch (?:oauth|anonymous) token|compute could not authenticate|AcrRefreshTokenRetrievalError|Authentication failed for container registry|toomanyrequests|pull rate limit).*$/im,
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
    is: /\bJobContainerConfigFailed\b|OCI runtime create failed|Unable to start docker container/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1389",
    advice:
      `The image of the environment cannot run Azure ML's steps: it needs bash, Python and glibc. ${OTHER_IMAGE}`,
  },
  {
    is:
      /ImageBuildComputeNotValid|TasksOperationsNotAllowed|ACR Tasks requests for the registry|building image: [^\n]*Unknown compute target/,
    read: "https://github.com/Azure/azureml-assets/issues/3920",
    advice: (where) =>
      "Azure ML could not build the environment's image; ask an owner to choose a cluster that builds images, with " +
      `\`${buildLine(where)}\`, then submit again`,
  },
  {
    is:
      /Failed to establish a new connection|Could not connect to|Login timeout expired|[Cc]onnection(?: was)? (?:refused|timed out)|\bConnectionFailure\b|attempting to connect to the Azure|\b(?:dial|read) tcp [^\n]{0,120}(?:i\/o timeout|reset by peer)|ConnectTimeout|Failed to resolve|\blookup \S+ on \S+: no such host|Name or service not known|Network is unreachable/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall",
    advice:
      "The compute's network does not reach the host that the log names; allow it there, or install packages in the " +
      "environment instead of in the step",
  },
  {
    is: /CERTIFICATE_VERIFY_FAILED|certificate verify failed/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/571",
    advice:
      "A proxy between the compute and the host that the log names has a certificate that the image does not trust; add its " +
      "authority to the image and pass `--env-var REQUESTS_CA_BUNDLE=<file>`, or let the compute reach the host without it",
  },
  {
    is:
      /could not read (?:Username|Password) for '([^']+)'|^User for (\S+):|Permission denied \(publickey|Host key verification failed|\/pip\/_internal\/[^]{0,300}EOF when reading a line/m,
    read: "https://github.com/microsoft/MLOpsPython/issues/290",
    advice: (_, { 1: repository, 2: feed }) =>
      `${
        repository ?? feed ?? "A source of the environment's packages"
      } asks for a sign-in, which the build of the image does not have; connect the workspace to it with \`az ml connection ` +
      "create`, or build the image where you are signed in, and push it to the workspace's registry",
  },
  {
    is: /CondaToSNonInteractiveError/,
    read: "https://github.com/rapidsai/deployment/issues/622",
    advice:
      "conda uses Anaconda's own channels only for those who accepted its terms; write `channels: [conda-forge, nodefaults]` " +
      `in environment/conda.yml, ${THEN_PUSH}, and submit again`,
  },
  {
    is:
      /image build (?:has )?failed|building (?:docker )?image failed|Unable to run conda package manager|conflicting dependencies|failed to build (?:the )?(?:docker )?image|EnvironmentBuildFailed|ImageBuildFail|CondaEnvException|ResolvePackageNotFound|PackagesNotFoundError|ResolutionImpossible|(?:LibMamba)?UnsatisfiableError|CondaValueError|Could not find a version that satisfies|No matching distribution found|The command '\/bin\/sh -c [^\n]+' returned a non-zero code|error when building image|waiting for environment image|EnvironmentDetailsFetchFailed|\bStep \d+\/\d+ : RUN |(?:Creating|updating) conda environment failed|failed to solve: process |failed to solve with frontend|failed to run step ID|Could not solve for environment|Failed building wheel|Could not build wheels|subprocess-exited-with-error|must be set for Docker-based environments/i,
    read: "https://github.com/microsoft/MLOpsPython/issues/418",
    advice:
      "The environment's image could not be built. Correct environment/conda.yml as the log says, then run " +
      "`kedro-azureml environment push`, and submit again",
  },
  {
    is: /No builds exist for environment/,
    read: "https://github.com/getindata/kedro-azureml/issues/6",
    advice:
      "Azure ML never built the environment's image; `kedro-azureml environment push` registers the next version, whose image " +
      "the next job has built",
  },
  {
    is: /Environment name can not start with the prefix AzureML/,
    read: "https://github.com/MicrosoftDocs/azure-docs/issues/65770",
    advice:
      "Names that begin with AzureML are kept for Microsoft's environments; use another one in `execution.environment`, and run " +
      "`kedro-azureml environment push`",
  },
  {
    is:
      /\bEOL brownout\b|\b(?:image|environment|ubuntu)\b[^\n]{0,200}(?:\bEOL\b|end[- ]of[- ](?:life|support))|\bcurated\b[^\n]{0,120}\b(?:deprecated|archived|retired)\b/i,
    read: "https://github.com/Azure/azureml-examples/pull/3957",
    advice:
      `The environment's image is past its end of life, and \`kedro-azureml validate\` says which to use. ${OTHER_IMAGE}`,
  },
  {
    is:
      /(?:No such file or directory: ['"]|Permission denied: ['"]|exec: ")(python[\d.]*|bash|sh|conda|git|java|gcc)['"]|\b(python[\d.]*|conda): (?:command )?not found|env: ['‘](python[\d.]*|bash)['’]: No such|Failed to spawn child process '([^']+)' because: Os \{ code: 2\b/,
    read: "https://github.com/getindata/kedro-azureml/issues/44",
    advice: (_, { 1: one, 2: other, 3: called, 4: child }) =>
      `The image of the environment has no \`${
        one ?? other ?? called ?? child
      }\` on its PATH; use an image that has. ${OTHER_IMAGE}`,
  },
];

/** What a log also has where an entry above says why. */
export const IMAGE_NOT_PULLED: KnownFailure = {
  is: /ErrImagePull|Image ?Pull ?(?:BackOff|Failed)|FailedPullingImage|Failed to pull (?:docker )?image/i,
  read: "https://github.com/MicrosoftDocs/azure-docs/issues/80746",
  advice: (where) =>
    "The compute could not pull the environment's image; check that the registry has it with this tag, and that its network " +
    `and roles let ${identity(where)} pull it: ${askOwner(where, "AcrPull", "registry")}`,
};
