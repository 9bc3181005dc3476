import type { PreparedCode } from "../../job/code/select.ts";
import type { BlobFolder } from "./blob_client.ts";
import type { Workspace } from "../client/workspace.ts";

/** A container for one upload, and the credential for it. */
export interface UploadGrant {
  readonly blobUri: string;
  /** URL with a SAS, which is a secret; absent if the storage accepts identities only. */
  readonly sasUri?: string | undefined;
  /** ARM id. */
  readonly storageAccountId?: string | undefined;
}

/** Stores the container of an unfinished upload, so that another process can resume it; never throws. */
export interface UploadMemory {
  recall(asset: string): Promise<UploadGrant | undefined>;
  remember(asset: string, grant: UploadGrant): Promise<void>;
  forget(asset: string): Promise<void>;
}

/** An upload memory that stores nothing. */
export const NO_MEMORY: UploadMemory = {
  recall: async () => undefined,
  remember: async () => {},
  forget: async () => {},
};

/** @internal The response of `startPendingUpload`. */
interface PendingUpload {
  readonly blobReferenceForConsumption: {
    readonly blobUri: string;
    readonly storageAccountArmId?: string;
    /** `NoCredentials` if the datastore has none. */
    readonly credential?: { readonly sasUri?: string } | null;
  };
}

/**
 * Requests a container to upload to from Azure ML.
 *
 * @param path Path of the asset's version, such as `codes/name/versions/1`.
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function startUpload(workspace: Workspace, path: string): Promise<UploadGrant> {
  const { blobReferenceForConsumption: given } = await workspace.send<PendingUpload>({
    action: "start the upload of the code",
    method: "POST",
    path: `${path}/startPendingUpload`,
    body: { pendingUploadType: "TemporaryBlobReference" },
    answers: ["blobReferenceForConsumption"],
  });
  return {
    blobUri: given.blobUri,
    sasUri: given.credential?.sasUri,
    storageAccountId: given.storageAccountArmId,
  };
}

/** When a grant's SAS expires, in milliseconds since 1970; `undefined` without a SAS. */
export function sasExpiry({ sasUri }: UploadGrant): number | undefined {
  if (sasUri === undefined) return undefined;
  return Date.parse(new URL(sasUri).searchParams.get("se") ?? "");
}

/** The folder for the files of some code; without a SAS, the identity's own token is used. */
export function blobFolderOf(
  { blobUri, sasUri, storageAccountId }: UploadGrant,
  { folderName }: Pick<PreparedCode, "folderName">,
): BlobFolder {
  const url = new URL(sasUri ?? blobUri);
  return {
    containerUrl: `${url.origin}${url.pathname}`,
    sas: sasUri === undefined ? undefined : url.search.slice(1),
    folder: folderName,
    storageAccountId,
  };
}
