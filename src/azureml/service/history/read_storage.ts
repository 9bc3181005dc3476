import { isCloudHost } from "../../../core/clouds/hosts.ts";
import { STORAGE_HEADERS } from "../client/api_versions.ts";
import type { BytesAnswer, Workspace } from "../client/workspace.ts";
import { isSigned, notFromAzure } from "../client/read_json.ts";
import { NO_SAS } from "../upload/blob_client.ts";
import { isError } from "../../../core/net/azure_http.ts";

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
 * @returns The answer of blob storage, whatever its status.
 * @throws {UserError} `network.*`, `auth.*`.
 */
export async function readStorage(workspace: Workspace, read: StorageRead): Promise<BytesAnswer> {
  const { cloud } = workspace;
  const isOurs = isCloudHost(cloud, read.url, ["storage"]);
  const url = URL.canParse(read.url) ? new URL(read.url) : undefined;
  const isSigned = url?.searchParams.has("sig") ?? false;
  const own = { ...read, scope: cloud.storageScope };
  const signed = await send(workspace, isSigned || !isOurs ? read : own);
  const { status, headers } = signed.response;
  if (status !== 403 || headers.get("x-ms-error-code") !== NO_SAS || !url || !isSigned || !isOurs) {
    return signed;
  }
  const response = await send(workspace, { ...own, url: `${url.origin}${url.pathname}` });
  return response.response.status === 403 ? signed : response;
}

async function send(
  workspace: Workspace,
  { method, headers, ...read }: StorageRead & { readonly scope?: string },
): Promise<BytesAnswer> {
  const request = { ...read, headers: { ...STORAGE_HEADERS, ...headers } };
  const answer = method === "HEAD"
    ? { response: await workspace.ask({ ...request, method }), bytes: new Uint8Array() }
    : await workspace.read(request);
  const { response } = answer;
  if (isError(response) || isSigned(response)) return answer;
  throw notFromAzure(read.action, read.url, response.status);
}
