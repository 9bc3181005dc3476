import { trimEnd } from "../../core/format.ts";
import { compareText } from "../../core/text_match.ts";
import { escaped } from "../../core/untrusted.ts";
import type { Blob, Container, Content } from "../state/records.ts";
import type { World } from "../state/world.ts";
import { contentChunks, createBlob, forget, join, keepContent, md5 } from "./blob_content.ts";

export function readBlob(call: BlobCall): Response {
  const blob = committed(call);
  const headers: Record<string, string> = {
    ...blobHeaders(blob),
    "accept-ranges": "bytes",
    "content-type": blob.contentType,
    ...typeHeaders(call, blob),
    "x-ms-server-encrypted": "true",
    "x-ms-lease-state": "available",
    "x-ms-lease-status": "unlocked",
    "x-ms-access-tier": "Hot",
    "x-ms-access-tier-inferred": "true",
    "x-ms-creation-time": blob.modifiedAt.toUTCString(),
    ...Object.fromEntries(Object.entries(blob.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value])),
  };
  if (call.request.method === "HEAD") {
    return new Response(null, {
      status: 200,
      headers: { ...headers, "content-length": String(blob.sizeBytes) },
    });
  }
  if (call.request.headers.get("if-none-match") === blob.etag) {
    return new Response(null, { status: 304, headers });
  }
  if (blob.pieces === undefined) throw blobError("BlobTooLarge");
  const header = call.request.headers.get("x-ms-range") ?? call.request.headers.get("range");
  const range = header === null ? undefined : rangeOf(header, blob);
  const body = (from: number, to: number) =>
    from === to ? null : ReadableStream.from(contentChunks(call.world, blob, from, to));
  const length = (bytes: number) => ({ "content-length": String(bytes) });
  if (range === undefined) {
    return new Response(body(0, blob.sizeBytes), {
      status: 200,
      headers: { ...headers, ...length(blob.sizeBytes) },
    });
  }
  const { from, to } = range;
  return new Response(body(from, to), {
    status: 206,
    headers: {
      ...partHeaders(headers),
      ...length(to - from),
      "content-range": `bytes ${from}-${to - 1}/${blob.sizeBytes}`,
    },
  });
}

/** Logs are append blobs of one block, or none while they are empty. */
function typeHeaders({ name }: BlobCall, { sizeBytes }: Blob): Record<string, string> {
  if (!isLog(name)) return { "x-ms-blob-type": "BlockBlob" };
  return {
    "x-ms-blob-type": "AppendBlob",
    "x-ms-blob-committed-block-count": sizeBytes === 0 ? "0" : "1",
  };
}

function isLog(name: string): boolean {
  return /^ExperimentRun\/[^/]+\/(?:user_logs|logs\/azureml)\//.test(name);
}

/** A partial response has the whole blob's MD5 in another header. */
function partHeaders({ "content-md5": md5, ...headers }: Record<string, string>): Record<string, string> {
  return md5 === undefined ? headers : { ...headers, "x-ms-blob-content-md5": md5 };
}

/** The half-open byte range of a header; `undefined` if it is not a byte range. */
function rangeOf(asked: string, { sizeBytes }: Blob): { from: number; to: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(asked) ?? [];
  // Blob storage does not support suffix ranges and sends the whole blob.
  if (first === "") return undefined;
  const from = Number(first);
  if (from >= sizeBytes) {
    throw blobError("InvalidRange", { headers: { "content-range": `bytes */${sizeBytes}` } });
  }
  return { from, to: last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

export function answerBlobList({ world, container, query }: BlobCall): Response {
  const [prefix, marker] = [query.get("prefix") ?? "", query.get("marker") ?? ""];
  const size = Math.min(Number(query.get("maxresults") ?? 5000), 5000);
  const all = [...container.blobs].filter(([name, blob]) =>
    !blob.isUncommitted && name.startsWith(prefix) && name >= marker
  ).sort(([a], [b]) => compareText(a, b));
  const shown = all.slice(0, size).map(([name, blob]) =>
    `<Blob><Name>${escaped.xml(name)}</Name>${listedProperties(name, blob)}${
      listedMetadata(blob, query)
    }<OrMetadata /></Blob>`
  );
  const next = all[size]?.[0];
  const xml = '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ServiceEndpoint="${
      world.links.blob(container.account)
    }/" ContainerName="${container.name}">` +
    `<Prefix>${escaped.xml(prefix)}</Prefix><Blobs>${shown.join("")}</Blobs>` +
    `${
      next === undefined ? "<NextMarker />" : `<NextMarker>${escaped.xml(next)}</NextMarker>`
    }</EnumerationResults>`;
  return new Response(xml, { headers: { "content-type": "application/xml", "x-ms-version": "2024-08-04" } });
}

function listedProperties(name: string, { modifiedAt, etag, sizeBytes, contentType, md5 }: Blob): string {
  const date = modifiedAt.toUTCString();
  return `<Properties><Creation-Time>${date}</Creation-Time><Last-Modified>${date}</Last-Modified>` +
    `<Etag>${etag.replaceAll('"', "")}</Etag><Content-Length>${sizeBytes}</Content-Length>` +
    `<Content-Type>${escaped.xml(contentType)}</Content-Type><Content-Encoding /><Content-Language />` +
    `<Content-CRC64 /><Content-MD5>${md5 ?? ""}</Content-MD5><Cache-Control /><Content-Disposition />` +
    `<BlobType>${isLog(name) ? "AppendBlob" : "BlockBlob"}</BlobType>` +
    "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>" +
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>" +
    "<ServerEncrypted>true</ServerEncrypted></Properties>";
}

function listedMetadata({ metadata }: Blob, query: URLSearchParams): string {
  if (!/\bmetadata\b/.test(query.get("include") ?? "")) return "";
  const listed = Object.entries(metadata).map(([name, value]) => `<${name}>${escaped.xml(value)}</${name}>`);
  return listed.length === 0 ? "<Metadata />" : `<Metadata>${listed.join("")}</Metadata>`;
}

/** Get Block List: the uncommitted blocks of a blob. */
export function answerBlockList({ container, name }: BlobCall): Response {
  const blob = container.blobs.get(name);
  if (blob === undefined) throw blobError("BlobNotFound");
  const blocks = [...blob.staged].map(([id, { sizeBytes }]) =>
    `<Block><Name>${escaped.xml(id)}</Name><Size>${sizeBytes}</Size></Block>`
  );
  const xml = '<?xml version="1.0" encoding="utf-8"?><BlockList>' +
    `<UncommittedBlocks>${blocks.join("")}</UncommittedBlocks></BlockList>`;
  return new Response(xml, { headers: { "content-type": "application/xml" } });
}

export interface BlobCall {
  readonly world: World;
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly container: Container;
  /** Empty for the container itself. */
  readonly name: string;
}

export async function putBlob(call: BlobCall): Promise<Response> {
  const type = call.request.headers.get("x-ms-blob-type");
  if (type === null) throw blobError("MissingRequiredHeader");
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

export function setMetadata(call: BlobCall): Response {
  const changed = createBlob(call.world, committed(call), { metadata: metadataOf(call.request) });
  call.container.blobs.set(call.name, changed);
  const { "content-md5": _, ...headers } = blobHeaders(changed);
  return new Response(null, {
    status: 200,
    headers: { ...headers, "x-ms-request-server-encrypted": "true" },
  });
}

export function deleteBlob(call: BlobCall): Response {
  forget(call.world, committed(call));
  call.container.blobs.delete(call.name);
  return new Response(null, { status: 202 });
}

/** Finds a committed blob. @throws {BlobRefusal} 404 if there is none. */
function committed({ container, name }: BlobCall): Blob {
  const blob = container.blobs.get(name);
  if (blob !== undefined && !blob.isUncommitted) return blob;
  throw blobError("BlobNotFound");
}

function save(call: BlobCall, content: Content, known: Parameters<typeof createBlob>[2]): Response {
  const { world, container, name, request: { headers } } = call;
  const before = container.blobs.get(name);
  if (before !== undefined) forget(world, before, content);
  const sentMd5 = headers.get("x-ms-blob-content-md5");
  const options = {
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

function blobHeaders(blob: Blob): Record<string, string> {
  return {
    etag: blob.etag,
    "last-modified": blob.modifiedAt.toUTCString(),
    "x-ms-version": "2024-08-04",
    ...(blob.md5 !== undefined && { "content-md5": blob.md5 }),
  };
}

export class BlobRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

interface RefusalDetails {
  /** Why a signature or token was rejected. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Status and message of errors whose text never changes, by their codes. */
const REFUSALS = {
  AuthenticationFailed: [
    403,
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
  ],
  AuthorizationPermissionMismatch: [
    403,
    "This request is not authorized to perform this operation using this permission.",
  ],
  BlobAlreadyExists: [409, "The specified blob already exists."],
  BlobNotFound: [404, "The specified blob does not exist."],
  BlobTooLarge: [409, "The emulator keeps only the size of a blob this large."],
  ConditionNotMet: [412, "The condition specified using HTTP conditional header(s) is not met."],
  ContainerNotFound: [404, "The specified container does not exist."],
  InvalidAuthenticationInfo: [401, "Server failed to authenticate the request."],
  InvalidBlobOrBlock: [400, "The specified blob or block content is invalid."],
  InvalidBlockList: [400, "The specified block list is invalid."],
  InvalidRange: [416, "The range specified is invalid for the current size of the resource."],
  InvalidResourceName: [400, "The specified resource name contains invalid characters."],
  Md5Mismatch: [
    400,
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
  ],
  MissingContentLengthHeader: [411, "Content-Length HTTP header is missing."],
  MissingRequiredHeader: [
    400,
    "An HTTP header that's mandatory for this request is not specified: x-ms-blob-type.",
  ],
  NoAuthenticationInformation: [
    401,
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
  ],
} as const;

export function blobError(code: keyof typeof REFUSALS, details?: RefusalDetails): BlobRefusal {
  const [status, message] = REFUSALS[code];
  return new BlobRefusal(status, code, message, details);
}

/** Converts a refusal to blob storage's error response: XML, or for HEAD requests only a header. */
export function blobRefused(
  world: Pick<World, "clock" | "random">,
  request: Pick<Request, "method">,
  { status, code, message, details: { detail, headers: more } }: BlobRefusal,
): Response {
  const id = world.random.uuid();
  const text = `${message}\nRequestId:${id}\nTime:${world.clock.now().toISOString()}`;
  const inner = detail === undefined
    ? ""
    : `<AuthenticationErrorDetail>${escaped.xml(detail)}</AuthenticationErrorDetail>`;
  const xml = '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
    `<Error><Code>${code}</Code><Message>${escaped.xml(text)}</Message>${inner}</Error>`;
  const headers = { "x-ms-error-code": code, "x-ms-request-id": id, "x-ms-version": "2024-08-04", ...more };
  if (request.method === "HEAD") return new Response(null, { status, headers });
  return new Response(xml, { status, headers: { ...headers, "content-type": "application/xml" } });
}
