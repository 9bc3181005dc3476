import { basename } from "node:path";
import type { CodeFile, CodeFileFs } from "../../job/code/file.ts";
import { hashFiles } from "../../job/code/hash.ts";
import { getDefaultDatastore, openDatastore } from "../assets/datastores.ts";
import type { Workspace } from "../client/workspace.ts";
import { type BlobFolder, listUploaded, NO_SAS } from "./blob_client.ts";
import { UserError } from "../../../core/errors.ts";
import { bytesLimit } from "../client/limits.ts";
import { BLOCK_BYTES, countedPut, type OnUploaded } from "./put_file.ts";

/** A file or folder of data to upload. */
export interface LocalData {
  /** Absolute path. */
  readonly path: string;
  readonly type: "uri_file" | "uri_folder";
  /** Its files, by name relative to the folder; of a file, itself. */
  readonly files: readonly CodeFile[];
}

/** Bytes to send at once. */
const BYTES_AT_ONCE = 2 * BLOCK_BYTES;

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
  const target = { containerUrl: datastore.url, sas: datastore.sas, folder, storageAccountId: undefined };
  await putAll(workspace, target, { fs, files, onUploaded }).catch(async (thrown) => {
    // The account refuses keys, so the identity's own token is used.
    if (!(thrown instanceof UserError) || thrown.data.azureCode !== NO_SAS || target.sas === undefined) {
      throw thrown;
    }
    await putAll(workspace, { ...target, sas: undefined }, { fs, files, onUploaded });
  });
  const path = data.type === "uri_folder" ? `${folder}/` : `${folder}/${files[0]!.name}`;
  const { subscription_id: subscription, resource_group: group, name } = workspace.config;
  return `azureml://subscriptions/${subscription}/resourcegroups/${group}/workspaces/${name}/datastores/${datastore.name}/paths/${path}`;
}

async function putAll(
  workspace: Workspace,
  target: BlobFolder,
  { fs, files, onUploaded }: {
    readonly fs: CodeFileFs;
    readonly files: readonly CodeFile[];
    readonly onUploaded: OnUploaded;
  },
): Promise<void> {
  const arrived = await listUploaded(workspace, target);
  const limit = bytesLimit(BYTES_AT_ONCE);
  const putOne = countedPut(workspace, target, { files, onUploaded });
  await Promise.all(
    files.map((file) =>
      limit(
        Math.min(Math.max(file.sizeBytes, BLOCK_BYTES / 8), BLOCK_BYTES),
        () => putOne({ fs, file, arrived: arrived.get(file.name), resumes: true }),
      )
    ),
  );
}
