import { jsonAnswer, notFound } from "./refusal.ts";
import { azureTime, type EmulatedWorkspace, type World } from "./world.ts";

/** A long-running operation to start: `jc` cancels a job, `jd` deletes one, `s` changes a schedule, `c` a compute. */
export interface OperationRequest {
  readonly kind: "jc" | "jd" | "s" | "c";
  /** The job, or a name of its own. */
  readonly name: string;
  readonly apiVersion: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  /** Its state until it has succeeded. */
  readonly state?: "Creating" | "Deleting";
}

/** Starts an operation. @returns the headers with the URLs to poll: for its state, and for its result. */
export function startOperation(
  world: World,
  workspace: EmulatedWorkspace,
  { kind, name, apiVersion, endsAt, state }: OperationRequest,
): { readonly status: string; readonly result: string; readonly compute: string } {
  const id = `${kind}:${workspace.workspaceId}:${name}`;
  world.operations.set(id, { startedAt: world.clock.now().getTime(), endsAt, state: state ?? "Running" });
  const url = (service: string) =>
    `${world.links.resourceManager}/subscriptions/${workspace.subscription}` +
    `/providers/Microsoft.MachineLearningServices/locations/eastus/${service}/${id}?api-version=${apiVersion}`;
  return {
    status: url("mfeOperationsStatus"),
    result: url("mfeOperationResults"),
    compute: `${url("computeOperationsStatus")}&service=new`,
  };
}

/**
 * Answers 202 with the JSON that Azure ML sends with it, and the URL to poll. Recorded answers of 2024 name it a second
 * time, as the URL of the operation's state; azure-core fails there, because its answers have no state.
 */
export function accepted(body: unknown, location: string, state?: string): Response {
  const headers = { location, ...(state !== undefined && { "azure-asyncoperation": state }) };
  return jsonAnswer(body, 202, { ...headers, "x-ms-async-operation-timeout": "PT1H" });
}

/** Answers a poll for the result of an operation: 202 while it runs, then 200 without a body. */
export function operationResult(world: World, url: URL, id: string): Response {
  const { endsAt } = existing(world, id);
  if (world.clock.now().getTime() >= endsAt) {
    return new Response(null, { headers: { "content-length": "0" } });
  }
  return accepted({}, `${world.links.resourceManager}${url.pathname}${url.search}`);
}

/** Answers a poll for the state of an operation. */
export function operationStatus(world: World, url: URL, id: string): Response {
  const { startedAt, endsAt, state } = existing(world, id);
  const named = { id: url.pathname.replace("mfeOperationsStatus", "mfeOperationResults"), name: id };
  if (world.clock.now().getTime() < endsAt) return jsonAnswer({ ...named, status: state });
  return jsonAnswer({
    ...named,
    status: "Succeeded",
    startTime: azureTime(startedAt),
    endTime: azureTime(endsAt),
  });
}

/** Answers a poll for the state of a compute's operation. */
export function computeOperationStatus(world: World, _url: URL, id: string): Response {
  const isOver = world.clock.now().getTime() >= existing(world, id).endsAt;
  return jsonAnswer({ status: isOver ? "Succeeded" : "InProgress" });
}

function existing(world: World, id: string) {
  const operation = world.operations.get(id);
  if (operation === undefined) throw notFound(`Operation ${id}`);
  return operation;
}
