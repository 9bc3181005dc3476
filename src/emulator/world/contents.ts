/** A part of a blob's bytes: in memory, or in a file by its absolute path. */
export type Piece =
  | { readonly sizeBytes: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly sizeBytes: number; readonly file: string };

/** What a blob or a block holds. */
export interface Content {
  readonly sizeBytes: number;
  /** Absent: there were too many bytes to keep in memory. */
  readonly pieces?: readonly Piece[];
  /** In base64; absent where nobody computed it, as for a blob that was made of blocks. */
  readonly md5?: string | undefined;
}

/** A block blob. */
export interface Blob extends Content {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly modifiedAt: Date;
  /** Blocks that no list has named yet, by id. */
  readonly staged: Map<string, Content>;
  /** Whether there are only staged blocks so far. */
  readonly isUncommitted: boolean;
}

/** A blob container. */
export interface Container {
  readonly account: string;
  readonly name: string;
  readonly blobs: Map<string, Blob>;
}
