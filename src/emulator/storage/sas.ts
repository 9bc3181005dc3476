import type { Grant, World } from "../state/world.ts";

type NewGrant = Omit<Grant, "expiresAt">;

/** Creates a SAS for all containers of an account, as Azure ML gives for a datastore. @returns a query. */
export function grantAccount(world: World, account: string): string {
  return grant(world, { account, permissions: "rcuwdl" }, { srt: "co", ss: "bf" });
}

/** Creates a SAS URL for a container, for 8 hours from 10 minutes ago, signed with a key of Azure ML's own identity. */
export function grantContainer(world: World, request: NewGrant & { readonly container: string }): string {
  const at = world.clock.now().getTime();
  const identity = {
    skoid: world.identity.objectId,
    sktid: world.identity.tenant,
    sks: "b",
    skv: "2019-07-07",
  };
  const query = grant(world, request, {
    ...identity,
    st: sasTime(new Date(at - 600_000)),
    sr: "c",
  }, 8 * HOUR_MS);
  return `${world.links.blob(request.account)}/${request.container}?${query}`;
}

export function grantBlob(
  world: World,
  request: NewGrant & { readonly container: string; readonly blob: string },
): string {
  const path = request.blob.split("/").map(encodeURIComponent).join("/");
  const url = `${world.links.blob(request.account)}/${request.container}/${path}`;
  return `${url}?${grant(world, request, { sr: "b" })}`;
}

/** Number of SAS to remember; the oldest are dropped. */
const MOST_GRANTS = 10_000;

const HOUR_MS = 3_600_000;

function grant(
  world: World,
  request: NewGrant,
  scope: Readonly<Record<string, string>>,
  defaultMs = HOUR_MS,
): string {
  const lifetimeMs = world.sasLifetimeMs ?? defaultMs;
  const signature = btoa(world.random.uuid().replaceAll("-", ""));
  const expiresAt = new Date(Math.floor((world.clock.now().getTime() + lifetimeMs) / 1000) * 1000);
  world.grants.set(signature, { ...request, expiresAt });
  const oldest = world.grants.keys().next().value;
  if (world.grants.size > MOST_GRANTS && oldest !== undefined) world.grants.delete(oldest);
  return new URLSearchParams({
    sv: "2024-08-04",
    sig: signature,
    se: sasTime(expiresAt),
    ...scope,
    sp: request.permissions,
  }).toString();
}

function sasTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Checks whether the SAS of a request is for a blob. @returns its scope, or why it is invalid. */
export function readGrant(
  world: World,
  query: URLSearchParams,
  { account, container, name }: Readonly<Record<"account" | "container" | "name", string>>,
): Grant | string {
  const grant = world.grants.get(query.get("sig") ?? "");
  const scope = grant?.container === undefined ? null : grant.blob === undefined ? "c" : "b";
  const isSigned = grant !== undefined && query.get("sr") === scope &&
    query.get("sp") === grant.permissions &&
    query.get("se") === sasTime(grant.expiresAt) && grant.account === account &&
    (grant.container ?? container) === container && (grant.blob ?? name) === name;
  if (!isSigned) return "Signature did not match. String to sign used was not that of the signature.";
  const now = world.clock.now();
  if (grant.expiresAt.getTime() > now.getTime()) return grant;
  return `Signature not valid in the specified time frame: Start [] - Expiry [${grant.expiresAt.toUTCString()}] - Current [${now.toUTCString()}]`;
}
