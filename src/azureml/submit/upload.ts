import type { CodeVersion } from "@azure/arm-machinelearning";
import { basename, join } from "node:path";
import { UserError, withData } from "../../core/errors.ts";
import { compareText } from "../../core/text_match.ts";
import { notFromAzure, type Workspace } from "../client/workspace.ts";
import {
  CODE_HASH_VERSION,
  codeAssetName,
  type CodeFile,
  type CodeFileFs,
  hashFiles,
} from "../job/code/file.ts";
import type { PreparedCode } from "../job/code/select.ts";
import { getDefaultDatastore, openDatastore } from "../resources/datastores.ts";
import { type BlobFolder, listUploaded, NO_SAS, type UploadedBlob } from "../storage/blobs.ts";
import { markComplete, type OnUploaded, putFiles } from "../storage/put_files.ts";
import type { Context } from "../../core/context.ts";
import { textHash } from "../../core/encoding.ts";
import { PRIVATE_FILE, requireOwn, userFolders } from "../../core/files.ts";

interface UploadOptions {
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
  let isRenewed = false;
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
        ? nextAttempt(thrown, { grant, isOld, isRenewed, now: workspace.clock.now() })
        : "stop";
      isRenewed ||= isSasRefused(thrown);
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

/** What to do after a failure: stop, use a new container, or the identity's own token instead of the SAS. */
function nextAttempt(thrown: unknown, { grant, isOld, isRenewed, now }: {
  readonly grant: UploadGrant;
  readonly isOld: boolean;
  /** Whether a SAS was refused before. */
  readonly isRenewed: boolean;
  readonly now: Date;
}): "stop" | "anew" | "without SAS" {
  if (!(thrown instanceof UserError)) return "stop";
  if (grant.sasUri !== undefined && thrown.data.azureCode === NO_SAS) return "without SAS";
  const isOver = (sasExpiry(grant) ?? Infinity) <= now.getTime();
  const isClosed = isOld &&
    (thrown.code === "upload.refused" || thrown.code === "azure.not_found" || thrown.data[UNLISTED] === true);
  const mayRenew = grant.sasUri !== undefined && isSasRefused(thrown) && !isRenewed;
  return isClosed || mayRenew || (thrown.code === "upload.refused" && isOver) ? "anew" : "stop";
}

/** Whether the storage refused a SAS itself, as one that has expired or was revoked meanwhile. */
function isSasRefused(thrown: unknown): boolean {
  return thrown instanceof UserError && thrown.code === "upload.refused" &&
    thrown.data.azureCode === "AuthenticationFailed";
}

interface UploadedCode {
  readonly id: string;
  /** Whether equal code already existed, so that nothing was sent. */
  readonly wasThere: boolean;
}

interface CodeResource {
  readonly id?: unknown;
  readonly properties?: {
    readonly codeUri?: string;
    readonly provisioningState?: string;
    readonly properties?: { readonly hash_sha256?: string };
  };
  readonly systemData?: { readonly createdAt?: string };
}

/** The code version that this program registers for code with a hash: named after its content, version 1. */
export function codeAsset(workspace: Workspace, hash: string) {
  const [name, version] = [codeAssetName(hash), "1"];
  const path = `codes/${name}/versions/${version}`;
  return { name, version, path, id: `${workspace.id}/${path}` };
}

/** The id of some code in the workspace, whether or not it exists yet. */
export function codeId(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
  found: CodeResource | null | undefined,
): string {
  return typeof found?.id === "string" ? found.id : codeAsset(workspace, hash).id;
}

/**
 * Looks up some code in Azure ML by its hash, under any name, as `az ml` and the plugin upload it; code whose
 * registration failed counts as missing. Of several, code with this program's name is preferred, then the oldest, so that
 * the same code is found each time.
 */
export async function findCode(
  workspace: Workspace,
  { hash }: Pick<PreparedCode, "hash">,
): Promise<CodeResource | undefined> {
  const { name, id: ownId } = codeAsset(workspace, hash);
  const list = await workspace.find<{ readonly value?: readonly CodeResource[] }>({
    action: "look for the code in Azure ML",
    method: "GET",
    path: `codes/${name}/versions`,
    query: { hash, hashVersion: CODE_HASH_VERSION },
    answers: [],
  });
  const own = ownId.toLowerCase();
  const isOwn = ({ id }: CodeResource) => String(id).toLowerCase() === own;
  const age = ({ systemData }: CodeResource) => String(systemData?.createdAt ?? "");
  return (Array.isArray(list?.value) ? list.value as CodeResource[] : [])
    .filter((code) => isCodeIn(workspace, code, hash) && code.properties?.provisioningState !== "Failed")
    .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || compareText(age(a), age(b)))[0];
}

/** Whether a found code version is one of this workspace with the requested hash. */
function isCodeIn(workspace: Workspace, found: CodeResource | null, hash: string): boolean {
  return typeof found?.id === "string" && found.properties?.properties?.hash_sha256 === hash &&
    found.id.toLowerCase().startsWith(`${workspace.id}/codes/`.toLowerCase());
}

/** Registers uploaded code, or uses equal code registered meanwhile. */
export async function registerCode(
  workspace: Workspace,
  { codeUri, hash }: { readonly codeUri: string; readonly hash: string },
): Promise<UploadedCode> {
  try {
    const made = await workspace.send<CodeResource>({
      action: "register the code",
      method: "PUT",
      path: codeAsset(workspace, hash).path,
      body: {
        properties: {
          codeUri,
          isAnonymous: true,
          properties: { hash_sha256: hash, hash_version: CODE_HASH_VERSION },
        },
      } satisfies CodeVersion,
    });
    return { id: codeId(workspace, { hash }, made), wasThere: false };
  } catch (thrown) {
    // Equal code has an equal name, so an existing version will do, whatever the error.
    if (!(thrown instanceof UserError)) throw thrown;
    const registered = await findCode(workspace, { hash }).catch(() => undefined);
    if (registered === undefined) throw thrown;
    return { id: codeId(workspace, { hash }, registered), wasThere: true };
  }
}

/** A container for one upload, and the credential for it. */
export interface UploadGrant {
  readonly blobUri: string;
  /** URL with a SAS, which is a secret; absent if the storage accepts identities only. */
  readonly sasUri?: string | undefined;
  readonly storageAccountId?: string | undefined;
}

/** Stores the container of an unfinished upload, so that another process can resume it; never throws. */
export interface UploadMemory {
  recall(asset: string): Promise<UploadGrant | undefined>;
  remember(asset: string, grant: UploadGrant): Promise<void>;
  forget(asset: string): Promise<void>;
}

const NO_MEMORY: UploadMemory = {
  recall: async () => undefined,
  remember: async () => {},
  forget: async () => {},
};

/** The response of `startPendingUpload`. */
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
 */
export async function startUpload(workspace: Workspace, path: string): Promise<UploadGrant> {
  const { blobReferenceForConsumption: given } = await workspace.send<PendingUpload>({
    action: "start the upload of the code",
    method: "POST",
    path: `${path}/startPendingUpload`,
    body: { pendingUploadType: "TemporaryBlobReference" },
    answers: ["blobReferenceForConsumption"],
  });
  const { blobUri, credential, storageAccountArmId: storageAccountId } = given;
  const sasUri = credential?.sasUri ?? undefined;
  if ([blobUri, sasUri ?? blobUri].some((url) => typeof url !== "string" || URL.parse(url) === null)) {
    throw notFromAzure("start the upload of the code", workspace.cloud.resourceManager, 200);
  }
  return { blobUri, sasUri, storageAccountId };
}

/** When a grant's SAS expires, in milliseconds since 1970; `undefined` without a SAS. */
function sasExpiry({ sasUri }: UploadGrant): number | undefined {
  if (sasUri === undefined) return undefined;
  return Date.parse(new URL(sasUri).searchParams.get("se") ?? "");
}

/** The folder for the files of some code; without a SAS, the identity's own token is used. */
function blobFolderOf(
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

export interface LocalData {
  /** Absolute path. */
  readonly path: string;
  readonly type: "uri_file" | "uri_folder";
  /** Its files, by name relative to the folder; of a file, itself. */
  readonly files: readonly CodeFile[];
}

/**
 * Uploads data to the workspace's default datastore and returns its URI there. The folder is named after the content,
 * as azure-ai-ml does (`LocalUpload/<hash>`), so what an earlier attempt uploaded is not sent again.
 *
 * @throws {UserError} `code.unreadable` or `code.changed` if a file cannot be read, `upload.refused`, `datastore.*`,
 *   `azure.*`, `network.*`.
 */
export async function uploadData(
  workspace: Workspace,
  fs: CodeFileFs,
  data: LocalData,
  onUploaded: OnUploaded = () => {},
): Promise<string> {
  const [{ hash, files }, datastore] = await Promise.all([
    hashFiles(fs, data.files),
    getDefaultDatastore(workspace).then(({ name }) => openDatastore(workspace, name)),
  ]);
  const folder = `LocalUpload/${hash.slice(0, 32)}${
    data.type === "uri_folder" ? `/${basename(data.path)}` : ""
  }`;
  const put = async (sas: string | undefined) => {
    const target = { containerUrl: datastore.url, sas, folder, storageAccountId: undefined };
    const arrived = await listUploaded(workspace, target);
    await putFiles(workspace, target, { fs, files, arrived, resumes: true, onUploaded });
  };
  await put(datastore.sas).catch(async (thrown) => {
    if (!(thrown instanceof UserError) || datastore.sas === undefined) throw thrown;
    // The account refuses keys, so the identity's own token is used.
    if (thrown.data.azureCode === NO_SAS) return await put(undefined);
    if (!isSasRefused(thrown)) throw thrown;
    await put((await openDatastore(workspace, datastore.name)).sas);
  });
  const path = data.type === "uri_folder" ? `${folder}/` : `${folder}/${files[0]!.name}`;
  const { subscription_id: subscription, resource_group: group, name } = workspace.config;
  return `azureml://subscriptions/${subscription}/resourcegroups/${group}/workspaces/${name}/datastores/${datastore.name}/paths/${path}`;
}

/** Time after which the SAS of an upload has certainly expired. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Remembers unfinished uploads in the user's state folder. Only the user can read the files, because they contain the
 * SAS of the upload. Never fails: an upload that is not remembered starts again.
 */
export function openUploadMemory(
  ctx: Pick<Context, "env" | "home" | "platform" | "fs" | "clock">,
): UploadMemory {
  const state = userFolders(ctx)?.state;
  if (state === undefined) return NO_MEMORY;
  const folder = join(state, "uploads");
  const pathOf = (asset: string) => join(folder, `${textHash(asset.toLowerCase(), 32)}.json`);
  return {
    async recall(asset) {
      try {
        // It says where code goes.
        await requireOwn(ctx, pathOf(asset));
        const grant = JSON.parse(await ctx.fs.readText(pathOf(asset))) as UploadGrant;
        return typeof grant.blobUri === "string" ? grant : undefined;
      } catch {
        return undefined;
      }
    },
    async remember(asset, grant) {
      try {
        await sweep(ctx, folder);
        await ctx.fs.writeText(pathOf(asset), JSON.stringify(grant) + "\n", PRIVATE_FILE);
      } catch {
        // Remembering is a convenience: its failure must not fail the command.
      }
    },
    forget: (asset) => ctx.fs.remove(pathOf(asset)).catch(() => {}),
  };
}

/** Removes uploads that were never resumed. */
async function sweep({ fs, clock }: Pick<Context, "fs" | "clock">, folder: string): Promise<void> {
  if ((await fs.stat(folder))?.kind !== "folder") return;
  const before = clock.now().getTime() - KEPT_MS;
  for await (const { path, kind } of fs.walk(folder, () => false)) {
    const modifiedAt = (await fs.stat(path))?.modifiedAt?.getTime();
    if (kind === "file" && modifiedAt !== undefined && modifiedAt < before) await fs.remove(path);
  }
}
