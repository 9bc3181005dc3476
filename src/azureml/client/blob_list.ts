import { readPages } from "./paging.ts";
import { queryText } from "./query.ts";

/** A blob as the list of its container has it. */
export interface ListedBlob {
  /** From the container on, with slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** In base64; empty where the storage does not know it, as for a blob that was written in blocks. */
  readonly md5: string;
}

/** @internal A name, or one that is percent-encoded because XML does not allow its characters. */
type XmlName = string | { readonly _?: string; readonly $?: { readonly Encoded?: string } };

/** @internal A list of blobs as the storage writes it. */
interface BlobListXml {
  readonly Blobs?: { readonly Blob?: BlobXml | readonly BlobXml[] } | "";
  readonly NextMarker?: string;
}

/** @internal One blob of {@linkcode BlobListXml}. */
interface BlobXml {
  readonly Name: XmlName;
  readonly Properties: { readonly "Content-Length": string; readonly "Content-MD5"?: string };
}

/** @internal A list of blocks as the storage writes it. */
interface BlockListXml {
  readonly UncommittedBlocks?: { readonly Block?: BlockXml | readonly BlockXml[] } | "";
}

/** @internal One block of {@linkcode BlockListXml}. */
interface BlockXml {
  readonly Name: string;
  readonly Size: string;
}

/**
 * Yields the blobs of a container whose names start with a prefix.
 *
 * @param read Sends one request to the container, with this query, and gives the XML of the answer.
 * @see https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function listBlobs(
  prefix: string,
  read: (query: string) => Promise<string | null | undefined>,
): AsyncIterable<ListedBlob> {
  return readPages(async (marker) => {
    const query = queryText({
      restype: "container",
      comp: "list",
      prefix,
      ...(marker !== undefined && { marker }),
    });
    const { Blobs, NextMarker } = await parse<BlobListXml>(await read(query));
    const blobs = typeof Blobs === "object" ? listOf(Blobs.Blob) : [];
    return { items: blobs.map(toListedBlob), next: NextMarker };
  });
}

/**
 * Reads the blocks of a blob that no commit has named yet: bytes by id.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/get-block-list
 */
export async function readBlockList(xml: string | null | undefined): Promise<Map<string, number>> {
  const { UncommittedBlocks: blocks } = await parse<BlockListXml>(xml);
  const all = typeof blocks === "object" ? listOf(blocks.Block) : [];
  return new Map(all.map(({ Name, Size }) => [Name, Number(Size)]));
}

/** The parser is loaded when the first list is read: most commands read none. */
async function parse<T extends object>(xml: string | null | undefined): Promise<T> {
  if (!xml) return {} as T;
  const { parseXML } = await import("@azure/core-xml");
  const found = await parseXML(xml);
  return typeof found === "object" ? found : {} as T;
}

function listOf<T>(found: T | readonly T[] | undefined): readonly T[] {
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found as T];
}

function toListedBlob({ Name, Properties }: BlobXml): ListedBlob {
  return {
    name: nameOf(Name),
    sizeBytes: Number(Properties["Content-Length"]),
    md5: Properties["Content-MD5"] ?? "",
  };
}

function nameOf(name: XmlName): string {
  if (typeof name !== "object") return String(name);
  return name.$?.Encoded === "true" ? decodeURIComponent(name._ ?? "") : name._ ?? "";
}
