import { type BlobCall, blobError, requirePermission } from "./blob_call.ts";
import type { Blob } from "./world.ts";

/** Answers with a blob, whole or the range that is asked for; HEAD with what is known of it. */
export function readBlob(call: BlobCall): Response {
  const { container, name, request, world } = call;
  requirePermission(call, "r");
  const blob = container.blobs.get(name);
  if (blob === undefined || blob.isUncommitted) {
    throw blobError(world, 404, "BlobNotFound", "The specified blob does not exist.");
  }
  if (request.headers.get("if-none-match") === blob.etag) return new Response(null, { status: 304 });
  const { length } = blob.content;
  if (request.method === "HEAD") {
    return new Response(null, {
      status: 200,
      headers: { ...described(blob), "content-length": String(length) },
    });
  }
  const range = request.headers.get("x-ms-range") ?? request.headers.get("range");
  if (range === null) return new Response(blob.content, { status: 200, headers: described(blob) });
  const [start, end] = span(range, length);
  if (start >= length || start > end) {
    throw blobError(
      world,
      416,
      "InvalidRange",
      "The range specified is invalid for the current size of the resource.",
    );
  }
  return new Response(blob.content.slice(start, end + 1), {
    status: 206,
    headers: { ...described(blob, true), "content-range": `bytes ${start}-${end}/${length}` },
  });
}

/** First and last byte; blob storage takes no range from the end, so that one gets the whole. */
function span(range: string, length: number): readonly [number, number] {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (from === undefined) return [0, length - 1];
  return [Number(from), to === "" ? length - 1 : Math.min(Number(to), length - 1)];
}

function described(blob: Blob, isPart = false): Record<string, string> {
  const { md5 } = blob;
  return {
    "content-type": blob.contentType,
    etag: blob.etag,
    "last-modified": blob.modifiedAt.toUTCString(),
    "accept-ranges": "bytes",
    "x-ms-blob-type": "BlockBlob",
    "x-ms-server-encrypted": "true",
    "x-ms-version": "2024-08-04",
    ...(md5 !== undefined && { [isPart ? "x-ms-blob-content-md5" : "content-md5"]: md5 }),
    ...Object.fromEntries(Object.entries(blob.metadata).map(([key, value]) => [`x-ms-meta-${key}`, value])),
  };
}
