import type { Workspace } from "./workspace.ts";

/** Requests that Resource Manager counts separately. */
type Operation = "reads" | "writes" | "deletes";

/**
 * How many more requests Azure allows each second, by what Microsoft documents for Resource Manager: the headers of
 * answers tell only how many are left.
 */
const PER_SECOND: Readonly<Record<Operation, number>> = { reads: 25, writes: 10, deletes: 10 };

/** Requests that are left to others with the same identity, and for what happens between two answers. */
const SPARE = 10;

/** Keeps requests to Resource Manager within the limits that its answers name. */
export interface RequestPace {
  /** Resolves when a request may be sent. */
  wait(method: string): Promise<void>;
  /** Notes what an answer says about how many requests are left. */
  note(method: string, header: (name: string) => string | undefined): void;
}

/** Sends without waiting until an answer says that few requests are left. */
export function createPace({ clock, signal }: Pick<Workspace, "clock" | "signal">): RequestPace {
  const left = new Map<Operation, { tokens: number; at: number }>();
  const now = () => clock.now().getTime();
  return {
    async wait(method) {
      const operation = operationOf(method);
      const known = left.get(operation);
      if (known === undefined) return;
      refill(known, operation, now());
      known.tokens--;
      const lacking = SPARE - known.tokens;
      if (lacking > 0) await clock.sleep(lacking / PER_SECOND[operation] * 1000, signal);
    },
    note(method, header) {
      const operation = operationOf(method);
      const remaining = Number(header(`x-ms-ratelimit-remaining-subscription-${operation}`) ?? NaN);
      if (!Number.isInteger(remaining)) return;
      const known = left.get(operation);
      if (known === undefined) return void left.set(operation, { tokens: remaining, at: now() });
      refill(known, operation, now());
      // Requests under way are not counted in an answer; the lower number is the safe one.
      known.tokens = known.tokens < 0 ? known.tokens : Math.min(known.tokens, remaining);
    },
  };
}

function refill(known: { tokens: number; at: number }, operation: Operation, at: number): void {
  known.tokens += (at - known.at) / 1000 * PER_SECOND[operation];
  known.at = at;
}

function operationOf(method: string): Operation {
  return method === "GET" || method === "HEAD" ? "reads" : method === "DELETE" ? "deletes" : "writes";
}
