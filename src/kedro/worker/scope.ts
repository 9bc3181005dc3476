/** The Worker's side of its message channel, which TypeScript's library for windows does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** The scope of the Worker that this runs in. */
export const scope = globalThis as unknown as WorkerScope;
