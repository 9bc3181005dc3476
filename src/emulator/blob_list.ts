import { type BlobCall, requirePermission, xml } from "./blob_call.ts";
import type { Blob } from "./world.ts";

/** Lists blobs, flat, in the order of their names, in pages of at most 5000. */
export function listBlobs(call: BlobCall): Response {
  const { query, container, world } = call;
  requirePermission(call, "l");
  const [prefix, marker] = [query.get("prefix") ?? "", query.get("marker") ?? ""];
  const size = Math.min(5000, Number(query.get("maxresults") ?? 5000));
  const withMetadata = (query.get("include") ?? "").split(",").includes("metadata");
  const found = [...container.blobs]
    .filter(([name, blob]) => name.startsWith(prefix) && name >= marker && !blob.isUncommitted)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = found.slice(0, size).map(([name, blob]) => entry(name, blob, withMetadata)).join("");
  const address = `${world.links.blob(container.account)}/`;
  const body = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="${
    xml(address)
  }" ContainerName="${container.name}"><Prefix>${
    xml(prefix)
  }</Prefix><MaxResults>${size}</MaxResults><Blobs>${shown}</Blobs><NextMarker>${
    xml(found[size]?.[0] ?? "")
  }</NextMarker></EnumerationResults>`;
  return new Response(body, { headers: { "content-type": "application/xml", "x-ms-version": "2024-08-04" } });
}

function entry(name: string, blob: Blob, withMetadata: boolean): string {
  const metadata = Object.entries(blob.metadata).map(([key, value]) => `<${key}>${xml(value)}</${key}>`).join(
    "",
  );
  const md5 = blob.md5 === undefined ? "" : `<Content-MD5>${blob.md5}</Content-MD5>`;
  return `<Blob><Name>${
    xml(name)
  }</Name><Properties><Last-Modified>${blob.modifiedAt.toUTCString()}</Last-Modified>` +
    `<Etag>${blob.etag.replaceAll('"', "")}</Etag><Content-Length>${blob.content.length}</Content-Length>` +
    `<Content-Type>${xml(blob.contentType)}</Content-Type>${md5}<BlobType>BlockBlob</BlobType></Properties>${
      withMetadata ? `<Metadata>${metadata}</Metadata>` : ""
    }</Blob>`;
}
