import { createHash } from "node:crypto";
import { listBlobs } from "./blob_list.ts";
import { type BlobCall, blobError, requirePermission } from "./blob_call.ts";
import { readBlob } from "./blob_read.ts";
import { readGrant } from "./sas.ts";
import type { Blob, Container, World } from "./world.ts";

const BLOCK_LIMIT_BYTES = 4000 * 1024 * 1024;

/** Blob storage: block blobs in containers, with a SAS and nothing else. */
export async function blobStorage(
  world: World,
  request: Request,
  { account, path }: { readonly account: string; readonly path: string },
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  if (!query.has("sig")) {
    throw blobError(
      world,
      401,
      "NoAuthenticationInformation",
      "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
    );
  }
  const grant = readGrant(world, query);
  if (typeof grant === "string") {
    throw blobError(
      world,
      403,
      "AuthenticationFailed",
      "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
      grant,
    );
  }
  const [containerName = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
  const name = rest.join("/");
  const isWithin = grant.account === account && grant.container === containerName &&
    (grant.blob === undefined || grant.blob === name);
  if (!isWithin) {
    throw blobError(
      world,
      403,
      "AuthenticationFailed",
      "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
      "Signature did not match.",
    );
  }
  const container = world.containers.get(`${account}/${containerName}`);
  if (container === undefined) {
    throw blobError(world, 404, "ContainerNotFound", "The specified container does not exist.");
  }
  return await dispatch({ world, request, query, grant, container, name });
}

async function dispatch(call: BlobCall): Promise<Response> {
  const { request, query, name, world } = call;
  const operation = [request.method, query.get("restype"), query.get("comp")].filter((one) => one !== null)
    .join(" ");
  if (name === "") {
    if (operation === "GET container list") return listBlobs(call);
    if (/^(GET|HEAD) container$/.test(operation)) return done(call, 200, undefined);
    throw blobError(
      world,
      400,
      "InvalidQueryParameterValue",
      `The operation "${operation}" is not supported.`,
    );
  }
  switch (operation) {
    case "PUT":
      return await putBlob(call);
    case "PUT block":
      return await putBlock(call);
    case "PUT blocklist":
      return await putBlockList(call);
    case "PUT metadata":
      return putMetadata(call);
    case "GET":
    case "HEAD":
      return readBlob(call);
    default:
      throw blobError(
        world,
        400,
        "InvalidQueryParameterValue",
        `The operation "${operation}" is not supported.`,
      );
  }
}

async function putBlob(call: BlobCall): Promise<Response> {
  const { request, world } = call;
  requireWrite(call);
  const kind = request.headers.get("x-ms-blob-type");
  if (kind === null) {
    throw blobError(
      world,
      400,
      "MissingRequiredHeader",
      "An HTTP header that's mandatory for this request is not specified. x-ms-blob-type",
    );
  }
  if (kind !== "BlockBlob") {
    throw blobError(
      world,
      400,
      "InvalidHeaderValue",
      "The value for one of the HTTP headers is not in the correct format. x-ms-blob-type",
    );
  }
  return save(call, await content(call));
}

async function content({ request, world }: BlobCall): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) !== bytes.length) {
    throw blobError(world, 400, "IncompleteBody", "The request body is incomplete.");
  }
  if (bytes.length > BLOCK_LIMIT_BYTES) {
    throw blobError(
      world,
      413,
      "RequestBodyTooLarge",
      "The request body is too large and exceeds the maximum permissible limit.",
    );
  }
  const expected = request.headers.get("content-md5");
  if (expected !== null && expected !== md5(bytes)) {
    throw blobError(
      world,
      400,
      "Md5Mismatch",
      "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
    );
  }
  return bytes;
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

function save(call: BlobCall, bytes: Uint8Array<ArrayBuffer>): Response {
  const { request, container, name, world } = call;
  const { headers } = request;
  const metadata: Record<string, string> = {};
  for (const [key, value] of headers) if (key.startsWith("x-ms-meta-")) metadata[key.slice(10)] = value;
  const blob: Blob = {
    content: bytes,
    contentType: headers.get("x-ms-blob-content-type") ?? headers.get("content-type") ??
      "application/octet-stream",
    md5: headers.get("x-ms-blob-content-md5") ?? (call.query.has("comp") ? undefined : md5(bytes)),
    metadata,
    etag: etagOf(call),
    modifiedAt: world.clock.now(),
    staged: new Map(),
    isUncommitted: false,
  };
  container.blobs.set(name, blob);
  const sum = headers.get("content-md5") ?? blob.md5;
  return done(call, 201, blob, {
    "x-ms-request-server-encrypted": "true",
    ...(sum && { "content-md5": sum }),
  });
}

async function putBlock(call: BlobCall): Promise<Response> {
  const { query, container, name, world } = call;
  requireWrite(call, false);
  const id = query.get("blockid");
  if (!id) {
    throw blobError(
      world,
      400,
      "MissingRequiredQueryParameter",
      "A query parameter that's mandatory for this request is not specified. blockid",
    );
  }
  const bytes = await content(call);
  const before = container.blobs.get(name) ?? uncommitted(call);
  container.blobs.set(name, before);
  before.staged.set(id, bytes);
  return done(call, 201, undefined, { "x-ms-request-server-encrypted": "true", "content-md5": md5(bytes) });
}

function uncommitted(call: BlobCall): Blob {
  return {
    content: new Uint8Array(),
    contentType: "application/octet-stream",
    md5: undefined,
    metadata: {},
    etag: etagOf(call),
    modifiedAt: call.world.clock.now(),
    staged: new Map(),
    isUncommitted: true,
  };
}

async function putBlockList(call: BlobCall): Promise<Response> {
  const { request, container, name, world } = call;
  requireWrite(call);
  const ids = [...(await request.text()).matchAll(/<(?:Latest|Uncommitted)>([^<]+)<\//g)].map((match) =>
    match[1]!
  );
  const staged = container.blobs.get(name)?.staged ?? new Map<string, Uint8Array<ArrayBuffer>>();
  const blocks = ids.map((id) => {
    const block = staged.get(id);
    if (block === undefined) {
      throw blobError(world, 400, "InvalidBlockList", "The specified block list is invalid.");
    }
    return block;
  });
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let offset = 0;
  for (const block of blocks) {
    bytes.set(block, offset);
    offset += block.length;
  }
  return save(call, bytes);
}

function putMetadata(call: BlobCall): Response {
  const { request, container, name, world } = call;
  requirePermission(call, "w");
  const blob = committed(container, name);
  if (blob === undefined) throw blobError(world, 404, "BlobNotFound", "The specified blob does not exist.");
  const metadata: Record<string, string> = {};
  for (const [key, value] of request.headers) {
    if (key.startsWith("x-ms-meta-")) metadata[key.slice(10)] = value;
  }
  const changed = { ...blob, metadata, etag: etagOf(call), modifiedAt: world.clock.now() };
  container.blobs.set(name, changed);
  return done(call, 200, changed, { "x-ms-request-server-encrypted": "true" });
}

function requireWrite(call: BlobCall, isWhole = true): void {
  const { request, container, name, world, grant } = call;
  const existing = committed(container, name);
  if (!grant.permissions.includes("w") && !(existing === undefined && grant.permissions.includes("c"))) {
    requirePermission(call, "w");
  }
  if (isWhole && request.headers.get("if-none-match") === "*" && existing !== undefined) {
    throw blobError(world, 409, "BlobAlreadyExists", "The specified blob already exists.");
  }
  if (request.headers.get("content-length") === null && request.headers.get("transfer-encoding") !== null) {
    throw blobError(world, 411, "MissingContentLengthHeader", "Content-Length HTTP header is missing");
  }
}

function committed(container: Container, name: string): Blob | undefined {
  const blob = container.blobs.get(name);
  return blob?.isUncommitted ? undefined : blob;
}

function etagOf({ world }: BlobCall): string {
  return `"0x8DE${world.random.uuid().replaceAll("-", "").slice(-12).toUpperCase()}"`;
}

function done(
  call: BlobCall,
  status: number,
  blob: Blob | undefined,
  more: Record<string, string> = {},
): Response {
  return new Response(null, {
    status,
    headers: {
      "x-ms-version": call.request.headers.get("x-ms-version") ?? "2024-08-04",
      ...(blob && { etag: blob.etag, "last-modified": blob.modifiedAt.toUTCString() }),
      ...more,
    },
  });
}
