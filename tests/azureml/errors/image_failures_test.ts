import { testAdvice } from "./advice_cases.ts";

testAdvice({
  "a failed pull of an image":
    "Failed to pull Docker image reg.azurecr.io/x:1: unauthorized: authentication required",
  "an image denied by Docker":
    "Error response from daemon: pull access denied for reg.azurecr.io/x, repository does not exist",
  "an image behind a sign-in": "Failed to get the image reg.azurecr.io/x:1: Authentication required",
  "an image denied by Docker Hub":
    'Error response from daemon: pull access denied for shop-image, repository does not exist or may require "docker login"',
  "an image of another registry": "Failed to pull Docker image ghcr.io/shop/train:1: unauthorized",
  "an image without Python (shell)": "bash: line 1: python3: command not found",
  "a failed image build":
    "Step 9/20 : RUN conda env create -p /azureml-envs/a -f conda.yaml\nPip failed\nCondaEnvException: Pip failed\nThe command '/bin/sh -c ldconfig /usr/local/cuda/lib64/stubs && conda env create' returned a non-zero code: 1",
  "an image past its end of life": "Pipeline run failed because the previous curated image hit EOL brownout",
  "an image without what Azure ML needs":
    "AzureMLCompute job failed.\nJobContainerConfigFailed: Container configuration failed unexpectedly\nerr: Docker exec failure when attempting to execute 'containerSetup' task. Error: exit status 126. Indicates a command was found but not executable, likely due to permission issues or missing dependencies.",
  "a missing image tag":
    'manifest for shop.azurecr.io/train:2 not found: manifest unknown: manifest tagged by "2" is not found',
  "an unreachable host":
    "urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded (Caused by NewConnectionError: Failed to establish a new connection: [Errno 101] Network is unreachable)",
  "an unavailable registry":
    "Error response from daemon: received unexpected HTTP status: 503 Service Unavailable",
  "an unreachable registry":
    "Running Docker Command attempt 7 failed with client timeout err: exit status 1,Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
  "a registry closed to the compute's identity":
    "AzureMLCompute job failed.\nAcrRefreshTokenRetrievalError: Unable to retrieve ACR refresh token using Compute Identity a91a298d-b0ce-49e8-beeb-aa5d398b4d95, please check if compute identity has access to ACR.\n\tserviceURL: shopimages.azurecr.io",
  "a registry without builds of images":
    "ACR Tasks requests for the registry shop and s1 are not permitted. Please file an Azure support request at http://aka.ms/azuresupport for assistance.",
  "a deleted cluster for building images":
    "Failure reason: Encountered error when building image: ScriptTask failed with: Unknown compute target 'cluster001'.",
  "a program missing in the image":
    "UserError: Failed to spawn child process 'mpirun' because: Os { code: 2, kind: NotFound, message: \"No such file or directory\" }",
  "an unresolvable name of a host": "dial tcp: lookup shop.azurecr.io on 168.63.129.16:53: no such host",
  "a registry's firewall":
    "failed to login, ran out of retries: failed to set docker credentials: Error response from daemon: Get \"https://shop.azurecr.io/v2/\": denied: client with IP '20.1.2.3' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
  "a failed image build (log in another account)":
    "Image build failed. Build log: https://weumanaged209.blob.core.windows.net/8531-2x/logs/cba3/rawtext.log",
  "unaccepted terms of conda":
    "CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels. Please accept or remove them before proceeding:\n    • https://repo.anaconda.com/pkgs/main",
  "packages in conflict for conda":
    "LibMambaUnsatisfiableError: Encountered problems while solving:\n  - nothing provides opencensus-ext-azure needed by azure-ai-ml-2022.12.01-py_0",
  "a never built image":
    "NotFoundError: No builds exist for environment CliV2AnonymousEnvironment version 1.",
  "an environment named like Microsoft's":
    "Response status code does not indicate success: 400 (Environment name can not start with the prefix AzureML. To alter a curated environment first create).",
  "a proxy's certificate":
    "<urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:852)>",
  "a program without permission to run": "PermissionError: [Errno 13] Permission denied: 'git'",
  "a private repository":
    "Running command git clone -q https://github.com/user/myrepo.git\n  fatal: could not read Username for 'https://github.com': No such device or address",
}, import.meta.url);
