import type { PreparedCode } from "../code/select.ts";
import type { BlobFolder } from "./blob_client.ts";
import type { Workspace } from "../client/workspace.ts";

/** A container for one upload, and what opens it. */
export interface UploadGrant {
  readonly blobUri: string;
  /** With a SAS, a secret; absent where the storage takes identities only. */
  readonly sasUri?: string | undefined;
  /** ARM id. */
  readonly storageAccountId?: string | undefined;
}

/** Remembers the container of an upload until it is done, so that another process can go on with it; never fails. */
export interface UploadMemory {
  recall(asset: string): Promise<UploadGrant | undefined>;
  remember(asset: string, grant: UploadGrant): Promise<void>;
  forget(asset: string): Promise<void>;
}

/** Remembers nothing. */
export const NO_MEMORY: UploadMemory = {
  recall: async () => undefined,
  remember: async () => {},
  forget: async () => {},
};

/** @internal The answer to `startPendingUpload`. */
interface PendingUpload {
  readonly blobReferenceForConsumption: {
    readonly blobUri: string;
    readonly storageAccountArmId?: string;
    /** `NoCredentials` where the datastore has none. */
    readonly credential?: { readonly sasUri?: string } | null;
  };
}

/**
 * Asks Azure ML for a container to upload to.
 *
 * @param path Of the asset's version, such as `codes/name/versions/1`.
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

/** When the SAS of a grant is over; `undefined` for one without. */
export function sasExpiry({ sasUri }: UploadGrant): number | undefined {
  if (sasUri === undefined) return undefined;
  return Date.parse(new URL(sasUri).searchParams.get("se") ?? "");
}

/** Where the files of some code go; without the SAS where the identity's own token is to open it. */
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
