import pLimit from "p-limit";
import { UserError } from "../errors.ts";
import { type BlobFolder, markComplete, putFile } from "./blob_put.ts";
import type { PreparedCode } from "./code.ts";
import { CODE_HASH_VERSION, codeAssetName } from "./hashes.ts";
import type { Workspace } from "./workspace.ts";

/** Told after each file; `sentBytes` counts from the first file on. */
export type OnUploaded = (event: { name: string; files: number; sentBytes: number }) => void;

/** Code that Azure ML has. */
export interface UploadedCode {
  /** ARM id of the code version. */
  readonly id: string;
  /** Whether equal code was there, so that nothing was sent. */
  readonly wasThere: boolean;
}

/** @internal What is read of a code version. */
interface CodeResource {
  readonly id: string;
  readonly properties?: { readonly provisioningState?: string };
}

/** @internal The answer to `startPendingUpload`. */
interface PendingUpload {
  readonly blobReferenceForConsumption: {
    readonly blobUri: string;
    readonly credential: { readonly sasUri: string };
  };
}

const VERSION = "1";
const FILES_AT_ONCE = 8;

/**
 * Makes sure that Azure ML has some code, and sends it if it has not.
 *
 * The asset is named after the content, and registered once all of it has arrived: whatever ends an upload, the next
 * one starts anew in a container of its own.
 *
 * @param options.onUploaded Told after each file.
 * @throws {UserError} `upload.refused`, `code.unreadable`, `code.changed`, `azure.*`, `network.*`.
 */
export async function uploadCode(
  workspace: Workspace,
  code: PreparedCode,
  options: { onUploaded?: OnUploaded } = {},
): Promise<UploadedCode> {
  const name = codeAssetName(code.hash);
  const found = await findCode(workspace, name);
  if (found !== undefined) return { id: found.id, wasThere: true };
  const codeUri = await send(workspace, code, name, options.onUploaded ?? (() => {}));
  return await register(workspace, name, { codeUri, hash: code.hash });
}

/** The id that some code has in the workspace, or would have: whether it is there is not said. */
export async function codeId(workspace: Workspace, { hash }: Pick<PreparedCode, "hash">): Promise<string> {
  const name = codeAssetName(hash);
  return (await findCode(workspace, name))?.id ?? `${workspace.id}/${path(name)}`;
}

function path(name: string): string {
  return `codes/${name}/versions/${VERSION}`;
}

async function findCode(workspace: Workspace, name: string): Promise<CodeResource | undefined> {
  const found = await workspace.find<CodeResource>({
    action: "look for the code in Azure ML",
    method: "GET",
    path: path(name),
  });
  return found?.properties?.provisioningState === "Failed" ? undefined : found;
}

/** Sends all files, and says where they are; once more where the grant ran out in the middle. */
async function send(
  workspace: Workspace,
  code: PreparedCode,
  name: string,
  onUploaded: OnUploaded,
): Promise<string> {
  for (let isLast = false;; isLast = true) {
    const { blobReferenceForConsumption: { blobUri, credential } } = await workspace.send<PendingUpload>({
      action: "start the upload of the code",
      method: "POST",
      path: `${path(name)}/startPendingUpload`,
      body: { pendingUploadType: "TemporaryBlobReference" },
    });
    const target = { sasUrl: credential.sasUri, folder: code.folderName };
    try {
      await putAll(workspace, target, { code, onUploaded });
      await markComplete(workspace, target, { file: code.files[0]!, name, version: VERSION });
      return `${blobUri.replace(/\/$/, "")}/${code.folderName}`;
    } catch (thrown) {
      if (isLast || !ranOut(thrown, credential.sasUri, workspace.clock.now())) throw thrown;
    }
  }
}

/** Sends the files, several at once; after a failure no further one is begun. */
async function putAll(
  workspace: Workspace,
  target: BlobFolder,
  { code, onUploaded }: { code: PreparedCode; onUploaded: OnUploaded },
): Promise<void> {
  const limit = pLimit(FILES_AT_ONCE);
  const failures: unknown[] = [];
  let [files, sentBytes] = [0, 0];
  await Promise.all(code.files.map((file) =>
    limit(async () => {
      if (failures.length > 0) return;
      try {
        await putFile(workspace, target, { fs: code.fs, file });
        sentBytes += file.sizeBytes;
        onUploaded({ name: file.name, files: ++files, sentBytes });
      } catch (thrown) {
        failures.push(thrown);
      }
    })
  ));
  if (failures.length > 0) throw failures[0];
}

function ranOut(thrown: unknown, sasUrl: string, now: Date): boolean {
  const expiresAt = Date.parse(new URL(sasUrl).searchParams.get("se") ?? "");
  return thrown instanceof UserError && thrown.code === "upload.refused" && expiresAt <= now.getTime();
}

/** Registers the code; when somebody else was first, it is theirs that counts. */
async function register(
  workspace: Workspace,
  name: string,
  { codeUri, hash }: { codeUri: string; hash: string },
): Promise<UploadedCode> {
  try {
    const made = await workspace.send<CodeResource>({
      action: "register the code",
      method: "PUT",
      path: path(name),
      body: {
        properties: {
          codeUri,
          isAnonymous: true,
          properties: { hash_sha256: hash, hash_version: CODE_HASH_VERSION },
        },
      },
    });
    return { id: made.id, wasThere: false };
  } catch (thrown) {
    if (!(thrown instanceof UserError && thrown.code === "azure.conflict")) throw thrown;
    const found = await findCode(workspace, name);
    if (found === undefined) throw thrown;
    return { id: found.id, wasThere: true };
  }
}
