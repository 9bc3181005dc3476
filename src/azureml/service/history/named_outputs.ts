import { prefixesOf } from "../../../core/text/names.ts";
import { trimEnd } from "../../../core/text/trim.ts";
import { onceEach } from "../../../core/async.ts";
import { type OpenDatastore, openDatastore } from "../assets/datastores.ts";
import { STORAGE_HEADERS } from "../client/api_versions.ts";
import { transferLimit, untilFailure } from "../client/limits.ts";
import type { Workspace } from "../client/workspace.ts";
import { portName } from "../../job/compile/step_and_port_names.ts";
import { NO_SAS } from "../upload/blob_client.ts";
import { listBlobs } from "../upload/blob_xml.ts";
import type { Artifact } from "./artifacts.ts";
import { download, type Downloaded, type DownloadFs } from "./download.ts";
import type { RunOutput } from "./run_outputs.ts";
import { requireSuccess } from "../client/read_json.ts";

/** Location of an output in a datastore. */
interface DatastorePath {
  readonly datastore: string;
  /** Path in the container, without a trailing slash. */
  readonly path: string;
}

/**
 * Parses a datastore URI in its short or long form; `undefined` for other URIs, such as those of models.
 *
 * As in `AzureMLDatastorePathUri` of azure-ai-ml 1.35.
 */
function parseDatastoreUri(uri: string): DatastorePath | undefined {
  const [, datastore, path] = /^azureml:\/\/(?:.+\/)?datastores\/([^/]+)(?:\/paths)?\/(.*)$/.exec(uri) ??
    [];
  return datastore === undefined ? undefined : { datastore, path: trimEnd(path!, "/") };
}

/** The folder for named outputs, as in azure-ai-ml. */
const FOLDER = "named-outputs";

/** Lists the files of outputs. */
export interface NamedOutputs {
  /**
   * Lists the files of one output.
   *
   * @returns Files with paths below `named-outputs/<output>/`; empty for an output that is not in a blob container.
   * @throws {UserError} `datastore.*`, `azure.*`, `network.*`.
   */
  files(output: RunOutput): Promise<readonly Artifact[]>;
}

/** Opens the named outputs of runs; each datastore is opened once. */
export function openNamedOutputs(workspace: Workspace): NamedOutputs {
  const open = onceEach((name: string) => openDatastore(workspace, name));
  return {
    async files({ name, uri }) {
      const location = uri === undefined ? undefined : parseDatastoreUri(uri);
      if (location === undefined) return [];
      let datastore = await open(location.datastore);
      const action = `list the files of output "${name}"`;
      const tokenFor = ({ sas }: OpenDatastore) =>
        sas === undefined ? { scope: workspace.cloud.storageScope } : {};
      const list = (query: string) => {
        const url = urlOf(datastore, "", query);
        const headers = STORAGE_HEADERS;
        return workspace.ask({ action, method: "GET", url, headers, ...tokenFor(datastore) });
      };
      const listed = listBlobs({ action, prefix: location.path }, async (query) => {
        let response = await list(query);
        // Azure ML gives a SAS even if the account accepts none.
        if (response.status === 403 && response.headers.get("x-ms-error-code") === NO_SAS) {
          datastore = { ...datastore, sas: undefined };
          response = await list(query);
        }
        requireSuccess(workspace, action, response);
        return response;
      });
      const blobs = (await Array.fromAsync(listed)).map((blob) => blob.name);
      return filesBelow(location.path, blobs).map(([blob, path]) => ({
        path: `${FOLDER}/${name}/${path}`,
        url: urlOf(datastore, `/${blob.split("/").map(encodeURIComponent).join("/")}`),
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
