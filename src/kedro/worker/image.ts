/** The files that the interpreter starts from. */
export interface Image {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly stdlib: Uint8Array<ArrayBuffer>;
  readonly site: Uint8Array<ArrayBuffer>;
  /** Pyodide's list of packages, as JSON. */
  readonly lock: string;
  /** Memory with Kedro already imported; absent while that snapshot is made. */
  readonly snapshot?: SnapshotFile;
}

/** A snapshot that is still in its file: it is large, and would be in memory twice otherwise. */
export interface SnapshotFile {
  readonly sizeBytes: number;
  /** Fills `into` with what the snapshot holds from byte `from` on. */
  read(from: number, into: Uint8Array): void;
}
