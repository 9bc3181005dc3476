import {
  answerBlobList,
  answerBlockList,
  type BlobCall,
  blobError,
  BlobRefusal,
  blobRefused,
  commitBlocks,
  deleteBlob,
  putBlob,
  readBlob,
  setMetadata,
  stageBlock,
} from "./storage/blob_requests.ts";
import { keepArtifacts, keepOutputs } from "./jobs/run_files.ts";
import { readGrant } from "./storage/sas.ts";
import { bearerOf, isGoodToken } from "./http/entra.ts";
import { findContainer, type World } from "./state/world.ts";

/** The blob service of the workspaces' storage accounts: block blobs, authorized by SAS or token. */
export async function blobs(
  world: World,
  request: Request,
  account: string,
  path: string,
): Promise<Response> {
  try {
    const [containerName = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
    const query = new URL(request.url).searchParams;
    const target = { account, container: containerName, name: rest.join("/") };
    authorize(world, request, query, target);
    requirePlainName(target.name);
    const container = findContainer(world, account, containerName);
    if (container === undefined) throw blobError("ContainerNotFound");
    return withVersion(request, await handle({ world, request, query, container, name: target.name }));
  } catch (thrown) {
    if (thrown instanceof BlobRefusal) return withVersion(request, blobRefused(world, request, thrown));
    throw thrown;
  }
}

/** Names the version of the service that the request asked for, as the service does. */
function withVersion(request: Request, response: Response): Response {
  const version = request.headers.get("x-ms-version");
  if (version !== null) response.headers.set("x-ms-version", version);
  return response;
}

async function handle(call: BlobCall): Promise<Response> {
  const { request: { method }, query, name } = call;
  const operation = `${method} ${query.get("comp") ?? ""}`;
  switch (name === "" ? `${operation} of container` : operation) {
    case "GET list of container":
      await keepArtifacts(call.world, call.container, query.get("prefix") ?? "");
      await keepOutputs(call.world, call.container, `${query.get("prefix") ?? ""}/`);
      return answerBlobList(call);
    case "GET ":
    case "HEAD ":
      return readBlob(call);
    case "DELETE ":
      return deleteBlob(call);
    case "PUT ":
      return await putBlob(call);
    case "PUT block":
      return await stageBlock(call);
    case "PUT blocklist":
      return await commitBlocks(call);
    case "PUT metadata":
      return setMetadata(call);
    case "GET blocklist":
      if (query.get("blocklisttype") === "uncommitted") return answerBlockList(call);
  }
  throw new BlobRefusal(
    400,
    "InvalidQueryParameterValue",
    `The emulator has no operation '${method} comp=${query.get("comp") ?? ""}' here.`,
  );
}

/**
 * Rejects blob names that could escape a folder when used as file names; real blob storage accepts some of them.
 *
 * @throws {BlobRefusal} 400.
 */
function requirePlainName(name: string): void {
  const isTrick = name.split("/").some((part) => part === "." || part === "..") ||
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f\\]/.test(name) || name.startsWith("/");
  if (!isTrick && name.length <= 1024) return;
  throw blobError("InvalidResourceName");
}

/** The SAS permissions of which the request needs at least one, as letters. */
function permissionOf(method: string): string {
  if (method === "GET" || method === "HEAD") return "r";
  if (method === "DELETE") return "d";
  return "cw";
}

function authorize(
  world: World,
  request: Request,
  query: URLSearchParams,
  target: Parameters<typeof readGrant>[2],
): void {
  if (query.has("sig")) {
    const grant = readGrant(world, query, target);
    if (typeof grant === "string") throw blobError("AuthenticationFailed", { detail: grant });
    const isEnough = [...permissionOf(request.method)].some((letter) => grant.permissions.includes(letter));
    if (!isEnough) throw blobError("AuthorizationPermissionMismatch");
    return;
  }
  const header = request.headers.get("authorization");
  const isStorage = (audience: string) =>
    /^https:\/\/(storage\.azure\.com|[a-z0-9]+\.blob\.core\.windows\.net)\/?$/.test(audience);
  if (header === null) throw blobError("NoAuthenticationInformation");
  if (isGoodToken(world, bearerOf(header), isStorage)) return;
  throw blobError("InvalidAuthenticationInfo", { detail: "Issuer or audience validation failed." });
}
