import { blobError, BlobRefusal } from "../storage/error.ts";
import { type BlobOptions, createBlob, forget, join, keepContent, md5 } from "../storage/store.ts";
import type { Blob, Container, Content } from "../world/contents.ts";
import { trimEnd } from "../../core/text/trim.ts";
import type { World } from "../world/world.ts";

/** A parsed request to a blob or a container. */
export interface BlobCall {
  readonly world: World;
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly container: Container;
  /** Empty for the container itself. */
  readonly name: string;
}

/** Put Blob. */
export async function putBlob(call: BlobCall): Promise<Response> {
  const type = call.request.headers.get("x-ms-blob-type");
  if (type === null) throw missingHeader("x-ms-blob-type");
  if (type !== "BlockBlob") {
    throw new BlobRefusal(400, "InvalidHeaderValue", "The emulator keeps block blobs only.");
  }
  checkConditions(call);
  const sent = call.request.headers.get("content-md5");
  return save(call, await sentContent(call), sent === null ? {} : { md5: sent });
}

/** Put Block: stages a block until a block list names it. */
export async function stageBlock(call: BlobCall): Promise<Response> {
  const id = call.query.get("blockid");
  if (id === null || id === "") {
    throw new BlobRefusal(
      400,
      "InvalidQueryParameterValue",
      "Value for one of the query parameters specified in the request URI is invalid.",
    );
  }
  const content = await sentContent(call);
  const { world, container, name } = call;
  const before = container.blobs.get(name) ??
    createBlob(world, { sizeBytes: 0 }, { isUncommitted: true });
  if ([...before.staged.keys()].some((blockId) => idLength(blockId) !== idLength(id))) {
    throw blobError("InvalidBlobOrBlock");
  }
  forget(world, before.staged.get(id) ?? { sizeBytes: 0 });
  container.blobs.set(name, { ...before, staged: new Map([...before.staged, [id, content]]) });
  return new Response(null, { status: 201, headers: { "x-ms-request-server-encrypted": "true" } });
}

/** Length of a block id. All ids of a blob must be equally long. */
function idLength(id: string): number {
  return trimEnd(id, "=").length;
}

/** Put Block List: creates a blob from staged blocks, and from those that it has. */
export async function commitBlocks(call: BlobCall): Promise<Response> {
  checkConditions(call);
  const before = call.container.blobs.get(call.name);
  const text = await call.request.text();
  const listed = [...text.matchAll(/<(Committed|Latest|Uncommitted)>([^<]+)<\/\1>/g)].map(
    ([, list, name]) => {
      const id = name!.trim();
      const block = (list === "Committed" ? undefined : before?.staged.get(id)) ??
        (list === "Uncommitted" ? undefined : before?.blocks?.get(id));
      if (block !== undefined) return [id, block] as const;
      throw blobError("InvalidBlockList");
    },
  );
  const whole = join(call.world, listed.map(([, block]) => block));
  return save(call, whole, { ...(whole.pieces && { blocks: new Map(listed) }) });
}

/** Replaces a blob's metadata. */
export function setMetadata(call: BlobCall): Response {
  const changed = createBlob(call.world, committed(call), { metadata: metadataOf(call.request) });
  call.container.blobs.set(call.name, changed);
  const { "content-md5": _, ...headers } = blobHeaders(changed);
  return new Response(null, {
    status: 200,
    headers: { ...headers, "x-ms-request-server-encrypted": "true" },
  });
}

/** Removes a blob. */
export function deleteBlob(call: BlobCall): Response {
  forget(call.world, committed(call));
  call.container.blobs.delete(call.name);
  return new Response(null, { status: 202 });
}

/** Finds a committed blob. @throws {BlobRefusal} 404 if there is none. */
export function committed({ container, name }: BlobCall): Blob {
  const blob = container.blobs.get(name);
  if (blob !== undefined && !blob.isUncommitted) return blob;
  throw blobError("BlobNotFound");
}

function save(call: BlobCall, content: Content, known: BlobOptions): Response {
  const { world, container, name, request: { headers } } = call;
  const before = container.blobs.get(name);
  if (before !== undefined) forget(world, before, content);
  const sentMd5 = headers.get("x-ms-blob-content-md5");
  const options: BlobOptions = {
    ...known,
    contentType: headers.get("x-ms-blob-content-type") ?? headers.get("content-type") ??
      "application/octet-stream",
    metadata: metadataOf(call.request),
    ...(sentMd5 !== null && { md5: sentMd5 }),
  };
  const blob = createBlob(world, content, options);
  container.blobs.set(name, blob);
  return new Response(null, {
    status: 201,
    headers: { ...blobHeaders(blob), "x-ms-request-server-encrypted": "true" },
  });
}

async function sentContent({ world, request }: BlobCall): Promise<Content> {
  if (request.headers.get("transfer-encoding") === "chunked") throw blobError("MissingContentLengthHeader");
  const bytes = new Uint8Array(await request.arrayBuffer());
  const sentMd5 = request.headers.get("content-md5");
  if (sentMd5 !== null && sentMd5 !== md5(bytes)) throw blobError("Md5Mismatch");
  return await keepContent(world, bytes);
}

function checkConditions({ container, name, request: { headers } }: BlobCall): void {
  const before = container.blobs.get(name);
  const existing = before !== undefined && !before.isUncommitted ? before : undefined;
  const noneMatch = headers.get("if-none-match");
  if (noneMatch === "*" && existing !== undefined) throw blobError("BlobAlreadyExists");
  const match = headers.get("if-match");
  const isOther = match !== null && (existing === undefined || match !== "*" && match !== existing.etag);
  if (!isOther && (noneMatch === null || noneMatch !== existing?.etag)) return;
  throw blobError("ConditionNotMet");
}

function metadataOf(request: Request): Readonly<Record<string, string>> {
  const own = [...request.headers].filter(([name]) => name.startsWith("x-ms-meta-"));
  return Object.fromEntries(own.map(([name, value]) => [name.slice("x-ms-meta-".length), value]));
}

/** The headers of every response about a blob. */
export function blobHeaders(blob: Blob): Record<string, string> {
  return {
    etag: blob.etag,
    "last-modified": blob.modifiedAt.toUTCString(),
    "x-ms-version": "2024-08-04",
    ...(blob.md5 !== undefined && { "content-md5": blob.md5 }),
  };
}

function missingHeader(name: string): BlobRefusal {
  return new BlobRefusal(
    400,
    "MissingRequiredHeader",
    `An HTTP header that's mandatory for this request is not specified: ${name}.`,
  );
}
