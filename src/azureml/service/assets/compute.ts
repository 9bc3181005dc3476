import type {
  AmlComputeProperties,
  ComputeInstanceProperties,
  ComputeResource,
  ErrorDetail,
} from "@azure/arm-machinelearning";
import { ExitCode, UserError } from "../../../core/errors.ts";
import { type ArmCall, listWithArm, readWithArm } from "../client/arm.ts";
import type { Workspace } from "../client/workspace.ts";

/** A compute of a workspace, with what determines whether steps can run on it. */
export interface ComputeInfo {
  readonly name: string;
  /** ARM id; the one of `serverless` has the same form, as in azure-ai-ml 1.35. */
  readonly id: string;
  /** Azure's compute type, such as `AmlCompute`, `ComputeInstance` or `Kubernetes`. */
  readonly kind: string | undefined;
  readonly provisioningState: string | undefined;
  /** State of a compute instance, such as `Running` or `Stopped`. */
  readonly state: string | undefined;
  readonly vmSize: string | undefined;
  /** Maximum number of machines; `undefined` if Azure does not return it. */
  readonly maxNodes: number | undefined;
  /** Errors of its provisioning or last scaling, such as an exceeded quota. */
  readonly errors: readonly string[];
  /** Notices about a compute that works, such as that its machine type will be retired. */
  readonly notices: readonly string[];
}

/** @internal Details that `AmlCompute` and `ComputeInstance` computes have. */
type ComputeDetails = Partial<AmlComputeProperties & ComputeInstanceProperties>;

/**
 * Reads a compute; `serverless` always exists.
 *
 * @throws {UserError} `compute.not_found`, with the names of the existing ones; `azure.*`, `network.*`.
 */
export async function getCompute(workspace: Workspace, name: string): Promise<ComputeInfo> {
  const id = `${workspace.id}/computes/${name}`;
  if (name === "serverless") return { ...toInfo(name, {}), id };
  const action = `read compute "${name}"`;
  const resource = await readWithArm(
    workspace,
    action,
    ({ client, at }) => client.computeOperations.get(...at, name),
  );
  if (resource !== undefined) return { ...toInfo(name, resource), id };
  const names = await computeNames(workspace);
  throw new UserError(
    `Compute "${name}" not found in workspace "${workspace.config.name}"`,
    {
      code: "compute.not_found",
      exit: ExitCode.Rejected,
      details: names.length === 0 ? [] : [`computes: ${names.join(", ")}`],
      hint: "Change `compute` in azureml.yml, or create it with `kedro-azureml setup`",
      data: { computes: names },
    },
  );
}

async function computeNames(workspace: Workspace): Promise<readonly string[]> {
  const list = ({ client, at }: ArmCall) => client.computeOperations.list(...at);
  const computes = await Array.fromAsync(listWithArm(workspace, "list the computes", list));
  return computes.flatMap(({ name }) => name ?? []).sort();
}

function toInfo(name: string, { properties }: ComputeResource): Omit<ComputeInfo, "id"> {
  const { computeType, provisioningState, provisioningErrors } = properties ?? {};
  const details: ComputeDetails = properties && "properties" in properties
    ? properties.properties as ComputeDetails | null ?? {}
    : {};
  const { vmSize, state, scaleSettings, errors } = details;
  const reported = [...provisioningErrors ?? [], ...errors ?? []].map(({ error }) => error ?? {});
  const isNotice = ({ code }: ErrorDetail) => code === NOTICE;
  return {
    name,
    kind: computeType,
    provisioningState,
    state,
    vmSize,
    maxNodes: computeType === "ComputeInstance" ? 1 : scaleSettings?.maxNodeCount,
    errors: reported.filter((error) => !isNotice(error)).map(({ code, message }) =>
      [code, message].filter(Boolean).join(": ")
    ),
    notices: reported.filter(isNotice).map(({ message }) => message ?? NOTICE),
  };
}

/** The code of what Azure lists among the errors of a healthy cluster. */
const NOTICE = "ClusterHasWarnings";
