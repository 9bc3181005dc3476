import { ExitCode, UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { isError, type PipelineResponse } from "../../core/net/azure_http.ts";
import {
  type HostRequest,
  isSigned,
  notFromAzure,
  queryText,
  readPages,
  type Workspace,
} from "../client/workspace.ts";
import { STORAGE_HEADERS } from "../../core/net/api_versions.ts";
import { BLOB_ROLE, roleCommand } from "../errors/roles.ts";

export interface BlobFolder {
  /** URL of the container, without a query. */
  readonly containerUrl: string;
  /** The SAS without `?`; `undefined` to use the identity's own token. */
  readonly sas: string | undefined;
  /** Name of a folder at the root of the container. */
  readonly folder: string;
  /** ARM id of the storage account, for the command that assigns a role. */
  readonly storageAccountId: string | undefined;
}

export type UploadedBlob = Pick<ListedBlob, "sizeBytes" | "md5">;

export interface BlobRequest {
  /** As in "Cannot <action>". */
  readonly action: string;
  readonly method: HostRequest["method"];
  /** Blob name relative to the folder; omitted for the container. */
  readonly name?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Error statuses to return instead of throwing. */
  readonly expected?: readonly number[];
}

/** Sends a request to the storage. @throws {UserError} `upload.refused`, `azure.*`, `network.*`. */
export async function sendToStorage(workspace: Workspace, target: BlobFolder, request: BlobRequest) {
  const { action, method, name, query, headers, body, expected = [] } = request;
  const response = await workspace.ask({
    action,
    method,
    url: urlOf(target, name, query),
    headers: { ...STORAGE_HEADERS, ...headers },
    ...(body !== undefined && { body }),
    ...(target.sas === undefined && { scope: workspace.cloud.storageScope }),
  });
  // A file that seems to be written, but by a proxy, would be missing in the job.
  if (method === "PUT" && response.status === 200 && !isSigned(response)) {
    throw notFromAzure(action, response.request.url, response.status);
  }
  if (!isError(response) || expected.includes(response.status)) return response;
  const refused = workspace.refused(action, response);
  throw response.status === 403
    ? refusedByStorage(action, { target, azureCode: response.headers.get("x-ms-error-code"), refused })
    : refused;
}

function urlOf({ containerUrl, sas, folder }: BlobFolder, name: string | undefined, query = ""): string {
  const path = name === undefined
    ? ""
    : `/${`${folder}/${name}`.split("/").map(encodeURIComponent).join("/")}`;
  const parts = [query, sas].filter(Boolean).join("&");
  return `${containerUrl.replace(/\/$/, "")}${path}${parts === "" ? "" : `?${parts}`}`;
}

/** Lists the blobs in a folder, by their names below it. @throws {UserError} as {@linkcode sendToStorage}. */
export async function listUploaded(
  workspace: Workspace,
  target: BlobFolder,
): Promise<Map<string, UploadedBlob>> {
  const prefix = `${target.folder}/`;
  const action = "list what was uploaded before";
  const blobs = listBlobs(
    { action, prefix },
    (query) => sendToStorage(workspace, target, { action, method: "GET", query }),
  );
  const uploaded = new Map<string, UploadedBlob>();
  for await (const { name, ...blob } of blobs) uploaded.set(name.slice(prefix.length), blob);
  return uploaded;
}

/** Bytes of a blob's uncommitted blocks, by block id. @throws {UserError} as {@linkcode sendToStorage}. */
export async function listUncommittedBlocks(
  workspace: Workspace,
  target: BlobFolder,
  name: string,
): Promise<Map<string, number>> {
  const action = `look for parts of "${name}"`;
  const response = await sendToStorage(workspace, target, {
    action,
    method: "GET",
    name,
    query: "comp=blocklist&blocklisttype=uncommitted",
    expected: [404],
  });
  if (response.status === 404) return new Map();
  const blocks = await parseBlockList(response.bodyAsText ?? "");
  if (blocks === undefined) throw notFromAzure(action, response.request.url, response.status);
  return blocks;
}

/** The storage's error code for a SAS when account keys are disabled. */
export const NO_SAS = "KeyBasedAuthenticationNotPermitted";

const REFUSALS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  [NO_SAS]: [
    "the workspace storage does not accept SAS tokens, because its account keys are disabled",
    "Run the command again",
  ],
  AuthorizationFailure: [
    "the workspace storage does not allow requests from this network",
    "Run the command in a network that the storage account allows, or ask an owner to open its firewall",
  ],
};

function refusedByStorage(action: string, { target, azureCode, refused }: {
  readonly target: BlobFolder;
  readonly azureCode: string | undefined;
  readonly refused: Error;
}): UserError {
  const [problem, hint] = ownValue(REFUSALS, azureCode ?? "") ??
    (target.sas === undefined ? noRole(target) : [
      "the workspace storage rejected the SAS token from Azure ML",
      "Run the command again; if it fails again, check this machine's clock and the storage account's network rules",
    ]);
  return new UserError(`Cannot ${action}: ${problem}`, {
    // upload.refused: The storage refused the upload. Check this machine's clock and the storage account's
    //   network rules.
    code: "upload.refused",
    exit: ExitCode.Auth,
    hint,
    details: refused instanceof UserError ? refused.details : [],
    data: { status: 403, azureCode },
    cause: refused,
  });
}

function noRole({ storageAccountId }: BlobFolder): readonly [string, string] {
  const scope = storageAccountId ?? "<id of the workspace's storage account>";
  return [
    "the workspace storage requires a role, and this identity has none",
    `Ask an owner to run \`${roleCommand({ role: BLOB_ROLE, scope, assignee: undefined })}\``,
  ];
}

interface ListedBlob {
  /** Full name in the container, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Base64; `undefined` if the storage has none, as for a blob uploaded in blocks without one. */
  readonly md5: string | undefined;
}

/** An XML element: its text, or its children by name, with a list for repeated names. */
type Xml = string | { readonly [name: string]: Xml | readonly Xml[] } | undefined;

/**
 * Yields the blobs of a container, page by page.
 *
 * @param send Sends a query to the container; returning `undefined` ends the list.
 * @throws {UserError} `network.answer` if a response is not a blob list.
 */
export function listBlobs(
  { action, prefix }: {
    readonly action: string;
    readonly prefix: string;
  },
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
export async function parseBlobPage(text: string) {
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
