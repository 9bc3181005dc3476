import type { CodeVersion } from "@azure/arm-machinelearning";
import { UserError, withData } from "../../../core/errors.ts";
import { type BlobFolder, listUploaded, NO_SAS, type UploadedBlob } from "./blob_client.ts";
import { BLOCK_BYTES, markComplete, putFile } from "./put_file.ts";
import type { CodeFile } from "../../job/code/file.ts";
import type { PreparedCode } from "../../job/code/select.ts";
import { CODE_HASH_VERSION, codeAssetName } from "../../job/code/hash.ts";
import {
  blobFolderOf,
  NO_MEMORY,
  sasExpiry,
  startUpload,
  type UploadGrant,
  type UploadMemory,
} from "./grant.ts";
import { bytesLimit, smallTransferLimit } from "../client/limits.ts";
import type { Workspace } from "../client/workspace.ts";

/** Called after each file; `sentBytes` is the total so far. */
export type OnUploaded = (event: { name: string; files: number; sentBytes: number }) => void;

/** Code that is in Azure ML. */
export interface UploadedCode {
  /** ARM id of the code version. */
  readonly id: string;
  /** Whether equal code already existed, so that nothing was sent. */
  readonly wasThere: boolean;
}

/** The fields of a code version that are read here. */
export interface CodeResource {
  readonly id?: unknown;
  readonly properties?: {
    readonly provisioningState?: string;
    readonly properties?: { readonly hash_sha256?: string };
  };
  readonly systemData?: { readonly createdAt?: string };
}

const VERSION = "1";

/** Options for uploading code. */
export interface UploadOptions {
  /** The result of {@linkcode findCode}, if the caller has already requested it. */
  readonly found?: Promise<CodeResource | undefined>;
  /** Called after each file. */
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
  { found: asked, onUploaded = () => {}, memory = NO_MEMORY }: UploadOptions = {},
): Promise<UploadedCode> {
  const name = codeAssetName(code.hash);
  const found = await (asked ?? findCode(workspace, code));
  if (found !== undefined) return { id: idOf(found, workspace, name), wasThere: true };
  const codeUri = await send({ workspace, code, name, onUploaded, memory });
  const registered = await register(workspace, name, { codeUri, hash: code.hash });
  await memory.forget(assetId(workspace, name));
  return registered;
}

/** The id of some code in the workspace, whether or not it exists yet. */
export function codeId(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
  found: CodeResource | undefined,
): string {
  return idOf(found, workspace, codeAssetName(hash));
}

function path(name: string): string {
  return `codes/${name}/versions/${VERSION}`;
}

/**
 * Looks up some code in Azure ML by its hash, under any name, as `az ml` and the plugin upload it; code whose
 * registration failed counts as missing. Of several, code with this program's name is preferred, then the oldest, so that
 * the same code is found each time.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function findCode(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
): Promise<CodeResource | undefined> {
  const name = codeAssetName(hash);
  const found = await workspace.find<{ readonly value?: readonly CodeResource[] }>({
    action: "look for the code in Azure ML",
    method: "GET",
    path: `codes/${name}/versions`,
    query: { hash, hashVersion: CODE_HASH_VERSION },
    answers: [],
  });
  const own = assetId(workspace, name).toLowerCase();
  const isOwn = ({ id }: CodeResource) => String(id).toLowerCase() === own;
  const age = ({ systemData }: CodeResource) => String(systemData?.createdAt ?? "");
  return (Array.isArray(found?.value) ? found.value as CodeResource[] : [])
    .filter((one) => isCodeIn(workspace, one, hash) && one.properties?.provisioningState !== "Failed")
    .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || (age(a) < age(b) ? -1 : 1))[0];
}

/** Whether a found code version is one of this workspace with the requested hash. */
function isCodeIn(workspace: Workspace, found: CodeResource | null, hash: string): boolean {
  return typeof found?.id === "string" && found.properties?.properties?.hash_sha256 === hash &&
    found.id.toLowerCase().startsWith(`${workspace.id}/codes/`.toLowerCase());
}

function idOf(found: CodeResource | null | undefined, workspace: Workspace, name: string): string {
  return typeof found?.id === "string" ? found.id : assetId(workspace, name);
}

function assetId(workspace: Workspace, name: string): string {
  return `${workspace.id}/${path(name)}`;
}

/** @internal One upload. */
interface Upload extends Required<Omit<UploadOptions, "found">> {
  readonly workspace: Workspace;
  readonly code: PreparedCode;
  /** Name of the asset. */
  readonly name: string;
}

/** A stored container whose SAS has less time left than this is not used again. */
const LEAST_LEFT_MS = 5 * 60_000;
/** Maximum number of attempts: with a stored container and with a new one, each with a SAS and then without. */
const ATTEMPTS = 4;

/** Uploads all files and returns the URL of their folder. */
async function send(upload: Upload): Promise<string> {
  const { workspace, code, name, memory } = upload;
  const asset = assetId(workspace, name);
  let grant = await recall(upload);
  for (let attempt = 1;; attempt++) {
    const isOld = grant !== undefined;
    grant ??= await startUpload(workspace, path(name));
    try {
      const target = blobFolderOf(grant, code);
      const arrived = await listUploaded(workspace, target).catch(passing(isOld));
      if (!isOld) await memory.remember(asset, grant);
      await putAll(target, { ...upload, arrived, resumes: isOld || arrived.size > 0 });
      await markComplete(workspace, target, { file: code.files[0]!, name, version: VERSION });
      return `${grant.blobUri.replace(/\/$/, "")}/${code.folderName}`;
    } catch (thrown) {
      const next = attempt < ATTEMPTS ? after(thrown, { grant, isOld, now: workspace.clock.now() }) : "stop";
      if (next === "stop") throw thrown;
      // If only this storage cannot be reached, the new container replaces the stored one; if nothing can, it is kept.
      if (next === "anew" && (thrown as UserError).data[UNLISTED] !== true) await memory.forget(asset);
      grant = next === "anew" ? undefined : { ...grant, sasUri: undefined };
    }
  }
}

/** The stored container of an earlier attempt, if its SAS is valid for long enough. */
async function recall({ workspace, name, memory }: Upload): Promise<UploadGrant | undefined> {
  const asset = assetId(workspace, name);
  const grant = await memory.recall(asset);
  const end = grant && (sasExpiry(grant) ?? Infinity);
  if (end === undefined || end - workspace.clock.now().getTime() > LEAST_LEFT_MS) return grant;
  await memory.forget(asset);
  return undefined;
}

/** Handles a failed listing: a new container is empty, so it need not be listable; a stored one is given up. */
function passing(isOld: boolean): (thrown: unknown) => Map<string, UploadedBlob> {
  return (thrown) => {
    const isKeyless = thrown instanceof UserError && thrown.data.azureCode === NO_SAS;
    if (isKeyless || !(thrown instanceof UserError)) throw thrown;
    if (isOld) {
      throw /^(azure\.unavailable|network\.)/.test(thrown.code)
        ? withData(thrown, { [UNLISTED]: true })
        : thrown;
    }
    return new Map();
  };
}

/** Set in an error's data if the storage of a stored container does not list it, or cannot be reached. */
const UNLISTED = "unlisted";

interface Failed {
  readonly grant: UploadGrant;
  readonly isOld: boolean;
  readonly now: Date;
}

/** What to do after a failure: stop, use a new container, or the identity's own token instead of the SAS. */
function after(thrown: unknown, { grant, isOld, now }: Failed): "stop" | "anew" | "without SAS" {
  if (!(thrown instanceof UserError)) return "stop";
  if (grant.sasUri !== undefined && thrown.data.azureCode === NO_SAS) return "without SAS";
  const isOver = (sasExpiry(grant) ?? Infinity) <= now.getTime();
  const isClosed = isOld &&
    (thrown.code === "upload.refused" || thrown.code === "azure.not_found" || thrown.data[UNLISTED] === true);
  return isClosed || (thrown.code === "upload.refused" && isOver) ? "anew" : "stop";
}

/** Files up to this size take so little memory that more of them are sent at once. */
const SMALL_BYTES = 256 * 1024;
/** Bytes of larger files to send at once. Each is in memory several times: as read, in the request, and in `fetch`. */
const LARGE_BYTES_AT_ONCE = 8 * 1024 * 1024;
/** The least that a larger file counts for, which bounds the number of connections. */
const LEAST_LARGE_BYTES = 1024 * 1024;

/** Uploads the files, several at once; after a failure, no further upload is started. */
async function putAll(
  target: BlobFolder,
  { workspace, code, onUploaded, arrived, resumes }: Upload & {
    readonly arrived: ReadonlyMap<string, UploadedBlob>;
    readonly resumes: boolean;
  },
): Promise<void> {
  const [small, large] = [smallTransferLimit(), bytesLimit(LARGE_BYTES_AT_ONCE)];
  const failures: unknown[] = [];
  let [files, sentBytes] = [0, 0];
  const put = async (file: CodeFile) => {
    if (failures.length > 0) return;
    try {
      await putFile(workspace, target, { fs: code.fs, file, arrived: arrived.get(file.name), resumes });
      sentBytes += file.sizeBytes;
      onUploaded({ name: file.name, files: ++files, sentBytes });
    } catch (thrown) {
      failures.push(thrown);
    }
  };
  await Promise.all(code.files.map((file) => {
    const { sizeBytes } = file;
    if (sizeBytes <= SMALL_BYTES) return small(() => put(file));
    return large(Math.max(LEAST_LARGE_BYTES, Math.min(sizeBytes, BLOCK_BYTES)), () => put(file));
  }));
  if (failures.length > 0) throw failures[0];
}

/** Registers the code; if another run has registered equal code meanwhile, uses that. */
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
      } satisfies CodeVersion,
    });
    return { id: idOf(made, workspace, name), wasThere: false };
  } catch (thrown) {
    // Equal code has an equal name, so an existing version will do, whatever the error.
    if (!(thrown instanceof UserError)) throw thrown;
    const found = await findCode(workspace, { hash }).catch(() => undefined);
    if (found === undefined) throw thrown;
    return { id: idOf(found, workspace, name), wasThere: true };
  }
}
