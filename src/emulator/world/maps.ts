import type { Blob, Container } from "./contents.ts";

/** The maps that hold the emulator's data; with stored state, they record each change. */
export interface WorldMaps {
  /** The map with a name, which is created on first use. */
  of<V>(name: string): Map<string, V>;
  readonly containers: Map<string, Container>;
  /** Returns an empty map for the blobs of a container, by the container's key. */
  blobs(container: string): Map<string, Blob>;
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
    containers: new Map(),
    blobs: () => new Map(),
  };
}
