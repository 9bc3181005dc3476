/** A part of a blob's bytes: in memory, or in a file by its absolute path. */
export type Piece =
  | { readonly sizeBytes: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly sizeBytes: number; readonly file: string };

/** The content of a blob or a block. */
export interface Content {
  readonly sizeBytes: number;
  /** Absent if there were too many bytes to keep in memory. */
  readonly pieces?: readonly Piece[];
  /** In base64; absent if it was not computed, as for a blob made of blocks. */
  readonly md5?: string | undefined;
}

/** A block blob. */
export interface Blob extends Content {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly modifiedAt: Date;
  /** Blocks, by id, that are not yet in a block list. */
  readonly staged: ReadonlyMap<string, Content>;
  /** Blocks, by id, of its block list. */
  readonly blocks?: ReadonlyMap<string, Content>;
  /** Whether it consists only of staged blocks so far. */
  readonly isUncommitted: boolean;
}

/** A blob container. */
export interface Container {
  readonly account: string;
  readonly name: string;
  readonly blobs: Map<string, Blob>;
}

/** What the name of a map of blobs starts with; the container's key follows. */
export const BLOBS = "blobs:";

/** The maps that hold the emulator's data; with stored state, they record each change. */
export interface WorldMaps {
  /** The map with a name, which is created on first use. */
  of<V>(name: string): Map<string, V>;
}

/** Maps in memory, which are lost when the process ends. */
export function memoryMaps(): WorldMaps {
  const maps = new Map<string, Map<string, unknown>>();
  return {
    of<V>(name: string) {
      const map = maps.get(name) ?? new Map<string, unknown>();
      maps.set(name, map);
      return map as Map<string, V>;
    },
  };
}
