import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { onceEach } from "../../core/async.ts";
import { freeBytes } from "../../core/bytes.ts";
import type { FileSystem } from "../../core/context.ts";
import { textHash } from "../../core/encoding.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { trimEnd } from "../../core/format.ts";
import { prefixesOf } from "../../core/text_match.ts";
import { isError, type PipelineResponse } from "../../core/net/azure_http.ts";
import { isBelow, isPathBelow, isPathName } from "../../core/untrusted.ts";
import { transferLimit, untilFailure } from "../client/pace.ts";
import { notFromAzure, requireSuccess, type Workspace } from "../client/workspace.ts";
import { portName } from "../job/names.ts";
import { type OpenDatastore, openDatastore } from "../resources/datastores.ts";
import { listBlobs } from "../storage/blobs.ts";
import { addedBytes, readStorage } from "../storage/read.ts";
import type { Artifact, RunOutput } from "./history.ts";

/**
 * Parses a datastore URI in its short or long form; `undefined` for other URIs, such as those of models.
 *
 * As in `AzureMLDatastorePathUri` of azure-ai-ml 1.35.
 */
function parseDatastoreUri(uri: string) {
  const [, datastore, path] = /^azureml:\/\/(?:.+\/)?datastores\/([^/]+)(?:\/paths)?\/(.*)$/.exec(uri) ??
    [];
  return datastore === undefined ? undefined : { datastore, path: trimEnd(path!, "/") };
}

/** The folder for named outputs, as in azure-ai-ml. */
const FOLDER = "named-outputs";

export type NamedOutputs = ReturnType<typeof openNamedOutputs>;

/** Opens the named outputs of runs; each datastore is opened once. */
export function openNamedOutputs(workspace: Workspace) {
  const open = onceEach((name: string) => openDatastore(workspace, name));
  return {
    /** Lists the files of one output, below `named-outputs/<output>/`; none of one that is in no blob container. */
    async files({ name, uri }: RunOutput) {
      const location = uri === undefined ? undefined : parseDatastoreUri(uri);
      if (location === undefined) return [];
      const datastore = await open(location.datastore);
      const action = `list the files of output "${name}"`;
      const listed = listBlobs({ action, prefix: location.path }, async (query) => {
        const list = { action, url: urlOf(datastore, "", query), isText: true };
        const { response } = await readStorage(workspace, list);
        requireSuccess(workspace, action, response);
        return response;
      });
      const blobs = await Array.fromAsync(listed);
      const sizes = new Map(blobs.map(({ name, sizeBytes }) => [name, sizeBytes]));
      return filesBelow(location.path, [...sizes.keys()]).map(([blob, path]) => ({
        path: `${FOLDER}/${name}/${path}`,
        url: urlOf(datastore, `/${blob.split("/").map(encodeURIComponent).join("/")}`),
        sizeBytes: sizes.get(blob)!,
      }));
    },
  };
}

/** The blobs of an output and their paths in it, without those that stand for folders. */
function filesBelow(
  path: string,
  blobs: readonly string[],
): readonly (readonly [blob: string, path: string])[] {
  if (blobs.includes(path) && !blobs.some((blob) => blob.startsWith(`${path}/`))) {
    return [[path, path.split("/").at(-1)!]];
  }
  const below = blobs.filter((blob) => blob.startsWith(path === "" ? "" : `${path}/`));
  const folders = new Set(below.flatMap((blob) => prefixesOf(blob, "/").slice(0, -1)));
  return below.filter((blob) => !folders.has(blob) && !blob.endsWith("/"))
    .map((blob) => [blob, path === "" ? blob : blob.slice(path.length + 1)]);
}

function urlOf({ url, sas }: OpenDatastore, path: string, query = ""): string {
  const text = [query, sas].filter(Boolean).join("&");
  return `${url}${path}${text === "" ? "" : `?${text}`}`;
}

/** Whether an output holds a Kedro dataset; its name is derived from the dataset's. */
export function holdsDataset({ name }: Pick<RunOutput, "name">, dataset: string): boolean {
  return name === dataset || name === portName(dataset);
}

/**
 * Downloads files, several in parallel. After a failure no further file is started, but those in progress are
 * finished, so that the next command can resume.
 *
 * @param onFile Called after each file.
 * @throws {UserError} as {@linkcode download}: the first failure.
 */
export async function downloadAll<T extends Artifact>(
  workspace: Workspace,
  fs: DownloadFs,
  { files, folderOf, onFile }: {
    readonly files: readonly T[];
    /** Returns the absolute path of a file's folder. @throws {UserError} `download.path`. */
    readonly folderOf: (file: T) => string;
    readonly onFile: (file: T, done: Downloaded) => void;
  },
): Promise<void> {
  const limit = transferLimit();
  await untilFailure(files, (_, start) => limit(start), async (file) => {
    onFile(file, await download(workspace, fs, file, folderOf(file)));
  });
}

export interface Downloaded {
  readonly path: string;
  readonly sizeBytes: number;
  readonly wasThere: boolean;
}

type DownloadFs = Pick<
  FileSystem,
  "append" | "readChunks" | "remove" | "rename" | "stat" | "realPath"
>;

const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Downloads a file into a folder, keeping its path. It is written under a temporary name that contains a hash of its
 * ETag and renamed when complete, so that a later command can resume an interrupted download. A proxy may remove the
 * ETag; then the file's time and size take its place.
 *
 * @param folder Absolute path.
 * @throws {UserError} `download.path` for a path that leads out of the folder, `download.exists`, `download.refused`, `network.*`.
 */
export async function download(
  workspace: Workspace,
  fs: DownloadFs,
  { path, url, mayReplace = true }: Artifact & {
    /** Whether another file of that name may be replaced (default: true). */
    readonly mayReplace?: boolean;
  },
  folder: string,
): Promise<Downloaded> {
  const target = await placeIn(fs, folder, path);
  const action = `download "${path}"`;
  const { response: head } = await readStorage(workspace, { action, method: "HEAD", url });
  if (isError(head)) throw refused(action, head.status);
  const sizeBytes = await sizeOf(workspace, { action, url, head });
  const existing = await fs.stat(target);
  const isSame = existing?.kind === "file" && existing.sizeBytes === sizeBytes &&
    await hasMd5(fs, target, head.headers.get("content-md5"));
  if (isSame) return { path: target, sizeBytes, wasThere: true };
  if (existing !== undefined && !mayReplace) throw isThere(target);
  const [etag, modified] = [head.headers.get("etag"), head.headers.get("last-modified")];
  const part = `${target}.${textHash(etag ?? `${modified} ${sizeBytes}`, 8)}.part`;
  const unchanged = etag !== undefined
    ? { "if-match": etag }
    : modified !== undefined
    ? { "if-unmodified-since": modified }
    : undefined;
  const partsFolder = await fs.realPath(dirname(part));
  const isOwn = partsFolder !== undefined && await fs.realPath(part) === join(partsFolder, basename(part));
  // A link leads elsewhere; without ETag and time, a part may be of another version of the file.
  if (!isOwn || unchanged === undefined) await fs.remove(part);
  await fs.append(part, new Uint8Array());
  let offset = (await fs.stat(part))!.sizeBytes;
  while (offset < sizeBytes) {
    const range = `bytes=${offset}-${Math.min(offset + CHUNK_BYTES, sizeBytes) - 1}`;
    const headers = { range, ...unchanged };
    const { response, bytes } = await readStorage(workspace, { action, url, headers });
    if (response.status !== 206 && response.status !== 200) throw refused(action, response.status);
    const chunk = addedBytes(response, bytes, offset);
    const isSound = chunk !== undefined && chunk.length > 0 && offset + chunk.length <= sizeBytes;
    if (!isSound) throw notFromAzure(action, url, response.status);
    await fs.append(part, chunk);
    offset += chunk.length;
  }
  await fs.rename(part, target);
  return { path: target, sizeBytes, wasThere: false };
}

/** Whether a file has the MD5 that the storage tells; it knows none of files that were uploaded in blocks without one. */
async function hasMd5(fs: DownloadFs, path: string, md5: string | undefined): Promise<boolean> {
  if (md5 === undefined) return true;
  const hash = createHash("md5");
  for await (const chunk of fs.readChunks(path)) {
    hash.update(chunk);
    freeBytes(chunk);
  }
  return hash.digest("base64") === md5;
}

/** The size of a file. A proxy may remove the Content-Length of a HEAD response; then a range request returns it. */
async function sizeOf(
  workspace: Workspace,
  { action, url, head }: { readonly action: string; readonly url: string; readonly head: PipelineResponse },
): Promise<number> {
  const length = head.headers.get("content-length");
  if (length !== undefined) return Number(length);
  const { response } = await readStorage(workspace, { action, url, headers: { range: "bytes=0-0" } });
  if (isError(response) && response.status !== 416) throw refused(action, response.status);
  const total = /^bytes (?:0-0|\*)\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (total === undefined) throw notFromAzure(action, url, response.status);
  return Number(total);
}

/** Where to write a file. Its path is untrusted: it must not lead out of the folder, not even through a link. */
async function placeIn(fs: DownloadFs, folder: string, path: string): Promise<string> {
  const target = join(folder, path);
  const parts = path.split("/");
  if (!isPathBelow(path) || !isBelow(folder, target)) throw outsideFolder(path);
  const root = await fs.realPath(folder) ?? folder;
  for (let count = 1; count <= parts.length; count++) {
    const real = await fs.realPath(join(folder, ...parts.slice(0, count)));
    if (real !== undefined && (real === root || !isBelow(root, real))) throw outsideFolder(path);
  }
  return target;
}

/**
 * The folder for a job or one of its steps, named as in Azure.
 *
 * @throws {UserError} `download.path` for a name that is not a valid folder name.
 */
export function downloadFolder(folder: string, name: string): string {
  if (!isPathName(name)) throw outsideFolder(name);
  return join(folder, name);
}

function outsideFolder(path: string): UserError {
  return new UserError(`Cannot download "${path}": its path leads out of the download folder`, {
    // download.path: The name of a file leads out of the download folder. Download it in Azure ML studio.
    code: "download.path",
    exit: ExitCode.Rejected,
    hint: "Download that file in Azure ML studio, or choose another folder with `-o`",
  });
}

function isThere(path: string): UserError {
  return new UserError(`"${path}" already exists, with other contents`, {
    // download.exists: A file with other contents is where one is downloaded to. Choose another folder, or
    //   pass `--force`.
    code: "download.exists",
    exit: ExitCode.Usage,
    hint: "Choose another folder with `-o`, or pass `--force` to overwrite it",
  });
}

function refused(action: string, status: number): UserError {
  return new UserError(`Cannot ${action}: the storage answered ${status}`, {
    // download.refused: The storage refused to hand out a file. Check your role at the storage account.
    code: "download.refused",
    exit: status === 403 ? ExitCode.Auth : ExitCode.Rejected,
    hint: status === 412
      ? "The file changed during the download; run the command again"
      : "Run the command again: it resumes",
  });
}
