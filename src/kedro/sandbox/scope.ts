/** The Worker's side of its message channel, which TypeScript's DOM types do not declare. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** The global scope of this Worker. */
export const scope = globalThis as unknown as WorkerScope;
