/** A blob as the storage lists it. */
export interface ListedBlob {
  /** Full name in its container, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Base64; `undefined` where the storage does not know it, as for a blob sent in blocks without one. */
  readonly md5: string | undefined;
}

/** One page of a list of blobs. */
export interface BlobPage {
  readonly blobs: readonly ListedBlob[];
  /** What asks for the next page; `undefined` on the last. */
  readonly nextMarker: string | undefined;
}

/** An element of XML: its text, or its children by name, in a list where a name comes more than once. */
type Xml = string | { readonly [name: string]: Xml | readonly Xml[] } | undefined;

/** The query that lists the blobs of a container whose names begin with `prefix`. */
export function blobListQuery(prefix: string, marker?: string): string {
  const query = { restype: "container", comp: "list", prefix, ...(marker && { marker }) };
  return Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
}

/** Reads an answer to {@linkcode blobListQuery}; `undefined` for what is not XML. */
export async function parseBlobPage(text: string): Promise<BlobPage | undefined> {
  const root = await parse(text);
  if (root === undefined) return undefined;
  return {
    blobs: elements(child(root, "Blobs"), "Blob").map((blob) => {
      const properties = child(blob, "Properties");
      return {
        name: textIn(blob, "Name"),
        sizeBytes: Number(textIn(properties, "Content-Length")),
        md5: textIn(properties, "Content-MD5") || undefined,
      };
    }),
    nextMarker: textIn(root, "NextMarker") || undefined,
  };
}

/**
 * Reads the list of a blob's blocks that were sent and not committed: bytes by the block's id. `undefined` for what is
 * not XML.
 */
export async function parseBlockList(text: string): Promise<Map<string, number> | undefined> {
  const root = await parse(text);
  if (root === undefined) return undefined;
  const blocks = elements(child(root, "UncommittedBlocks"), "Block");
  return new Map(blocks.map((block) => [textIn(block, "Name"), Number(textIn(block, "Size"))]));
}

/** The parser is loaded with the first answer: most commands never list blobs. */
async function parse(text: string): Promise<Xml> {
  const { parseXML } = await import("@azure/core-xml");
  try {
    return await parseXML(text);
  } catch {
    return undefined;
  }
}

function elements(parent: Xml, name: string): readonly Xml[] {
  const found = typeof parent === "object" ? parent[name] : undefined;
  return Array.isArray(found) ? found : found === undefined ? [] : [found as Xml];
}

function child(parent: Xml, name: string): Xml {
  return elements(parent, name)[0];
}

/** An element with attributes, such as `Encoded`, keeps its text under `_`. */
function textIn(parent: Xml, name: string): string {
  const found = child(parent, name);
  const text = typeof found === "object" ? found._ : found;
  return typeof text === "string" ? text : "";
}
