import type { World } from "../world/world.ts";

/** Adds the headers that each response of Resource Manager has. */
export function withArmHeaders(
  world: World,
  { method }: Pick<Request, "method">,
  { status, headers }: Response,
): void {
  const id = headers.get("x-ms-request-id") ?? world.random.uuid();
  const at = world.clock.now().toISOString().replace(/[-:]|\.\d+/g, "");
  const added = {
    "cache-control": "no-cache",
    expires: "-1",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-ms-request-id": id,
    "x-ms-correlation-request-id": id,
    "x-ms-routing-request-id": `EASTUS:${at}:${id}`,
    "x-ms-response-type": status >= 400 ? "error" : "standard",
    "x-request-time": "0.100",
    ...world.limits.headers(method),
  };
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
}
