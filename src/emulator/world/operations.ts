import { jsonAnswer, notFound } from "./refusal.ts";
import type { EmulatedWorkspace, World } from "./world.ts";

/** Seconds between polls, the minimum in the API specification. */
const RETRY_AFTER = "10";

/** A long-running operation to start. */
export interface OperationRequest {
  readonly kind: "jc" | "jd" | "sd" | "st";
  readonly apiVersion: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly result?: unknown;
}

/** Answers 202 with the URL to poll. */
export function acceptOperation(
  world: World,
  workspace: EmulatedWorkspace,
  request: OperationRequest,
): Response {
  const id = `${request.kind}:${world.random.uuid()}`;
  world.operations.set(id, { endsAt: request.endsAt, result: request.result });
  const path = `/subscriptions/${workspace.subscription}/providers/Microsoft.MachineLearningServices` +
    `/locations/eastus/mfeOperationResults/${id}`;
  const location = `${world.links.resourceManager}${path}?api-version=${request.apiVersion}`;
  return new Response(null, { status: 202, headers: { location, "retry-after": RETRY_AFTER } });
}

/** Answers a poll for an operation. */
export function operationResult(world: World, url: URL, id: string): Response {
  const found = world.operations.get(id);
  if (found === undefined) throw notFound(`mfeOperationResults/${id}`);
  if (world.clock.now().getTime() < found.endsAt) {
    const location = `${world.links.resourceManager}${url.pathname}${url.search}`;
    return new Response(null, { status: 202, headers: { location, "retry-after": RETRY_AFTER } });
  }
  return found.result === undefined ? new Response(null, { status: 204 }) : jsonAnswer(found.result);
}
