import { ownValue } from "../../../core/fields.ts";
import { ExitCode, UserError } from "../../../core/errors.ts";
import { STORAGE_HEADERS } from "../client/api_versions.ts";
import { isSigned, notFromAzure } from "../client/read_json.ts";
import { BLOB_ROLE, roleCommand } from "../refusals/az_commands.ts";
import { listBlobs, type ListedBlob, parseBlockList } from "./blob_xml.ts";
import type { HostRequest, Workspace } from "../client/workspace.ts";
import { isError } from "../../../core/net/azure_http.ts";

/** A writable container and a folder in it. */
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

/** A blob from an earlier upload. */
export type UploadedBlob = Pick<ListedBlob, "sizeBytes" | "md5">;

/** A request to a blob in a folder, or to its container. */
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

interface StorageRefusal {
  readonly target: BlobFolder;
  readonly azureCode: string | undefined;
  readonly refused: Error;
}

function refusedByStorage(action: string, { target, azureCode, refused }: StorageRefusal): UserError {
  const [problem, hint] = ownValue(REFUSALS, azureCode ?? "") ??
    (target.sas === undefined ? noRole(target) : [
      "the workspace storage rejected the SAS token from Azure ML",
      "Run the command again; if it fails again, check this machine's clock and the storage account's network rules",
    ]);
  return new UserError(`Cannot ${action}: ${problem}`, {
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
