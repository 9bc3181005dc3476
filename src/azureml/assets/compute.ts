import { ExitCode, UserError } from "../../core/errors.ts";
import type { Workspace } from "../client/workspace.ts";

/** A compute of a workspace: what decides whether steps can run there. */
export interface ComputeInfo {
  readonly name: string;
  /** ARM id, or `serverless`. */
  readonly id: string;
  /** Azure's word, such as `AmlCompute`, `ComputeInstance` or `Kubernetes`. */
  readonly kind: string | undefined;
  readonly provisioningState: string | undefined;
  /** Of a compute instance, such as `Running` or `Stopped`. */
  readonly state: string | undefined;
  readonly vmSize: string | undefined;
  /** The most machines that it grows to; `undefined` if Azure does not say. */
  readonly maxNodes: number | undefined;
  /** Errors of its creation or last scaling, such as an exceeded quota. */
  readonly errors: readonly string[];
}

/** @internal The fields of `ComputeResource` that are read here. */
interface ComputeResource {
  readonly properties?: {
    readonly computeType?: string;
    readonly provisioningState?: string;
    readonly provisioningErrors?: readonly ErrorResource[] | null;
    readonly properties?: {
      readonly vmSize?: string;
      readonly state?: string;
      readonly scaleSettings?: { readonly maxNodeCount?: number };
      readonly errors?: readonly ErrorResource[] | null;
    } | null;
  };
}

/** @internal An error, bare or wrapped. */
interface ErrorResource {
  readonly error?: ErrorResource;
  readonly code?: string;
  readonly message?: string;
}

/**
 * Reads a compute; `serverless` always exists.
 *
 * @throws {UserError} `compute.not_found` with the names of the existing ones.
 */
export async function getCompute(workspace: Workspace, name: string): Promise<ComputeInfo> {
  if (name === "serverless") return { ...toInfo(name, {}), id: name };
  const path = `computes/${encodeURIComponent(name)}`;
  const request = { action: `read compute "${name}"`, method: "GET", path } as const;
  const found = await workspace.find<ComputeResource>(request);
  if (found !== undefined) return { ...toInfo(name, found), id: `${workspace.id}/computes/${name}` };
  const names = await computeNames(workspace);
  throw new UserError(
    `Compute "${name}" not found in workspace "${workspace.config.name}"`,
    {
      code: "compute.not_found",
      exit: ExitCode.Rejected,
      details: names.length === 0 ? [] : [`computes: ${names.join(", ")}`],
      hint: "Change `compute` in azureml.yml, or create the compute",
      data: { computes: names },
    },
  );
}

async function computeNames(workspace: Workspace): Promise<readonly string[]> {
  const request = { action: "list the computes", method: "GET", path: "computes" } as const;
  const found = await workspace.find<{ value?: readonly { name: string }[] }>(request);
  return (found?.value ?? []).map(({ name }) => name).sort();
}

function toInfo(name: string, { properties = {} }: ComputeResource): Omit<ComputeInfo, "id"> {
  const { computeType, provisioningState, provisioningErrors } = properties;
  const { vmSize, state, scaleSettings, errors } = properties.properties ?? {};
  return {
    name,
    kind: computeType,
    provisioningState,
    state,
    vmSize,
    maxNodes: computeType === "ComputeInstance" ? 1 : scaleSettings?.maxNodeCount,
    errors: [...provisioningErrors ?? [], ...errors ?? []].map(errorText),
  };
}

function errorText({ error, code, message }: ErrorResource): string {
  return error === undefined ? [code, message].filter(Boolean).join(": ") : errorText(error);
}
