import { join } from "node:path";
import { findResource, workspaceResources, type World } from "../world/world.ts";
import type { EmulatedWorkspace, Resource } from "../world/world.ts";
import { blobPlaceOf, downloadBlobs } from "./blob_folder.ts";
import { copyTree, makeFolders, makeReadOnly, type StepMachine } from "./programs.ts";

/** Local files and folders to use for data assets: absolute paths by `NAME` or `NAME:VERSION`. */
export type DataMap = Readonly<Record<string, string>>;

/** Finds the data of a data asset or a storage URI. */
export interface DataFinder {
  /**
   * Returns the absolute path of a read-only copy: the file for a `uri_file`, else the folder.
   *
   * @throws {DataMissing} if the data is not on this machine.
   */
  find(workspace: EmulatedWorkspace, reference: string, type: string): Promise<string>;
}

/** The data for an input is not on this machine. */
export class DataMissing extends Error {
  override readonly name = "DataMissing";
}

/** Creates a finder that copies each data asset once into `folder`. */
export function createDataFinder(
  world: World,
  machine: StepMachine,
  { data, folder }: { readonly data: DataMap; readonly folder: string },
): DataFinder {
  const copies = new Map<string, Promise<string>>();
  return {
    find(workspace, reference, type) {
      const key = `${workspace.id} ${type} ${reference}`;
      const copy = copies.get(key) ?? makeCopy(workspace, reference, type);
      copies.set(key, copy);
      // Data that is missing may be uploaded later under the same version.
      copy.catch(() => copies.delete(key));
      return copy;
    },
  };

  async function makeCopy(workspace: EmulatedWorkspace, reference: string, type: string): Promise<string> {
    const asset = findVersion(world, workspace, reference);
    const target = join(folder, machine.random.uuid());
    await makeFolders(machine, target);
    const local = asset && (data[`${asset.name}:${asset.version}`] ?? data[asset.name]);
    if (local !== undefined) await copyLocal(local, join(target, lastPart(local)), type);
    else await downloadAsset(asset, reference, workspace, target);
    await makeReadOnly(machine, target);
    if (local !== undefined) return join(target, lastPart(local));
    return type === "uri_file" ? await onlyFile(target) : target;
  }

  async function copyLocal(local: string, to: string, type: string): Promise<void> {
    const entry = await machine.fs.stat(local);
    if (entry === undefined) throw new DataMissing(`There is nothing at ${local}.`);
    const wanted = type === "uri_file" ? "file" : "folder";
    if (entry.kind !== wanted) throw new DataMissing(`${local} is no ${wanted}, as a ${type} is.`);
    await copyTree(machine, local, to);
  }

  async function downloadAsset(
    asset: FoundVersion | undefined,
    reference: string,
    workspace: EmulatedWorkspace,
    target: string,
  ): Promise<void> {
    const uri = asset?.uri ?? reference;
    const place = blobPlaceOf(world, blobUrl(world, workspace, uri) ?? uri);
    if (place !== undefined && await downloadBlobs(world, machine, place, target) > 0) return;
    throw new DataMissing(
      asset === undefined
        ? `The data at ${reference} is not on this machine; only data assets can be given with --data.`
        : `Data asset ${asset.name}:${asset.version} is not on this machine. Give its file or folder with ` +
          `--data ${asset.name}=PATH`,
    );
  }

  async function onlyFile(folder: string): Promise<string> {
    for await (const { path, kind } of machine.fs.walk(folder, () => true)) if (kind === "file") return path;
    return folder;
  }
}

interface FoundVersion {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
}

/** The data asset version that `azureml:NAME:VERSION`, `azureml:NAME@latest` or an ARM id refers to. */
function findVersion(
  world: World,
  workspace: EmulatedWorkspace,
  reference: string,
): FoundVersion | undefined {
  const bare = reference.replace(/^azureml:(?!\/\/)/, "");
  const [, name, version] = /^([^/:@]+)(?::([^/:@]+)|@latest)?$/.exec(bare) ?? [];
  const asset = name === undefined
    ? findResource(world, bare)
    : version === undefined
    ? workspaceResources(world, workspace, "data/versions").filter((resource) => assetName(resource) === name)
      .at(-1)
    : findResource(world, `${workspace.id}/data/${name}/versions/${version}`);
  if (asset === undefined || !asset.type.endsWith("/data/versions")) return undefined;
  return { name: assetName(asset), version: asset.name, uri: String(asset.properties.dataUri) };
}

function assetName({ id }: Resource): string {
  return id.split("/").at(-3)!;
}

/** The blob URL for `azureml://…/datastores/NAME/paths/PATH`. */
function blobUrl(world: World, workspace: EmulatedWorkspace, uri: string): string | undefined {
  const [, datastore, path] = /^azureml:\/\/.*\/datastores\/([^/]+)\/paths\/(.*)$/.exec(uri) ?? [];
  const resource = datastore && findResource(world, `${workspace.id}/datastores/${datastore}`);
  if (!resource) return undefined;
  return `${world.links.blob(workspace.account)}/${resource.properties.containerName}/${path}`;
}

/** The name of a local file or folder, without characters that a shell would interpret in a step's command. */
function lastPart(path: string): string {
  const name = path.split("/").filter((part) => part !== "").at(-1) ?? "data";
  return name.replace(/[^\p{L}\p{N}_.,@+=-]/gu, "_");
}
