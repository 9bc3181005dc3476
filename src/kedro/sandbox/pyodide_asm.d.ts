/** The interpreter's WebAssembly module. */
interface InterpreterModule {
  growMemory(bytes: number): number;
  readonly HEAPU8: Uint8Array;
  readonly API: { restoreSnapshot(snapshot: Uint8Array): unknown };
}

/** Creates the interpreter's WebAssembly module. */
export default function createModule(settings: unknown): Promise<InterpreterModule>;
