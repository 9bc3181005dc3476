import { computeLine, type KnownFailure, THEN_PUSH, UNKNOWN } from "./failure.ts";
import { buildComputeLine } from "./roles.ts";

/** Steps that failed because their compute did not start. */
export const CLUSTER_FAILURES: readonly KnownFailure[] = [
  {
    is: /stat \S*execution-wrapper: no such file or directory/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/34501",
    advice:
      "The machine failed before the step began, not your code; rerun the job with `--from-failed`. If it happens again, " +
      "create the cluster anew",
  },
  {
    is:
      /CoreQuota|\b(?:cores?|v?CPUs?) quota\b|exceeding approved [\w ]+ quota|\bOutOfQuota\b|(?:[Nn]ot (?:have )?enough|[Ii]nsufficient) (?:\w+ ){0,3}quota\b|exceeding quota limits of Core/i,
    read: "https://github.com/MicrosoftLearning/mslearn-dp100/issues/35",
    advice: (_where, _found, said) => {
      const [which, other] = /\btotal vCPU quota\b|Total Regional/.test(said)
        ? ["vCPUs in this region", "a workspace in another region"]
        : /low[- ]?priority/i.test(said)
        ? ["low-priority vCPUs", "a cluster with dedicated nodes"]
        : ["vCPUs of this machine type", "a cluster with another one"];
      return `The subscription's quota has too few ${which}; request more in Azure ML studio under Quota, or use ${other}, or ` +
        "fewer nodes";
    },
  },
  {
    is: /\bcluster '?([\w-]+)'? is in failed state|\bprovisioning state: Failed/i,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1043",
    advice: (where, { 1: compute = where.compute ?? UNKNOWN }) =>
      `Cluster "${compute}" failed to start or to scale; \`${
        computeLine({ ...where, compute }, "show")
      }\` says why. Delete it and create it again with \`kedro-azureml setup\`, or change \`compute\` in azureml.yml`,
  },
  {
    is:
      /AzureMLCompute cluster '?([\w-]+)'? does not exist|\/clusters\/([\w-]+)'\s+was not found|(?<!failed with: )Unknown compute target '([\w-]+)|Compute Target with name ([\w-]+) not found/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/906",
    advice: (_, [, a, b = a, c = b, name = c]) =>
      `Cluster "${name}" does not exist any more; create it with \`kedro-azureml setup\`, or change \`compute\` in azureml.yml`,
  },
  {
    is: /\bcluster only has (\d+) maximum nodes/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster",
    advice: (where, { 1: most }) =>
      `The cluster may have at most ${most} nodes, and the step needs more; run ` +
      `\`${computeLine(where, "update", { "max-instances": "<more>" })}\``,
  },
  {
    is:
      /\bUnschedulable\b|nodes are available: \d+ Insufficient|have enough resource: |waiting for available resources|Invalid instance type\b/,
    read: "https://github.com/Azure/AML-Kubernetes/issues/124",
    advice:
      "The nodes of the Kubernetes compute have no room for the step; set a smaller `instance_type` in azureml.yml, or ask " +
      "for larger nodes",
  },
  {
    is: /\bSubnetIsFull\b|does not have enough capacity for \d+ IP addresses/,
    read: "https://github.com/MicrosoftDocs/azure-docs/issues/88211",
    advice: (where) =>
      "The cluster's subnet has no free addresses, of which each node takes one; ask for a larger subnet, or run " +
      `\`${computeLine(where, "update", { "max-instances": "<fewer>" })}\``,
  },
  {
    is: /AllocationFailed\b|OverconstrainedAllocationRequest|AllocationTimed ?[Oo]ut/,
    read: "https://github.com/microsoft/CromwellOnAzure/issues/531",
    advice:
      "Azure has no free machines of this type in the region now, whatever the quota is; rerun the job later, or use a " +
      "cluster with another machine type",
  },
  {
    is: /\bunusable node\b|\bnodes? (?:is|are) (?:in )?(?:an )?unusable/i,
    read: "https://github.com/MicrosoftDocs/azure-docs/issues/85756",
    advice: (where) =>
      "A machine of the compute is broken; restart a compute instance with " +
      `\`${
        computeLine(where, "restart")
      }\`, and rerun the job with \`--from-failed\`. A cluster replaces the machine ` +
      "once it has scaled to 0 nodes",
  },
  {
    is: /\bowner or assigned user to the Compute Instance|creator can access a compute instance/i,
    read: "https://github.com/MicrosoftDocs/pipelines-azureml/issues/31",
    advice: (where) =>
      "A compute instance works for its owner only; set `compute` in azureml.yml to a cluster. If it builds images for the " +
      `workspace, ask an owner to choose a cluster for that: \`${
        buildComputeLine(where.workspace, UNKNOWN)
      }\``,
  },
  {
    is: /compute instance which is not running|compute instance is not in a running state/i,
    read: "https://github.com/microsoft/vscode-tools-for-ai/issues/2401",
    advice: (where) =>
      `The compute instance is stopped, and a job does not start it; run \`${computeLine(where, "start")}\``,
  },
  {
    is: /\b(?:ResourceNotReady|AnotherOperationInProgress)\b/,
    read: "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
    advice:
      "Something that the step uses is still being created or changed; rerun the job in some minutes with `--from-failed`",
  },
  {
    is:
      /nvidia-container-cli: requirement error: unsatisfied condition: (cuda ?>= ?[\d.]+)|driver version is insufficient for CUDA|NVIDIA driver on your system is too old/,
    read: "https://github.com/NVIDIA/nvidia-docker/issues/1442",
    advice: (_, { 1: needs = "a newer CUDA" }) =>
      `The image needs ${needs}, which the driver of the machine does not have; use an image with an older CUDA, or create ` +
      "the cluster anew, which gets the current driver",
  },
  {
    is: /no kernel image is available for execution|is not compatible with the current PyTorch installation/,
    read: "https://github.com/Azure/azureml-assets/issues/302",
    advice:
      "A package was built for other GPUs than the machine's; use a machine type with a newer GPU, or require a version of " +
      `the package that supports this one in environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /No CUDA GPUs are available|no CUDA-capable device|Found no NVIDIA driver/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/960",
    advice:
      "The step sees no GPU; set `compute` in azureml.yml to a cluster of a machine type with one, such as " +
      "Standard_NC4as_T4_v3, and use an image with CUDA",
  },
  {
    is: /\bnvidiaConfigFail\b|\bnvidia-container-cli: |\bNVIDIA-SMI has failed\b/,
    read: "https://github.com/microsoftarchive/BatchAI/issues/39",
    advice:
      "The machine could not give the container its GPU, which is not your code's fault; rerun the job with " +
      "`--from-failed`. If it happens again, create the cluster anew, or use another machine type or image",
  },
];

/** Steps that ran out of something, or were stopped. */
export const MACHINE_FAILURES: readonly KnownFailure[] = [
  {
    is:
      /\bCUDA\b[^\n]{0,20}out of memory|CUDA_ERROR_OUT_OF_MEMORY|CUBLAS_STATUS_ALLOC_FAILED|OOM when allocating[^\n]{0,300}GPU/i,
    read: "https://pytorch.org/docs/stable/notes/faq.html",
    advice: "The GPU has too little memory; use smaller batches, or a machine type with a larger GPU",
  },
  {
    is: /Duplicate GPU detected|NCCL error in: [^]*invalid usage/,
    read: "https://github.com/Azure/azureml-examples/issues/675",
    advice:
      "More processes run on a node than it has GPUs; start one for each GPU, or use a machine type with more of them",
  },
  {
    is: /NCCL error in: |ncclRemoteError|ncclSystemError|\bMPI_ERRORS_ARE_FATAL\b|\bORTE was unable to/,
    read: "https://github.com/NVIDIA/nccl/issues/2076",
    advice:
      "The step's processes lost the connection to each other, mostly because one of them ended; its log has the cause: " +
      "`kedro-azureml job logs --failed`. If it has none, pass `--env-var NCCL_IB_DISABLE=1`",
  },
  {
    is: /\bAddress already in use\b/,
    read: "https://github.com/Lightning-AI/pytorch-lightning/pull/14118",
    advice:
      "A port that the step opens is taken, mostly by another process of the step on the same machine; open port 0, for which " +
      "the system chooses a free one, or one port for each process",
  },
  {
    is: /out of shared memory|\bBus error\b|unable to write to file <\/torch_/,
    read: "https://github.com/pytorch/pytorch/issues/5040",
    advice:
      "The step's container has 2 GB of shared memory; use fewer workers (`num_workers=0` for PyTorch) in the step",
  },
  {
    is:
      /\b(?:_?ArrayMemoryError|MemoryError)\b|Cannot allocate memory|\bOOM[- ]?Killed\b|out[- ]?of[- ]?memory|OOM when allocating|<Signals\.SIGKILL|\(SIGKILL\)|by signal: Killed|std::bad_alloc|(?:status|exit)[^\n\d]{0,30}?(?:137|-9)\b|signal 9\b|\b\d+ Killed\b/i,
    read: "https://docs.docker.com/engine/containers/resource_constraints/",
    advice:
      "The step needs more memory than its machine has; set `compute` in azureml.yml to a cluster with a larger machine " +
      "type, which `kedro-azureml setup --vm-size SIZE` creates, or process the data in parts",
  },
  {
    is: /No space left on device|\[Errno 28\]|\bDisk ?Full|\bdisk is full/i,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/30770",
    advice:
      "The disk of the step's machine is full; use a machine type with a larger temporary disk, or read less data at once",
  },
  {
    is:
      /\bPreemptionError\b|\bpre-?empted\b|\bSpot \w+ evicted|\bReceivedTerminationSignal\b|received an OS termination signal/i,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1242",
    advice:
      "The machine was stopped during the step, as happens to low-priority nodes; rerun the job with `--from-failed`, or " +
      "use a cluster with dedicated nodes",
  },
  {
    is: /RequestsThrottled\b|StreamAccess\.Throttling|\bTooManyRequests\b|\bServerBusy\b/,
    read: "https://github.com/Azure/alzlib/issues/168",
    advice:
      "Azure throttles the step's requests; rerun the job later with `--from-failed`, and send fewer requests at once",
  },
  {
    is: /exceeded its time limit/,
    read: "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
    advice: "Increase `limits.timeout` of the job in azureml.yml, which applies to each step",
  },
];
