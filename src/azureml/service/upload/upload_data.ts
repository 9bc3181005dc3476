import { basename } from "node:path";
import type { CodeFile, CodeFileFs } from "../../job/code/file.ts";
import { hashFiles } from "../../job/code/hash.ts";
import { getDefaultDatastore, openDatastore } from "../assets/datastores.ts";
import type { Workspace } from "../client/workspace.ts";
import { listUploaded, NO_SAS } from "./blob_client.ts";
import { UserError } from "../../../core/errors.ts";
import { type OnUploaded, putFiles } from "./put_files.ts";

/** A file or folder of data to upload. */
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
    // The account refuses keys, so the identity's own token is used.
    if (!(thrown instanceof UserError) || thrown.data.azureCode !== NO_SAS || datastore.sas === undefined) {
      throw thrown;
    }
    await put(undefined);
  });
  const path = data.type === "uri_folder" ? `${folder}/` : `${folder}/${files[0]!.name}`;
  const { subscription_id: subscription, resource_group: group, name } = workspace.config;
  return `azureml://subscriptions/${subscription}/resourcegroups/${group}/workspaces/${name}/datastores/${datastore.name}/paths/${path}`;
}
