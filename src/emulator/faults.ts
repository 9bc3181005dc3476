import type { Fault, FaultKind } from "./options.ts";
import { json } from "./refusal.ts";
import type { World } from "./world.ts";

/** Lets requests pass, or has something happen to them. */
export type FaultInjector = (request: Request, serve: () => Promise<Response>) => Promise<Response>;

/** Counts the requests that each fault matches, and has it happen as often as it says. */
export function createFaultInjector(world: World, faults: readonly Fault[]): FaultInjector {
  const seen = faults.map(() => 0);
  return async (request, serve) => {
    for (const [index, fault] of faults.entries()) {
      if (!matches(fault, request)) continue;
      const count = seen[index]!++ - (fault.after ?? 0);
      if (count >= 0 && count < (fault.times ?? 1)) return await happen(world, fault.happens, serve);
    }
    return await serve();
  };
}

function matches({ method, url }: Fault, request: Request): boolean {
  return (method === undefined || method === request.method) && url.test(request.url);
}

async function happen(world: World, fault: FaultKind, serve: () => Promise<Response>): Promise<Response> {
  switch (fault.kind) {
    case "delay":
      await world.clock.sleep(fault.delayMs);
      return await serve();
    case "cut":
      if (fault.afterServer) await serve();
      throw new TypeError("error sending request: connection closed before message completed");
    case "throttle":
      return failure(429, "TooManyRequests", "Too many requests.", {
        "retry-after": String(fault.retryAfterSeconds),
      });
    case "status":
      return failure(
        fault.status,
        "ServiceError",
        `The service answered with status ${fault.status} on purpose.`,
      );
  }
}

function failure(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return json({ error: { code, message } }, status, headers);
}
