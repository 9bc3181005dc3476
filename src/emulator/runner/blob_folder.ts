import { join } from "node:path";
import { contentChunks } from "../storage/store.ts";
import type { Container } from "../world/contents.ts";
import { openContainer, type World } from "../world/world.ts";
import { makeFolders, type StepMachine } from "./programs.ts";
import { trimBoth } from "../../core/text/trim.ts";

/** A folder, or a single blob, in blob storage. */
export interface BlobPlace {
  readonly container: Container;
  /** Without a trailing slash; empty for the whole container. */
  readonly prefix: string;
}

/** Finds the container and prefix of a URL in the emulator's own storage; `undefined` for other URLs. */
export function blobPlaceOf(world: World, uri: string): BlobPlace | undefined {
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
  { container, prefix }: BlobPlace,
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
