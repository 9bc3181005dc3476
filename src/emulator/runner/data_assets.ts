import { join } from "node:path";
import { trimBoth } from "../../core/format.ts";
import { ownValue } from "../../core/json.ts";
import {
  type EmulatedWorkspace,
  findResource,
  openContainer,
  type Resource,
  workspaceResources,
  type World,
} from "../state/world.ts";
import { contentChunks } from "../storage/blob_content.ts";
import { copyTree, makeFolders, makeReadOnly, type StepMachine } from "./programs.ts";
import { shellWord } from "../../core/untrusted.ts";

/** Local files and folders to use for data assets: absolute paths by `NAME` or `NAME:VERSION`. */
export type DataMap = Readonly<Record<string, string>>;

export class DataMissing extends Error {
  override readonly name = "DataMissing";
}

/**
 * Creates a finder that copies each data asset into `folder`, once unless its local file or folder changes.
 *
 * @param options.data What to use in place of data assets, even uploaded ones.
 * @param options.localData What the catalog names for data assets, used for those that were not uploaded, if it is there.
 */
export function createDataFinder(
  world: World,
  machine: StepMachine,
  { data, localData = {}, folder }: {
    readonly data: DataMap;
    readonly localData?: DataMap | undefined;
    readonly folder: string;
  },
) {
  const copies = new Map<string, Promise<string>>();
  return {
    /**
     * Returns the absolute path of a read-only copy: the file for a `uri_file`, else the folder.
     *
     * @throws {DataMissing} if the data is not on this machine.
     */
    async find(workspace: EmulatedWorkspace, reference: string, type: string): Promise<string> {
      const asset = findVersion(world, workspace, reference);
      const local = asset && (givenFor(asset) ?? ownValue(localData, asset.name));
      const changed = local && (await machine.fs.stat(local))?.modifiedAt?.getTime();
      const key = `${workspace.id} ${type} ${reference} ${changed}`;
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
    const given = asset && givenFor(asset);
    const isUploaded = given === undefined &&
      await download(workspace, asset?.uri ?? reference, target);
    const local = given ?? (isUploaded ? undefined : await inProject(asset, type));
    // A step opens the file by the name that the catalog has, whatever that of another file for it is.
    const named = type === "uri_file" && asset ? ownValue(localData, asset.name) : undefined;
    const copy = local && join(target, lastPart(named ?? local));
    if (copy) await copyLocal(local, copy, type);
    else if (!isUploaded) throw missing(asset, reference);
    await makeReadOnly(machine, target);
    if (copy) return copy;
    return type === "uri_file" ? await onlyFile(target) : target;
  }

  function givenFor({ name, version }: FoundVersion): string | undefined {
    return ownValue(data, `${name}:${version}`) ?? ownValue(data, name);
  }

  async function inProject(asset: FoundVersion | undefined, type: string): Promise<string | undefined> {
    const path = asset && ownValue(localData, asset.name);
    const entry = path === undefined ? undefined : await machine.fs.stat(path);
    return entry?.kind === localKind(type) ? path : undefined;
  }

  async function copyLocal(local: string, to: string, type: string): Promise<void> {
    const entry = await machine.fs.stat(local);
    if (entry === undefined) throw new DataMissing(`There is nothing at ${local}.`);
    const wanted = localKind(type);
    if (entry.kind !== wanted) throw new DataMissing(`${local} is no ${wanted}, as a ${type} is.`);
    await copyTree(machine, local, to);
  }

  async function download(workspace: EmulatedWorkspace, uri: string, target: string): Promise<boolean> {
    const place = blobPlaceOf(world, blobUrl(world, workspace, uri) ?? uri);
    return place !== undefined && await downloadBlobs(world, machine, place, target) > 0;
  }

  async function onlyFile(folder: string): Promise<string> {
    for await (const { path, kind } of machine.fs.walk(folder, () => true)) if (kind === "file") return path;
    return folder;
  }
}

function missing(asset: FoundVersion | undefined, reference: string): DataMissing {
  if (asset === undefined) {
    return new DataMissing(
      `The data at ${reference} is not on this machine; only data assets can be given with --data.`,
    );
  }
  const name = shellWord(asset.name);
  return new DataMissing(
    `Data asset ${asset.name}:${asset.version} is not on this machine. Upload it with ` +
      `\`kedro-azureml --emulator data push ${name}\`, with its path if the catalog names none, or start the ` +
      `emulator with \`--data ${name}=PATH\``,
  );
}

export function localKind(type: string): "file" | "folder" {
  return type === "uri_file" ? "file" : "folder";
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

/** Finds the container and prefix of a URL in the emulator's own storage; `undefined` for other URLs. */
export function blobPlaceOf(world: World, uri: string) {
  const url = uri.replace(/^(https:\/\/[^/:]+):443(?=\/|$)/, "$1");
  for (const { account, name } of world.containers.values()) {
    const base = `${world.links.blob(account)}/${name}`;
    if (url !== base && !url.startsWith(`${base}/`)) continue;
    const container = openContainer(world, account, name);
    return { container, prefix: trimBoth(decodeURIComponent(url.slice(base.length)), "/") };
  }
  return undefined;
}

/** Downloads blobs into a new folder; a single blob becomes a file in it. @returns the number of files. */
export async function downloadBlobs(
  world: World,
  machine: StepMachine,
  { container, prefix }: NonNullable<ReturnType<typeof blobPlaceOf>>,
  folder: string,
): Promise<number> {
  await makeFolders(machine, folder);
  const start = prefix === "" ? "" : `${prefix}/`;
  let files = 0;
  for (const [name, blob] of container.blobs) {
    if (blob.isUncommitted || name !== prefix && !name.startsWith(start)) continue;
    if (blob.pieces === undefined) throw new Error(`The emulator kept only the size of the blob ${name}`);
    const path = name === prefix ? name.split("/").at(-1)! : name.slice(start.length);
    await machine.fs.writeChunks(
      join(folder, ...path.split("/")),
      contentChunks(world, blob, 0, blob.sizeBytes),
    );
    files++;
  }
  return files;
}
