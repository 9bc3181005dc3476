import { Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";

/** What Entra ID refuses, and why. */
export interface EntraRefusal {
  readonly status: number;
  /** Number of the AADSTS code. */
  readonly code: number;
  /** Such as `invalid_client`. */
  readonly error: string;
  readonly message: string;
}

/** Refuses as Entra ID does. */
export function entraRefused(world: World, { status, code, error, message }: EntraRefusal): Refusal {
  const body = problemBody(world, { code, error, message });
  return new Refusal(body.error_description, { status, code: error, body });
}

/** The application does not prove that it is the one it says. */
export function notTheClient(world: World, code: number, message: string): Refusal {
  return entraRefused(world, { status: 401, code, error: "invalid_client", message });
}

/** What was handed in for a token is not worth one. */
export function notGranted(world: World, code: number, message: string): Refusal {
  return entraRefused(world, { status: 400, code, error: "invalid_grant", message });
}

/** The request itself is wrong. */
export function wrongRequest(world: World, code: number, message: string): Refusal {
  return entraRefused(world, { status: 400, code, error: "invalid_request", message });
}

/** A failure in the words of Entra ID; a page that is redirected to gets the first two. */
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
