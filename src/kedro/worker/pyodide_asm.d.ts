/** Makes the interpreter's WebAssembly module. */
export default function createModule(settings: unknown): Promise<{ growMemory(bytes: number): number }>;
