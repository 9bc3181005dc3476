import { fields } from "../../core/fields.ts";
import { type Route, route, type WorkspaceCall } from "../world/call.ts";
import { startOperation } from "../world/operations.ts";
import { answerPage } from "../world/paging.ts";
import { jsonAnswer, Refusal } from "../world/refusal.ts";
import { checkBody } from "../check/check_shape.ts";
import { compute } from "../check/shapes.ts";
import { IDLE_CLUSTER, seedComputes } from "../world/seed.ts";
import { azureTime, findResource, putResource, type Resource, workspaceResources } from "../world/world.ts";

const action = "computes/write";

/** Routes of computes: clusters, and instances that start and stop. */
export const computeRoutes: readonly Route[] = [
  route(
    "GET computes",
    "computes/read",
    (call) => answerPage(call, workspaceResources(call.world, call.workspace, "computes")),
  ),
  route("GET computes/{name}", "computes/read", (call) => jsonAnswer(existing(call))),
  route("PUT computes/{name}", action, write),
  route("DELETE computes/{name}", "computes/delete", remove),
  route("POST computes/{name}/start", action, (call) => turn(call, "Running")),
  route("POST computes/{name}/stop", action, (call) => turn(call, "Stopped")),
  route("POST computes/{name}/restart", action, (call) => turn(call, "Running")),
];

function existing(call: WorkspaceCall): Resource {
  const { world, workspace, names } = call;
  if (world.acceptAny) seedComputes(world, workspace, [names.name!]);
  const compute = findResource(world, `${workspace.id}/computes/${names.name}`);
  if (compute !== undefined) return compute;
  throw new Refusal(`Compute ${names.name} not found`, { status: 404, code: "NotFound", body: null });
}

/** Time that the creation or a change of a compute takes. */
const CHANGE_MS = 10_000;

function write(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  const { properties, location, tags, identity } = checkBody(compute, call.body);
  const id = `${workspace.id}/computes/${names.name}`;
  const before = findResource(world, id);
  const now = azureTime(world.clock.now());
  const common = {
    createdOn: before?.properties.createdOn ?? now,
    modifiedOn: now,
    disableLocalAuth: properties.disableLocalAuth ?? false,
    description: properties.description ?? null,
    resourceId: null,
    computeType: properties.computeType,
    provisioningErrors: null,
    isAttachedCompute: false,
  };
  const details = completed(properties.computeType, properties.properties ?? {});
  const resource: Resource = {
    id,
    name: names.name!,
    type: "Microsoft.MachineLearningServices/workspaces/computes",
    location: location ?? "eastus",
    tags: tags ?? {},
    ...(identity && { identity: identityOf(call, identity, before) }),
    properties: {
      ...common,
      computeLocation: location ?? "eastus",
      provisioningState: "Succeeded",
      provisioningWarnings: {},
      properties: { ...READY[properties.computeType], ...details },
    },
  };
  putResource(world, resource);
  const creating = {
    ...common,
    provisioningState: "Creating",
    provisioningWarnings: null,
    properties: details,
  };
  return jsonAnswer(
    { ...resource, tags: tags ?? null, properties: creating },
    before === undefined ? 201 : 200,
    { "azure-asyncoperation": started(call, CHANGE_MS) },
  );
}

/** The identities of a compute; its own stays when the compute is changed. */
function identityOf({ world }: WorkspaceCall, sent: Resource["identity"], before: Resource | undefined) {
  const { random, identity: { tenant: tenantId } } = world;
  const assigned = Object.keys(fields(sent?.userAssignedIdentities))
    .map((id) => [id, { principalId: random.uuid(), clientId: random.uuid() }]);
  return {
    type: sent?.type,
    ...(String(sent?.type).includes("SystemAssigned") &&
      { principalId: before?.identity?.principalId ?? random.uuid(), tenantId }),
    ...(assigned.length > 0 && { userAssignedIdentities: Object.fromEntries(assigned) }),
  };
}

/** What a compute has once it is there. */
const READY: Readonly<Record<string, object>> = { AmlCompute: IDLE_CLUSTER };

/** The details of a compute as Azure ML completes them: sizes in capitals, and no passwords. */
function completed(computeType: string, sent: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { vmSize, userAccountCredentials, ...details } = sent;
  const size = { vmSize: String(vmSize ?? "STANDARD_DS3_V2").toUpperCase() };
  if (computeType === "ComputeInstance") return { ...size, state: "Running", errors: [], ...details };
  if (computeType !== "AmlCompute") return sent;
  const { adminUserName } = (userAccountCredentials ?? {}) as { readonly adminUserName?: unknown };
  return {
    ...size,
    subnet: null,
    currentNodeCount: null,
    targetNodeCount: null,
    nodeStateCounts: null,
    allocationState: null,
    errors: null,
    virtualMachineImage: null,
    isolatedNetwork: false,
    enableBatchPrivateLink: false,
    vmPriority: "Dedicated",
    ...details,
    ...(adminUserName !== undefined && { userAccountCredentials: { adminUserName } }),
  };
}

function remove(call: WorkspaceCall): Response {
  const { id } = existing(call);
  call.world.resources.delete(id.toLowerCase());
  return accepted(call);
}

/** Starts or stops an instance. */
function turn(call: WorkspaceCall, state: "Running" | "Stopped"): Response {
  const compute = existing(call);
  const details = { ...compute.properties.properties as object, state };
  putResource(call.world, { ...compute, properties: { ...compute.properties, properties: details } });
  return accepted(call);
}

function accepted(call: WorkspaceCall): Response {
  return new Response(null, {
    status: 202,
    headers: { "content-length": "0", "azure-asyncoperation": started(call, CHANGE_MS) },
  });
}

/** Starts an operation. @returns the URL to poll. */
function started({ world, workspace, query }: WorkspaceCall, takesMs: number): string {
  const operation = { kind: "c", name: world.random.uuid(), apiVersion: query.get("api-version")! } as const;
  return startOperation(world, workspace, { ...operation, endsAt: world.clock.now().getTime() + takesMs })
    .compute;
}
