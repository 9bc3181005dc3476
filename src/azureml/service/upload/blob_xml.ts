import type { PipelineResponse } from "../../../core/net/azure_http.ts";
import { readPages } from "../client/paging.ts";
import { queryText } from "../client/api_versions.ts";
import { notFromAzure } from "../client/read_json.ts";

/** A blob in a storage listing. */
export interface ListedBlob {
  /** Full name in the container, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Base64; `undefined` if the storage has none, as for a blob uploaded in blocks without one. */
  readonly md5: string | undefined;
}

/** One page of a list of blobs. */
export interface BlobPage {
  readonly blobs: readonly ListedBlob[];
  /** Marker to request the next page; `undefined` on the last. */
  readonly nextMarker: string | undefined;
}

/** An XML element: its text, or its children by name, with a list for repeated names. */
type Xml = string | { readonly [name: string]: Xml | readonly Xml[] } | undefined;

/** Which blobs to list. */
export interface BlobListRequest {
  /** As in "Cannot <action>". */
  readonly action: string;
  /** Prefix of the blob names. */
  readonly prefix: string;
}

/**
 * Yields the blobs of a container, page by page.
 *
 * @param send Sends a query to the container; returning `undefined` ends the list.
 * @throws {UserError} `network.answer` if a response is not a blob list.
 */
export function listBlobs(
  { action, prefix }: BlobListRequest,
  send: (query: string) => Promise<PipelineResponse | undefined>,
): AsyncIterable<ListedBlob> {
  return readPages(async (marker) => {
    const query = { restype: "container", comp: "list", prefix, ...(marker !== undefined && { marker }) };
    const response = await send(queryText(query));
    if (response === undefined) return { items: [], next: undefined };
    const page = await parseBlobPage(response.bodyAsText ?? "");
    if (page === undefined) throw notFromAzure(action, response.request.url, response.status);
    return { items: page.blobs, next: page.nextMarker };
  });
}

/** Parses one page of a blob list; `undefined` for anything else, such as a web page. */
export async function parseBlobPage(text: string): Promise<BlobPage | undefined> {
  const root = await parse(text, "EnumerationResults");
  if (root === undefined) return undefined;
  const blobs = elements(child(root, "Blobs"), "Blob").flatMap((blob) => {
    const [name, properties] = [nameOf(child(blob, "Name")), child(blob, "Properties")];
    if (name === undefined) return [];
    return [{
      name,
      sizeBytes: Number(textIn(properties, "Content-Length")),
      md5: textIn(properties, "Content-MD5") || undefined,
    }];
  });
  if (blobs.length < elements(child(root, "Blobs"), "Blob").length) return undefined;
  return { blobs, nextMarker: textIn(root, "NextMarker") || undefined };
}

/** Parses the list of a blob's uncommitted blocks: size in bytes by block id; `undefined` for anything else. */
export async function parseBlockList(text: string): Promise<Map<string, number> | undefined> {
  const root = await parse(text, "BlockList");
  if (root === undefined) return undefined;
  const blocks = elements(child(root, "UncommittedBlocks"), "Block");
  return new Map(blocks.map((block) => [textIn(block, "Name"), Number(textIn(block, "Size"))]));
}

/** The root element of a response. The parser is loaded on first use, because most commands never list blobs. */
async function parse(text: string, root: string): Promise<Xml> {
  const { parseXML } = await import("@azure/core-xml");
  try {
    return child(await parseXML(text, { includeRoot: true }), root);
  } catch {
    return undefined;
  }
}

function elements(parent: Xml, name: string): readonly Xml[] {
  const children = typeof parent === "object" ? parent[name] : undefined;
  return Array.isArray(children) ? children : children === undefined ? [] : [children as Xml];
}

function child(parent: Xml, name: string): Xml {
  return elements(parent, name)[0];
}

function textIn(parent: Xml, name: string): string {
  return textOf(child(parent, name));
}

/** The text of an element; one with attributes has its text under `_`. */
function textOf(element: Xml): string {
  const text = typeof element === "object" ? element._ : element;
  return typeof text === "string" ? text : "";
}

/** A blob name, which is percent-encoded if XML does not allow it; `undefined` if that is malformed. */
function nameOf(element: Xml): string | undefined {
  const isEncoded = textIn(child(element, "$"), "Encoded") === "true";
  try {
    return isEncoded ? decodeURIComponent(textOf(element)) : textOf(element);
  } catch {
    return undefined;
  }
}
