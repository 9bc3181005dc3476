import type { ComputeInfo } from "../assets/compute.ts";
import type { JobSpec, Step } from "../job_spec.ts";
import type { Finding } from "./finding.ts";

/** Says which steps of a job cannot run where they should, from what Azure told of the computes. Pure. */
export function computeFindings(spec: JobSpec, computes: readonly ComputeInfo[]): Finding[] {
  return computes.flatMap((compute) => {
    const steps = spec.steps.filter((step) => step.compute === compute.name);
    return [...stateFindings(compute), ...sizeFindings(compute, steps)]
      .map((finding) => ({ ...finding, jobs: [spec.job] }));
  });
}

/** Computes that exist and start nothing. */
function stateFindings({ name, provisioningState, state, errors }: ComputeInfo): Finding[] {
  const details = errors.length === 0 ? {} : { details: errors };
  if (provisioningState === "Failed" || provisioningState === "Deleting") {
    return [{
      severity: "error",
      code: "compute.state",
      message: provisioningState === "Failed"
        ? `Compute "${name}" could not be made, so that nothing runs there`
        : `Compute "${name}" is being deleted`,
      hint: "Make it again, or change `compute` in azureml.yml",
      ...details,
    }];
  }
  if (state !== undefined && STOPPED.has(state)) {
    return [{
      severity: "error",
      code: "compute.stopped",
      message: `Compute instance "${name}" is ${state}, and jobs do not start it`,
      hint: `Run \`az ml compute start --name ${name}\`, or name a cluster in azureml.yml`,
      ...details,
    }];
  }
  return errors.length === 0 ? [] : [{
    severity: "warning",
    code: "compute.errors",
    message: `Compute "${name}" had errors when it grew last, so that jobs may wait`,
    hint: "Look at the quota of its machines in the subscription",
    details: errors,
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
 * Steps that want more machines than a compute has. A cluster can still be made larger while the job waits for it, so
 * that is a warning: the plugin's own runs on record were sent so, and taken.
 */
function sizeFindings({ name, maxNodes, kind }: ComputeInfo, steps: readonly Step[]): Finding[] {
  if (maxNodes === undefined) return [];
  if (maxNodes === 0) {
    return [{
      severity: "error",
      code: "compute.no_nodes",
      message: `Compute "${name}" may have no machine at all`,
      hint: `Run \`az ml compute update --name ${name} --max-instances 1\``,
    }];
  }
  return steps.filter(({ distribution }) => (distribution?.instanceCount ?? 1) > maxNodes).map((step) => ({
    severity: kind === "ComputeInstance" ? "error" : "warning",
    code: "compute.too_few_nodes",
    message: `Node "${step.node}" wants ${step.distribution!.instanceCount} machines, and compute "${name}" ${
      kind === "ComputeInstance" ? "is one" : `has ${maxNodes} at most: the step waits until it has more`
    }`,
    hint: kind === "ComputeInstance"
      ? "Run the step on a cluster, or lower num_nodes of its `@distributed_job`"
      : `Lower num_nodes of its \`@distributed_job\`, or run \`az ml compute update --name ${name} --max-instances ${
        step.distribution!.instanceCount
      }\``,
  }));
}
