import { createPatch } from "diff";
import { Buffer } from "node:buffer";
import { isError } from "../../core/net/azure_http.ts";
import { isCloudHost } from "../../core/net/cloud_hosts.ts";
import { STORAGE_HEADERS, type Workspace } from "../client/workspace.ts";
import { type CodeFile, digestOf } from "../job/code/file.ts";
import type { PreparedCode } from "../job/code/select.ts";
import { listBlobs, type ListedBlob } from "../storage/blobs.ts";
import type { CodeResource } from "./upload.ts";

/** A code file that differs. */
export interface FileChange {
  readonly name: string;
  /** Absent if the file was added. */
  readonly beforeBytes?: number;
  /** Absent if the file was removed. */
  readonly afterBytes?: number;
  /** The change as `diff -u` writes it; only if requested and if both versions are text. */
  readonly patch?: string;
}

/** The differences between two versions of the code, or why they are unknown. */
export type CodeChanges =
  | { readonly files: readonly FileChange[] }
  | { readonly reason: string };

/** Larger files are compared, but no patch is shown. */
const MOST_TEXT_BYTES = 256 * 1024;

/**
 * Compares the code of a job in Azure ML with that of a folder, file by file.
 *
 * @param before Name and version of the code asset, such as `5d5c…:1`.
 * @param after The code of the folder.
 * @param options.patches Whether to include patches of text files.
 * @throws {UserError} `azure.*`, `code.*`.
 */
export async function codeChanges(
  workspace: Workspace,
  before: string,
  after: PreparedCode,
  options: { readonly patches: boolean },
): Promise<CodeChanges> {
  const inAzure = await readCodeInAzure(workspace, before);
  if (inAzure.hash === after.hash) return { files: [] };
  if ("reason" in inAzure) return { reason: inAzure.reason };
  const [old, now] = [byName(inAzure.files), byName(after.files)];
  const changes: FileChange[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was !== undefined && is !== undefined && await isSame(was, is, after)) continue;
    const patch = options.patches ? await patchFor(workspace, { name, was, is, after }) : undefined;
    changes.push({
      name,
      ...(was && { beforeBytes: was.sizeBytes }),
      ...(is && { afterBytes: is.sizeBytes }),
      ...(patch !== undefined && { patch }),
    });
  }
  const unknown = inAzure.files.find(({ md5 }) => md5 === undefined);
  return changes.length === 0 && inAzure.hash !== undefined && unknown !== undefined
    ? { reason: `a file of the same size changed, and the storage has no hash of "${unknown.name}"` }
    : { files: changes };
}

function byName<T extends { readonly name: string }>(files: readonly T[]): Map<string, T> {
  return new Map(files.map((file) => [file.name, file]));
}

/** Compares sizes and hashes. If the storage has no hash of a file, only the size counts. */
async function isSame(was: CodeBlob, is: CodeFile, { fs }: PreparedCode): Promise<boolean> {
  if (was.sizeBytes !== is.sizeBytes) return false;
  if (was.md5 === undefined) return true;
  return (await digestOf(fs, is, "md5")).toString("hex") === was.md5;
}

async function patchFor(
  workspace: Workspace,
  { name, was, is, after }: {
    readonly name: string;
    readonly was: CodeBlob | undefined;
    readonly is: CodeFile | undefined;
    readonly after: PreparedCode;
  },
): Promise<string | undefined> {
  if ([was, is].some((file) => file !== undefined && file.sizeBytes > MOST_TEXT_BYTES)) return undefined;
  const before = was === undefined ? "" : decodedText(await readCodeBlob(workspace, was));
  const now = is === undefined ? "" : decodedText(await after.fs.readBytes(is.path));
  return before === undefined || now === undefined ? undefined : patchOf(name, before, now);
}

/** The text of a file; `undefined` if it is not text. */
function decodedText(bytes: Uint8Array<ArrayBuffer> | undefined): string | undefined {
  if (bytes === undefined || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The change of a text as `diff -u` writes it, without the header that names the files. */
export function patchOf(name: string, before: string, after: string): string {
  const patch = createPatch(name, before, after, "", "", { context: 3 });
  return patch.slice(patch.indexOf("\n@@") + 1);
}

/** A code file that is stored in Azure ML. */
interface CodeBlob {
  /** Relative to the code folder, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Hexadecimal; absent if the storage does not have it, as for a file uploaded in blocks. */
  readonly md5: string | undefined;
  readonly url: string;
}

/** The files of a code version in Azure ML, or why they cannot be listed. */
type CodeInAzure =
  | { readonly hash: string | undefined; readonly files: readonly CodeBlob[] }
  | { readonly hash: string | undefined; readonly reason: string };

/**
 * Lists the files of a code version in Azure ML. Requires that the identity itself may read the storage.
 *
 * @param name Name and version, such as `5d5c…:1`.
 * @throws {UserError} `azure.*` when the code version cannot be read.
 */
async function readCodeInAzure(workspace: Workspace, name: string): Promise<CodeInAzure> {
  const [asset, version] = name.split(":").map(encodeURIComponent);
  const codeVersion = await workspace.find<CodeResource>({
    action: `read code ${name}`,
    method: "GET",
    path: `codes/${asset}/versions/${version}`,
  });
  if (codeVersion === undefined) return { hash: undefined, reason: "it is no longer in the workspace" };
  const { codeUri = "", properties } = codeVersion.properties ?? {};
  const hash = properties?.hash_sha256;
  if (!isCloudHost(workspace.cloud, codeUri, ["storage"])) {
    return { hash, reason: "it is not in Azure blob storage" };
  }
  return { hash, ...await listFiles(workspace, codeUri) };
}

async function listFiles(
  workspace: Workspace,
  codeUri: string,
): Promise<{ readonly files: readonly CodeBlob[] } | { readonly reason: string }> {
  const [container, prefix] = parted(codeUri);
  const action = "list the files of the code";
  let refusedWith: number | undefined;
  const blobs = listBlobs({ action, prefix }, async (query) => {
    const url = `${container}?${query}`;
    const scope = workspace.cloud.storageScope;
    const response = await workspace.ask({ action, method: "GET", url, scope, headers: STORAGE_HEADERS });
    if (!isError(response)) return response;
    refusedWith = response.status;
  });
  const files = (await Array.fromAsync(blobs)).map((blob) => toCodeBlob(blob, container, prefix));
  return refusedWith === undefined ? { files } : { reason: refusalOf(refusedWith) };
}

/**
 * Splits a code URI into the container and the prefix of the blob names, which is empty for code of a single file. The
 * path begins with the account unless the host names it.
 */
function parted(codeUri: string): [container: string, prefix: string] {
  const { origin, hostname, pathname } = new URL(codeUri);
  const parts = pathname.split("/").filter((part) => part !== "");
  const own = hostname.includes(".blob.") ? 1 : 2;
  const prefix = parts.slice(own).map((part) => `${decodeURIComponent(part)}/`).join("");
  return [`${origin}/${parts.slice(0, own).join("/")}`, prefix];
}

function toCodeBlob({ name, sizeBytes, md5 }: ListedBlob, container: string, prefix: string): CodeBlob {
  return {
    name: name.slice(prefix.length),
    sizeBytes,
    md5: md5 && Buffer.from(md5, "base64").toString("hex"),
    url: `${container}/${name.split("/").map(encodeURIComponent).join("/")}`,
  };
}

function refusalOf(status: number): string {
  if (status === 404) return "it is no longer in the storage";
  return status === 401 || status === 403
    ? "your identity cannot read the storage; it needs the role Storage Blob Data Reader"
    : `the storage returned status ${status}`;
}

/** Reads a code file; `undefined` if the storage refuses. */
async function readCodeBlob(workspace: Workspace, { url, name }: CodeBlob) {
  const { response, bytes } = await workspace.read({
    action: `read "${name}" of the code`,
    url,
    scope: workspace.cloud.storageScope,
    headers: STORAGE_HEADERS,
  });
  return isError(response) ? undefined : bytes;
}
