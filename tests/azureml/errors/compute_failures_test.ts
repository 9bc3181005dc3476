import { testAdvice } from "./advice_cases.ts";

testAdvice({
  "a preempted node": "PreemptionError: Nodes of this job got pre-empted.",
  "a timeout": "The step exceeded its time limit of 5 s and was stopped.",
  "a quota of 0":
    "The specified subscription has a total vCPU quota of 0 and cannot accomodate for at least 1 requested managed compute node which maps to 4 vCPUs.",
  "a killed process": "Execution failed. User process '/bin/bash' exited with status code 137.",
  "a killed command of bash": "/bin/bash: line 1:    25 Killed                  kedro azureml execute",
  "an array larger than the memory":
    "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,)",
  "a GPU without memory left":
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 15.78 GiB total capacity)",
  "a full disk": "OSError: [Errno 28] No space left on device",
  "a container without Azure ML's own files":
    'Failed to execute command group with error API queried with a bad parameter: {"message":"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \\"/mnt/azureml/cr/j/0169/cap/lifecycler/wd/execution-wrapper\\": stat /mnt/azureml/cr/j/0169/cap/lifecycler/wd/execution-wrapper: no such file or directory: unknown"}',
  "too little shared memory":
    "RuntimeError: DataLoader worker (pid 91) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.",
  "a GPU without a working driver":
    "AzureMLCompute job failed.\nnvidiaConfigFail: NVIDIA GPU configuration failed unexpectedly\n\tReason: Failed to install nvidia-docker",
  "an image with a newer CUDA than the driver's":
    "OCI runtime create failed: error running hook: exit status 1, stdout: , stderr: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your driver to a newer version, or use an earlier cuda container",
  "a stopped machine":
    "AzureMLCompute job failed\nReceivedTerminationSignal: Job was terminated due to: Runtime received an OS termination signal.",
  "a deleted cluster": "AzureMLCompute cluster deal-uat does not exist",
  "a subnet without free addresses":
    "Subnet Subnet1 with address prefix 10.0.0.0/24 does not have enough capacity for 1 IP addresses.",
  "a region without machines": "NodeAllocationFailed",
  "a broken machine":
    "The specified Azure ML Compute Instance XXX encountered an unusable node. Please try to restart the compute instance to recover.",
  "a stopped compute instance":
    "It seems like you are attempting to use a compute instance which is not running. Please start the compute instance and try again",
  "too few low-priority cores":
    "(OperationNotAllowed) Operation could not be completed as it results in exceeding approved LowPriorityCores quota. Additional details - Current Limit: 100",
  "an unfinished creation": "ResourceNotReady: The resource is not ready.",
  "more processes than GPUs":
    "RuntimeError: NCCL error in: ../torch/lib/c10d/ProcessGroupNCCL.cpp:825, invalid usage",
  "a lost connection between processes":
    "torch.distributed.DistBackendError: NCCL error in: /pytorch/NCCLUtils.hpp:268, remote process exited or there was a network error, NCCL version 2.21.5",
  "the core quota of an account": "AccountCoreQuotaReached: The specified account has reached core quota",
  "a compute instance of another person":
    "Image build run on compute failed: User starting the run is not an owner or assigned user to the Compute Instance",
  "a GPU unknown to a package":
    "RuntimeError: CUDA error: no kernel image is available for execution on the device",
  "a machine without a GPU": "RuntimeError: No CUDA GPUs are available",
  "an old driver": "RuntimeError: CUDA driver version is insufficient for CUDA runtime version",
  "a port in use": "The server socket has failed to bind to [::]:6105 (errno: 98 - Address already in use).",
}, import.meta.url);
