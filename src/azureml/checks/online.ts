import { workspaceOfId } from "../../config/workspace.ts";
import { tryParse, UserError } from "../../core/errors.ts";
import type { Workspace } from "../client/workspace.ts";
import { computeLine, type RanOn } from "../errors/failure.ts";
import { runAdvice } from "../errors/step_advice.ts";
import type { JobSpec, Step } from "../job/job_spec.ts";
import { parseEnvironment } from "../job/names.ts";
import { openProbes } from "../resources/access.ts";
import type { ComputeInfo } from "../resources/kinds.ts";
import { assetsOf, computesOf, type Lookups, type PinnedEnvironment } from "../resources/pin.ts";
import { errorToFindings, type Finding } from "./finding.ts";
import { oldImage } from "./environment.ts";
import { placeOfCompute } from "./references.ts";
import type { Subject } from "./subject.ts";

/**
 * Checks in Azure that everything a job names exists. Read-only; reports everything that is missing.
 *
 * @throws {UserError} `network.*` or `auth.*` if Azure cannot be queried at all.
 */
export async function checkOnline(
  spec: JobSpec,
  lookups: Lookups,
  { place, config, conf }: Pick<Subject, "place" | "config" | "conf">,
): Promise<{ readonly findings: Finding[]; readonly environment: PinnedEnvironment | undefined }> {
  const findings: Finding[] = [];
  const attempt = async <T>(look: () => Promise<T>, at: Finding["place"]): Promise<T | undefined> => {
    try {
      return await look();
    } catch (thrown) {
      if (!(thrown instanceof UserError) || CUTS_OFF.test(thrown.code)) throw thrown;
      findings.push(
        ...errorToFindings(thrown).map((found) => ({
          ...found,
          // A refusal of Azure is not mended where the name is written.
          place: found.code.startsWith("azure.") ? found.place : found.place ?? at,
          jobs: [spec.job],
        })),
      );
    }
  };
  const placeOf = (compute: string) => placeOfCompute({ config, place }, compute, spec.key);
  const placeOfAsset = (path: string) => {
    const inputs = spec.steps.flatMap(({ inputs }) => inputs);
    const dataset = inputs.find(({ from }) => "path" in from && from.path === path)?.dataset;
    const key = path.endsWith("@latest") ? "azureml_dataset" : "azureml_version";
    return dataset === undefined ? undefined : conf.placeOfDataset(dataset, [key]);
  };
  const { environment } = spec;
  const placeOfEnvironment = place(["execution", "environment"]);
  const [computes, pinned] = await Promise.all([
    Promise.all(
      computesOf(spec).map((name) => attempt(() => lookups.compute(name), placeOf(name))),
    ),
    isLookedUp(environment)
      ? attempt(() => lookups.environment(environment!), placeOfEnvironment)
      : undefined,
    ...assetsOf(spec).map((asset) => attempt(() => lookups.data(asset), placeOfAsset(asset.path))),
  ]);
  for (const compute of computes.filter((compute) => compute !== undefined)) {
    const at = placeOf(compute.name);
    findings.push(...computeFindings(spec, [compute]).map((finding) => ({ ...finding, place: at })));
  }
  const { image, condaFile } = pinned?.definition ?? {};
  // With a conda file, the environment's checks look at the image, too.
  if (image !== undefined && !condaFile) {
    findings.push(...oldImage(image, placeOfEnvironment).map((found) => ({ ...found, jobs: [spec.job] })));
  }
  if (pinned !== undefined && pinned.shown !== pinned.asked) {
    findings.push({
      severity: "note",
      // environment.pinned: Which version of the environment is used. Nothing to do.
      code: "environment.pinned",
      message: `"${pinned.asked}" currently resolves to ${pinned.shown}`,
      place: placeOfEnvironment,
      jobs: [spec.job],
    });
  }
  return { findings, environment: pinned };
}

const CUTS_OFF = /^(?:network|auth)\./;

/** Whether a lookup has no side effects: looking up an image would register it. An id needs no lookup. */
function isLookedUp(environment: string | undefined): boolean {
  const reference = environment === undefined ? undefined : tryParse(() => parseEnvironment(environment));
  return reference?.kind === "named" && (reference.version !== undefined || reference.label === "latest");
}

export async function accessFindings(
  workspace: Workspace,
  identity: string | undefined,
): Promise<Finding[]> {
  const probes = openProbes(workspace, identity);
  const access = [await probes.access("read_workspace"), await probes.access("submit_jobs")];
  return access.flatMap(
    ({ right, answer, reason, role, error }): Finding[] => {
      if (answer === "yes") return [];
      if (error !== undefined && (right === "read_workspace" || CUTS_OFF.test(error.code))) {
        return errorToFindings(error);
      }
      return [{
        severity: answer === "no" ? "error" : "note",
        // access.unknown: Whether your identity has a right could not be determined. Submit to find out, or
        //   ask for permission to read role assignments.
        // access.missing: Your identity lacks a right in the workspace. Ask its owner for the role that the
        //   message names.
        code: answer === "no" ? "access.missing" : "access.unknown",
        message: answer === "no"
          ? `This identity cannot submit jobs in workspace "${workspace.config.name}"`
          : `Could not determine whether this identity can submit jobs in workspace "${workspace.config.name}"`,
        ...(reason !== undefined && { details: [reason] }),
        ...(role !== undefined && { hint: `Ask an owner to run \`${role.command}\`` }),
      }];
    },
  );
}

/** Reports steps of a job that cannot run on their compute, given what Azure returned for the computes. */
export function computeFindings(spec: JobSpec, computes: readonly ComputeInfo[]): Finding[] {
  return computes.flatMap((compute) => {
    const steps = spec.steps.filter((step) => step.compute === compute.name);
    return [...stateFindings(compute), ...noticeFindings(compute), ...sizeFindings(compute, steps)]
      .map((finding) => ({ ...finding, jobs: [spec.job] }));
  });
}

function stateFindings(compute: ComputeInfo): Finding[] {
  const { name, provisioningState, state, errors } = compute;
  const details = errors.length === 0 ? {} : { details: errors };
  if (provisioningState === "Failed" || provisioningState === "Deleting") {
    return [{
      severity: "error",
      // compute.state: The compute is being deleted or failed to be created. Create it again, or use another
      //   one.
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
      // compute.stopped: The compute instance is stopped, and a job does not start it. Start it.
      code: "compute.stopped",
      message: `Compute instance "${name}" is ${state}; a job does not start it`,
      hint: `Run \`${computeLine(placeOf(compute), "start")}\`, or use a cluster in azureml.yml`,
      ...details,
    }];
  }
  return errors.length === 0 ? [] : [{
    severity: "warning",
    // compute.errors: The compute reports errors. Do what the hint says about the first that is known.
    code: "compute.errors",
    message: `Compute "${name}" reported errors when it last scaled up, so jobs may wait`,
    hint: runAdvice({ message: errors.join("\n") }, placeOf(compute)) ??
      "Look at the compute in Azure ML studio; if the message does not help, create it again",
    details: errors,
  }];
}

function placeOf({ name: compute, id }: ComputeInfo): RanOn {
  return { compute, workspace: workspaceOfId(id) };
}

/** Reports what Azure announces about a compute, such as that its machine type will be retired; jobs can run. */
function noticeFindings({ name, notices }: ComputeInfo): Finding[] {
  return notices.length === 0 ? [] : [{
    severity: "note",
    // compute.notice: Azure has a notice about the compute, such as that its machine type retires. Jobs still
    //   run on it.
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
function sizeFindings(compute: ComputeInfo, steps: readonly Step[]): Finding[] {
  const { name, maxNodes = Infinity, kind } = compute;
  const enlargeLine = (nodes: number) =>
    computeLine(placeOf(compute), "update", { "max-instances": String(nodes) });
  if (maxNodes === 0) {
    return [{
      severity: "error",
      // compute.no_nodes: The compute may start no machine. Raise its maximum as the hint says.
      code: "compute.no_nodes",
      message: `Compute "${name}" has a maximum of 0 machines`,
      hint: `Run \`${enlargeLine(1)}\``,
    }];
  }
  return steps.filter(({ distribution }) => (distribution?.instanceCount ?? 1) > maxNodes).map((step) => ({
    severity: kind === "ComputeInstance" ? "error" : "warning",
    // compute.too_few_nodes: A distributed step needs more machines than the compute may start. Raise its
    //   maximum, or use fewer.
    code: "compute.too_few_nodes",
    message: `Node "${step.node}" needs ${step.distribution!.instanceCount} machines, but compute "${name}" ${
      kind === "ComputeInstance" ? "has one" : `has at most ${maxNodes}; the step waits until it has more`
    }`,
    hint: kind === "ComputeInstance"
      ? "Run the step on a cluster, or lower num_nodes of its `@distributed_job`"
      : `Lower num_nodes of its \`@distributed_job\`, or run \`${
        enlargeLine(step.distribution!.instanceCount)
      }\``,
  }));
}
