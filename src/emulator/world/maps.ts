import type { Blob, Container } from "./contents.ts";

/** The maps that hold what an emulator knows; those of a kept state write each change down. */
export interface WorldMaps {
  /** The map of a name, which is made when it is first asked for. */
  of<V>(name: string): Map<string, V>;
  readonly containers: Map<string, Container>;
  /** An empty map for the blobs of a container, by its key. */
  blobs(container: string): Map<string, Blob>;
}

/** Maps that are gone with the process. */
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
