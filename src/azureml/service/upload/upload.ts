import { UserError, withData } from "../../../core/errors.ts";
import { type BlobFolder, listUploaded, NO_SAS, type UploadedBlob } from "./blob_client.ts";
import { markComplete, type OnUploaded, putFiles } from "./put_files.ts";
import type { PreparedCode } from "../../job/code/select.ts";
import {
  codeAsset,
  codeId,
  type CodeResource,
  findCode,
  registerCode,
  type UploadedCode,
} from "./code_asset.ts";
import {
  blobFolderOf,
  NO_MEMORY,
  sasExpiry,
  startUpload,
  type UploadGrant,
  type UploadMemory,
} from "./grant.ts";
import type { Workspace } from "../client/workspace.ts";

/** Options for uploading code. */
export interface UploadOptions {
  /** The result of {@linkcode findCode}, if the caller has already requested it. */
  readonly found?: Promise<CodeResource | undefined>;
  /** The result of {@linkcode prepareUpload}, if the caller has already requested it. */
  readonly grant?: Promise<UploadGrant | undefined>;
  readonly onUploaded?: OnUploaded;
  /** Stores unfinished uploads (default: not stored). */
  readonly memory?: UploadMemory;
}

/**
 * Ensures that some code is in Azure ML, and uploads it if it is not.
 *
 * The asset is named after its content, and registered once all files are uploaded. If an upload is interrupted, the
 * next one resumes in the same container while its SAS is valid, else starts over in a new one.
 *
 * @throws {UserError} `upload.refused`, `code.unreadable`, `code.changed`, `azure.*`, `network.*`.
 */
export async function uploadCode(
  workspace: Workspace,
  code: PreparedCode,
  { found, grant, onUploaded = () => {}, memory = NO_MEMORY }: UploadOptions = {},
): Promise<UploadedCode> {
  const known = await (found ?? findCode(workspace, code));
  if (known !== undefined) return { id: codeId(workspace, code, known), wasThere: true };
  const asset = codeAsset(workspace, code.hash);
  const { codeUri, target } = await send({ workspace, code, asset, grant, onUploaded, memory });
  // Only clients that look into the folder read the mark, so registering does not wait for it.
  const [registered] = await Promise.all([
    registerCode(workspace, { codeUri, hash: code.hash }),
    markComplete(workspace, target, { file: code.files[0]!, ...asset }),
  ]);
  await memory.forget(asset.id);
  return registered;
}

/**
 * Requests a container for code that is probably not in Azure ML, while that is still looked up. Nothing is uploaded, and
 * a container that is not used stays empty.
 *
 * @returns `undefined` if an unfinished upload can be resumed, or if Azure gives no container, which {@linkcode
 *   uploadCode} requests again.
 */
export async function prepareUpload(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
  memory: UploadMemory = NO_MEMORY,
): Promise<UploadGrant | undefined> {
  const { id, path } = codeAsset(workspace, hash);
  if (await memory.recall(id) !== undefined) return undefined;
  return await startUpload(workspace, path).catch(() => undefined);
}

/** @internal One upload. */
interface Upload extends Required<Omit<UploadOptions, "found" | "grant">> {
  readonly grant: UploadOptions["grant"];
  readonly workspace: Workspace;
  readonly code: PreparedCode;
  readonly asset: ReturnType<typeof codeAsset>;
}

/** A stored container whose SAS has less time left than this is not used again. */
const LEAST_LEFT_MS = 5 * 60_000;
/** Maximum number of attempts: with a stored container and with a new one, each with a SAS and then without. */
const ATTEMPTS = 4;

/** Uploads all files, and returns their folder with its URL as Azure ML writes it. */
async function send(upload: Upload): Promise<{ readonly codeUri: string; readonly target: BlobFolder }> {
  const { workspace, code, asset, memory } = upload;
  let grant = await recall(upload);
  let requestedAhead = upload.grant;
  for (let attempt = 1;; attempt++) {
    const isOld = grant !== undefined;
    grant ??= await requestedAhead ?? await startUpload(workspace, asset.path);
    requestedAhead = undefined;
    try {
      const target = blobFolderOf(grant, code);
      // A new container is empty.
      const arrived = isOld ? await listRemembered(workspace, target) : new Map();
      if (!isOld) await memory.remember(asset.id, grant);
      const files = { fs: code.fs, files: code.files, onUploaded: upload.onUploaded };
      await putFiles(workspace, target, { ...files, arrived, resumes: isOld });
      return { codeUri: `${grant.blobUri.replace(/\/$/, "")}/${code.folderName}`, target };
    } catch (thrown) {
      const next = attempt < ATTEMPTS
        ? nextAttempt(thrown, { grant, isOld, now: workspace.clock.now() })
        : "stop";
      if (next === "stop") throw thrown;
      // If only this storage cannot be reached, the new container replaces the stored one; if nothing can, it is kept.
      if (next === "anew" && (thrown as UserError).data[UNLISTED] !== true) await memory.forget(asset.id);
      grant = next === "anew" ? undefined : { ...grant, sasUri: undefined };
    }
  }
}

/** The stored container of an earlier attempt, if its SAS is valid for long enough. */
async function recall({ workspace, asset, memory }: Upload): Promise<UploadGrant | undefined> {
  const grant = await memory.recall(asset.id);
  const end = grant && (sasExpiry(grant) ?? Infinity);
  if (end === undefined || end - workspace.clock.now().getTime() > LEAST_LEFT_MS) return grant;
  await memory.forget(asset.id);
  return undefined;
}

/** Lists what an earlier attempt uploaded; where that is impossible, the stored container is given up. */
async function listRemembered(
  workspace: Workspace,
  target: BlobFolder,
): Promise<ReadonlyMap<string, UploadedBlob>> {
  try {
    return await listUploaded(workspace, target);
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !/^(azure\.unavailable|network\.)/.test(thrown.code)) throw thrown;
    throw withData(thrown, { [UNLISTED]: true });
  }
}

/** Set in an error's data if the storage of a stored container does not list it, or cannot be reached. */
const UNLISTED = "unlisted";

interface FailedAttempt {
  readonly grant: UploadGrant;
  readonly isOld: boolean;
  readonly now: Date;
}

/** What to do after a failure: stop, use a new container, or the identity's own token instead of the SAS. */
function nextAttempt(thrown: unknown, { grant, isOld, now }: FailedAttempt): "stop" | "anew" | "without SAS" {
  if (!(thrown instanceof UserError)) return "stop";
  if (grant.sasUri !== undefined && thrown.data.azureCode === NO_SAS) return "without SAS";
  const isOver = (sasExpiry(grant) ?? Infinity) <= now.getTime();
  const isClosed = isOld &&
    (thrown.code === "upload.refused" || thrown.code === "azure.not_found" || thrown.data[UNLISTED] === true);
  return isClosed || (thrown.code === "upload.refused" && isOver) ? "anew" : "stop";
}
