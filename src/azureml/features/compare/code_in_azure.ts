import { Buffer } from "node:buffer";
import { STORAGE_HEADERS } from "../../service/client/api_versions.ts";
import type { Workspace } from "../../service/client/workspace.ts";
import type { CodeResource } from "../../service/upload/code_asset.ts";
import { listBlobs, type ListedBlob } from "../../service/upload/blob_xml.ts";
import { isCloudHost } from "../../../core/clouds/hosts.ts";
import { isError } from "../../../core/net/azure_http.ts";

/** A code file that is stored in Azure ML. */
export interface CodeBlob {
  /** Relative to the code folder, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Hexadecimal; absent if the storage does not have it, as for a file uploaded in blocks. */
  readonly md5: string | undefined;
  readonly url: string;
}

/** The files of a code version in Azure ML, or why they cannot be listed. */
export type CodeInAzure =
  | { readonly hash: string | undefined; readonly files: readonly CodeBlob[] }
  | { readonly hash: string | undefined; readonly reason: string };

/**
 * Lists the files of a code version in Azure ML. Requires that the identity itself may read the storage.
 *
 * @param name Name and version, such as `5d5c…:1`.
 * @throws {UserError} `azure.*` when the code version cannot be read.
 */
export async function readCodeInAzure(workspace: Workspace, name: string): Promise<CodeInAzure> {
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
export async function readCodeBlob(workspace: Workspace, { url, name }: CodeBlob) {
  const { response, bytes } = await workspace.read({
    action: `read "${name}" of the code`,
    url,
    scope: workspace.cloud.storageScope,
    headers: STORAGE_HEADERS,
  });
  return isError(response) ? undefined : bytes;
}
