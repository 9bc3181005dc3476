import { escapeXml } from "../../core/text/sanitize.ts";
import { blobError } from "../storage/error.ts";
import { type BlobCall, blobHeaders, committed } from "./write.ts";
import { contentChunks } from "../storage/store.ts";
import type { Blob } from "../world/contents.ts";
import { compareText } from "../../core/text/names.ts";

/** Get Blob and Get Blob Properties. */
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

/** Lists the blobs of a container. */
export function answerBlobList({ world, container, query }: BlobCall): Response {
  const [prefix, marker] = [query.get("prefix") ?? "", query.get("marker") ?? ""];
  const size = Math.min(Number(query.get("maxresults") ?? 5000), 5000);
  const all = [...container.blobs].filter(([name, blob]) =>
    !blob.isUncommitted && name.startsWith(prefix) && name >= marker
  ).sort(([a], [b]) => compareText(a, b));
  const shown = all.slice(0, size).map(([name, blob]) =>
    `<Blob><Name>${escapeXml(name)}</Name>${listedProperties(name, blob)}${
      listedMetadata(blob, query)
    }<OrMetadata /></Blob>`
  );
  const next = all[size]?.[0];
  const xml = '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ServiceEndpoint="${
      world.links.blob(container.account)
    }/" ContainerName="${container.name}">` +
    `<Prefix>${escapeXml(prefix)}</Prefix><Blobs>${shown.join("")}</Blobs>` +
    `${
      next === undefined ? "<NextMarker />" : `<NextMarker>${escapeXml(next)}</NextMarker>`
    }</EnumerationResults>`;
  return new Response(xml, { headers: { "content-type": "application/xml", "x-ms-version": "2024-08-04" } });
}

function listedProperties(name: string, { modifiedAt, etag, sizeBytes, contentType, md5 }: Blob): string {
  const date = modifiedAt.toUTCString();
  return `<Properties><Creation-Time>${date}</Creation-Time><Last-Modified>${date}</Last-Modified>` +
    `<Etag>${etag.replaceAll('"', "")}</Etag><Content-Length>${sizeBytes}</Content-Length>` +
    `<Content-Type>${escapeXml(contentType)}</Content-Type><Content-Encoding /><Content-Language />` +
    `<Content-CRC64 /><Content-MD5>${md5 ?? ""}</Content-MD5><Cache-Control /><Content-Disposition />` +
    `<BlobType>${isLog(name) ? "AppendBlob" : "BlockBlob"}</BlobType>` +
    "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>" +
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>" +
    "<ServerEncrypted>true</ServerEncrypted></Properties>";
}

function listedMetadata({ metadata }: Blob, query: URLSearchParams): string {
  if (!/\bmetadata\b/.test(query.get("include") ?? "")) return "";
  const listed = Object.entries(metadata).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return listed.length === 0 ? "<Metadata />" : `<Metadata>${listed.join("")}</Metadata>`;
}

/** Get Block List: the uncommitted blocks of a blob. */
export function answerBlockList({ container, name }: BlobCall): Response {
  const blob = container.blobs.get(name);
  if (blob === undefined) throw blobError("BlobNotFound");
  const blocks = [...blob.staged].map(([id, { sizeBytes }]) =>
    `<Block><Name>${escapeXml(id)}</Name><Size>${sizeBytes}</Size></Block>`
  );
  const xml = '<?xml version="1.0" encoding="utf-8"?><BlockList>' +
    `<UncommittedBlocks>${blocks.join("")}</UncommittedBlocks></BlockList>`;
  return new Response(xml, { headers: { "content-type": "application/xml" } });
}
