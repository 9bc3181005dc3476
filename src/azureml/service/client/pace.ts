import type { PipelineResponse } from "../../../core/net/azure_http.ts";
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
  /** Sends a request when it may be sent, and notes what the answer says about how many more are left. */
  send(method: string, send: () => Promise<PipelineResponse>): Promise<PipelineResponse>;
}

/** What is known about one kind of request. */
interface Bucket {
  /** How many may be sent, as counted here; fewer than `SPARE` while requests wait for their turn. */
  tokens: number;
  /** When `tokens` was counted, in milliseconds since 1970. */
  at: number;
  /** Requests that wait for their turn or for an answer. */
  pending: number;
}

/** Sends without waiting until an answer says that few requests are left. */
export function createPace({ clock, signal }: Pick<Workspace, "clock" | "signal">): RequestPace {
  const buckets = new Map<Operation, Bucket>();
  const now = () => clock.now().getTime();
  function bucketOf(operation: Operation): Bucket {
    const bucket = buckets.get(operation) ?? { tokens: Infinity, at: now(), pending: 0 };
    buckets.set(operation, bucket);
    refill(bucket, operation, now());
    return bucket;
  }
  function note(operation: Operation, remaining: number): void {
    const bucket = bucketOf(operation);
    // An answer may or may not have counted the requests under way: `remaining - pending` to `remaining` are left.
    bucket.tokens = Math.min(Math.max(bucket.tokens, remaining - bucket.pending), remaining);
  }
  return {
    async send(method, send) {
      const operation = operationOf(method);
      const bucket = bucketOf(operation);
      bucket.pending++;
      try {
        bucket.tokens--;
        const lacking = SPARE - bucket.tokens;
        if (lacking > 0) await clock.sleep(lacking / PER_SECOND[operation] * 1000, signal);
        const response = await send();
        const remaining = response.headers.get(`x-ms-ratelimit-remaining-subscription-${operation}`);
        if (remaining !== undefined && /^\d+$/.test(remaining)) note(operation, Number(remaining));
        return response;
      } finally {
        bucket.pending--;
      }
    },
  };
}

function refill(bucket: Bucket, operation: Operation, at: number): void {
  bucket.tokens += (at - bucket.at) / 1000 * PER_SECOND[operation];
  bucket.at = at;
}

function operationOf(method: string): Operation {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}
