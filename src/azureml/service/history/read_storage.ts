import { isCloudHost } from "../../../core/clouds/hosts.ts";
import { STORAGE_HEADERS } from "../client/api_versions.ts";
import type { BytesAnswer, Workspace } from "../client/workspace.ts";
import { NO_SAS } from "../upload/blob_client.ts";

/** A request for a blob, or a part of it. */
export interface StorageRead {
  /** As in "Cannot <action>". */
  readonly action: string;
  readonly method?: "GET" | "HEAD";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Reads a blob with the SAS in its URL; where there is none, or the storage accepts none, with the user's own token.
 *
 * @returns The answer, whatever its status.
 * @throws {UserError} `network.*`, `auth.*`.
 */
export async function readStorage(workspace: Workspace, read: StorageRead): Promise<BytesAnswer> {
  const { cloud } = workspace;
  const isOurs = isCloudHost(cloud, read.url, ["storage"]);
  const url = new URL(read.url);
  const isSigned = url.searchParams.has("sig");
  const own = { ...read, scope: cloud.storageScope };
  const signed = await send(workspace, isSigned || !isOurs ? read : own);
  const { status, headers } = signed.response;
  if (status !== 403 || headers.get("x-ms-error-code") !== NO_SAS || !isSigned || !isOurs) return signed;
  const response = await send(workspace, { ...own, url: `${url.origin}${url.pathname}` });
  return response.response.status === 403 ? signed : response;
}

async function send(
  workspace: Workspace,
  { method, headers, ...read }: StorageRead & { readonly scope?: string },
): Promise<BytesAnswer> {
  const request = { ...read, headers: { ...STORAGE_HEADERS, ...headers } };
  if (method !== "HEAD") return await workspace.read(request);
  return { response: await workspace.ask({ ...request, method }), bytes: new Uint8Array() };
}
