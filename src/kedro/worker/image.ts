/** The files that the interpreter starts from. */
export interface Image {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly stdlib: Uint8Array<ArrayBuffer>;
  readonly site: Uint8Array<ArrayBuffer>;
  /** Pyodide's list of packages, as JSON. */
  readonly lock: string;
  /** Memory with Kedro already imported; absent while that snapshot is made. */
  readonly snapshot?: Uint8Array<ArrayBuffer>;
}
