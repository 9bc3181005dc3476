import type { ComputeInfo } from "../../service/assets/compute.ts";
import type { JobSpec, Step } from "../../job/job_spec.ts";
import type { Finding } from "./finding.ts";

/** Reports steps of a job that cannot run on their compute, given what Azure returned for the computes. */
export function computeFindings(spec: JobSpec, computes: readonly ComputeInfo[]): Finding[] {
  return computes.flatMap((compute) => {
    const steps = spec.steps.filter((step) => step.compute === compute.name);
    return [...stateFindings(compute), ...noticeFindings(compute), ...sizeFindings(compute, steps)]
      .map((finding) => ({ ...finding, jobs: [spec.job] }));
  });
}

/** Reports computes that exist but cannot start a job. */
function stateFindings({ name, provisioningState, state, errors }: ComputeInfo): Finding[] {
  const details = errors.length === 0 ? {} : { details: errors };
  if (provisioningState === "Failed" || provisioningState === "Deleting") {
    return [{
      severity: "error",
      code: "compute.state",
      message: provisioningState === "Failed"
        ? `Compute "${name}" failed to be created, so no job can run there`
        : `Compute "${name}" is being deleted`,
      hint: "Create it again, or change `compute` in azureml.yml",
      ...details,
    }];
  }
  if (state !== undefined && STOPPED.has(state)) {
    return [{
      severity: "error",
      code: "compute.stopped",
      message: `Compute instance "${name}" is ${state}; a job does not start it`,
      hint: `Run \`az ml compute start --name ${name}\`, or use a cluster in azureml.yml`,
      ...details,
    }];
  }
  return errors.length === 0 ? [] : [{
    severity: "warning",
    code: "compute.errors",
    message: `Compute "${name}" reported errors when it last scaled up, so jobs may wait`,
    hint: "Check the subscription's quota for its machine type",
    details: errors,
  }];
}

/** Reports what Azure announces about a compute, such as that its machine type will be retired; jobs can run. */
function noticeFindings({ name, notices }: ComputeInfo): Finding[] {
  return notices.length === 0 ? [] : [{
    severity: "note",
    code: "compute.notice",
    message: `Azure has a notice about compute "${name}"`,
    details: notices,
  }];
}

const STOPPED = new Set([
  "Stopped",
  "Stopping",
  "Deleting",
  "SetupFailed",
  "CreateFailed",
  "Unusable",
  "UserSetupFailed",
]);

/**
 * Reports steps that need more machines than a compute has. A cluster can still be enlarged while the job waits, so
 * that is only a warning; Azure ML accepted recorded runs of the plugin in this state.
 */
function sizeFindings({ name, maxNodes = Infinity, kind }: ComputeInfo, steps: readonly Step[]): Finding[] {
  if (maxNodes === 0) {
    return [{
      severity: "error",
      code: "compute.no_nodes",
      message: `Compute "${name}" has a maximum of 0 machines`,
      hint: `Run \`az ml compute update --name ${name} --max-instances 1\``,
    }];
  }
  return steps.filter(({ distribution }) => (distribution?.instanceCount ?? 1) > maxNodes).map((step) => ({
    severity: kind === "ComputeInstance" ? "error" : "warning",
    code: "compute.too_few_nodes",
    message: `Node "${step.node}" needs ${step.distribution!.instanceCount} machines, but compute "${name}" ${
      kind === "ComputeInstance" ? "has one" : `has at most ${maxNodes}; the step waits until it has more`
    }`,
    hint: kind === "ComputeInstance"
      ? "Run the step on a cluster, or lower num_nodes of its `@distributed_job`"
      : `Lower num_nodes of its \`@distributed_job\`, or run \`az ml compute update --name ${name} --max-instances ${
        step.distribution!.instanceCount
      }\``,
  }));
}
