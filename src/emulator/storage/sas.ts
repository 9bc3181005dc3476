import type { Grant, World } from "../world/world.ts";

/** The scope and permissions of a new SAS. */
export type GrantRequest = Omit<Grant, "expiresAt">;

/** Creates a SAS URL for a container. */
export function grantContainer(world: World, request: GrantRequest): string {
  return grant(world, request, `${world.links.blob(request.account)}/${request.container}`, "c");
}

/** Creates a SAS URL for a blob. */
export function grantBlob(world: World, request: GrantRequest & { readonly blob: string }): string {
  const path = request.blob.split("/").map(encodeURIComponent).join("/");
  return grant(world, request, `${world.links.blob(request.account)}/${request.container}/${path}`, "b");
}

/** Number of SAS to remember; the oldest are dropped. */
const MOST_GRANTS = 10_000;

function grant(world: World, request: GrantRequest, address: string, kind: "b" | "c"): string {
  const signature = btoa(world.random.uuid().replaceAll("-", "") + "signature").slice(0, 43) + "=";
  const expiresAt = new Date(Math.floor((world.clock.now().getTime() + world.sasLifetimeMs) / 1000) * 1000);
  world.grants.set(signature, { ...request, expiresAt });
  const oldest = world.grants.keys().next().value;
  if (world.grants.size > MOST_GRANTS && oldest !== undefined) world.grants.delete(oldest);
  const query = new URLSearchParams({
    sv: "2024-08-04",
    se: expiry(expiresAt),
    sr: kind,
    sp: request.permissions,
    sig: signature,
  });
  return `${address}?${query}`;
}

function expiry(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * Checks the SAS of a request.
 *
 * @returns its scope, or why it is invalid.
 */
export function readGrant(world: World, query: URLSearchParams): Grant | string {
  const signature = query.get("sig");
  const found = signature === null ? undefined : world.grants.get(signature);
  if (found === undefined || query.get("sr") !== (found.blob === undefined ? "c" : "b")) {
    return "Signature did not match. String to sign used was not that of the signature.";
  }
  if (query.get("sp") !== found.permissions || query.get("se") !== expiry(found.expiresAt)) {
    return "Signature did not match. String to sign used was not that of the signature.";
  }
  const now = world.clock.now();
  if (found.expiresAt.getTime() > now.getTime()) return found;
  return `Signature not valid in the specified time frame: Start [] - Expiry [${found.expiresAt.toUTCString()}] - Current [${now.toUTCString()}]`;
}
