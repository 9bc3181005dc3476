/** The files that the interpreter starts from. */
export interface Image {
  /** The interpreter's code. Compiling starts with the process; the bytes are not kept. */
  readonly code: Promise<WebAssembly.Module>;
  readonly stdlib: Uint8Array<ArrayBuffer>;
  readonly site: Uint8Array<ArrayBuffer>;
  /** Pyodide's list of packages, as JSON. */
  readonly lock: string;
  /** Memory with Kedro already imported; absent while the snapshot is being made. */
  readonly snapshot?: SnapshotFile;
}

/** A snapshot that is read from its file on demand: loading it first would use its size in memory twice. */
export interface SnapshotFile {
  readonly sizeBytes: number;
  /** Fills `into` with the snapshot's bytes, starting at byte `from`. */
  read(from: number, into: Uint8Array): void;
}
