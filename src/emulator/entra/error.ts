import { Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";

/** An error of Entra ID. */
export interface EntraRefusal {
  readonly status: number;
  /** Number of the AADSTS code. */
  readonly code: number;
  /** The OAuth error, such as `invalid_client`. */
  readonly error: string;
  readonly message: string;
}

/** Creates an error response of Entra ID. */
export function entraRefused({ status, code, error, message }: EntraRefusal): Refusal {
  return new Refusal(message, {
    status,
    code: error,
    makeBody: (world) => problemBody(world, { code, error, message }),
  });
}

/** Creates an error for failed client authentication. */
export function clientRefused(code: number, message: string): Refusal {
  return entraRefused({ status: 401, code, error: "invalid_client", message });
}

/** Creates an error for an invalid grant. */
export function notGranted(code: number, message: string): Refusal {
  return entraRefused({ status: 400, code, error: "invalid_grant", message });
}

/** Creates an error with status 400. */
export function wrongRequest(code: number, message: string): Refusal {
  return entraRefused({ status: 400, code, error: "invalid_request", message });
}

/** The fields of an Entra ID error; a redirect carries only the first two. */
export function problemBody(world: World, { code, error, message }: Omit<EntraRefusal, "status">) {
  const [trace, correlation] = [world.random.uuid(), world.random.uuid()];
  const timestamp = world.clock.now().toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
  return {
    error,
    error_description:
      `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `${world.links.authority}/error?code=${code}`,
  };
}
