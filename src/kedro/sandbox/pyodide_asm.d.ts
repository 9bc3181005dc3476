interface InterpreterModule {
  growMemory(bytes: number): number;
  readonly HEAPU8: Uint8Array;
  readonly API: { restoreSnapshot(snapshot: Uint8Array): unknown };
}

export default function createModule(settings: unknown): Promise<InterpreterModule>;
