import { BlobRefusal, escapeXml } from "../storage/error.ts";
import type { BlobCall } from "./call.ts";
import { blobHeaders, committed } from "./write.ts";
import { contentChunks } from "../storage/store.ts";
import type { Blob } from "../world/contents.ts";

/** Get Blob and Get Blob Properties. */
export function readBlob(call: BlobCall): Response {
  const blob = committed(call);
  const headers: Record<string, string> = {
    ...blobHeaders(blob),
    "accept-ranges": "bytes",
    "content-type": blob.contentType,
    "x-ms-blob-type": "BlockBlob",
    "x-ms-server-encrypted": "true",
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
  if (blob.pieces === undefined) {
    throw new BlobRefusal(
      409,
      "BlobTooLarge",
      "The emulator keeps no more than the size of a blob as large as this.",
    );
  }
  const asked = call.request.headers.get("x-ms-range") ?? call.request.headers.get("range");
  const range = asked === null ? undefined : rangeOf(asked, blob);
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

/** A partial response has the whole blob's MD5 in another header. */
function partHeaders({ "content-md5": md5, ...headers }: Record<string, string>): Record<string, string> {
  return md5 === undefined ? headers : { ...headers, "x-ms-blob-content-md5": md5 };
}

/** The half-open byte range of a header; `undefined` if it is not a byte range. */
function rangeOf(asked: string, { sizeBytes }: Blob): { from: number; to: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(asked) ?? [];
  if (first === "" && last === "") return undefined;
  // Blob storage does not support suffix ranges and sends the whole blob.
  if (first === "") return undefined;
  const from = Number(first);
  if (from >= sizeBytes) {
    throw new BlobRefusal(
      416,
      "InvalidRange",
      "The range specified is invalid for the current size of the resource.",
    );
  }
  return { from, to: last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

/** Lists the blobs of a container. */
export function answerBlobList({ container, query }: BlobCall): Response {
  const [prefix, marker] = [query.get("prefix") ?? "", query.get("marker") ?? ""];
  const size = Math.min(Number(query.get("maxresults") ?? 5000), 5000);
  const all = [...container.blobs].filter(([name, blob]) =>
    !blob.isUncommitted && name.startsWith(prefix) && name >= marker
  ).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = all.slice(0, size).map(([name, blob]) =>
    `<Blob><Name>${
      escapeXml(name)
    }</Name><Properties><Last-Modified>${blob.modifiedAt.toUTCString()}</Last-Modified>` +
    `<Etag>${escapeXml(blob.etag)}</Etag><Content-Length>${blob.sizeBytes}</Content-Length>` +
    `<Content-Type>${escapeXml(blob.contentType)}</Content-Type><Content-MD5>${
      blob.md5 ?? ""
    }</Content-MD5>` +
    "<BlobType>BlockBlob</BlobType></Properties></Blob>"
  );
  const xml = '<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ContainerName="${container.name}"><Prefix>${escapeXml(prefix)}</Prefix>` +
    `<Blobs>${shown.join("")}</Blobs><NextMarker>${
      escapeXml(all[size]?.[0] ?? "")
    }</NextMarker></EnumerationResults>`;
  return new Response(xml, { headers: { "content-type": "application/xml", "x-ms-version": "2024-08-04" } });
}

/** Get Block List: the uncommitted blocks of a blob. */
export function answerBlockList({ container, name }: BlobCall): Response {
  const blob = container.blobs.get(name);
  if (blob === undefined) throw new BlobRefusal(404, "BlobNotFound", "The specified blob does not exist.");
  const blocks = [...blob.staged].map(([id, { sizeBytes }]) =>
    `<Block><Name>${escapeXml(id)}</Name><Size>${sizeBytes}</Size></Block>`
  );
  const xml = '<?xml version="1.0" encoding="utf-8"?><BlockList>' +
    `<UncommittedBlocks>${blocks.join("")}</UncommittedBlocks></BlockList>`;
  return new Response(xml, { headers: { "content-type": "application/xml" } });
}
