/** Keys in an order in which each comes after those that it needs. */
interface Sorted<K> {
  readonly sorted: readonly K[];
  /** The keys of cycles, and those that need one of them, in the given order. */
  readonly cyclic: readonly K[];
}

/**
 * Sorts keys so that each comes after those that it needs, topologically. Needs that are not among the keys do not count.
 *
 * @param taking What comes next of the keys whose needs are met: `all` of them, which gives layers, or only the `first`,
 *   which changes the given order as little as possible.
 */
export function sortedByNeeds<K>(
  keys: Iterable<K>,
  needsOf: (key: K) => Iterable<K>,
  taking: "all" | "first" = "all",
): Sorted<K> {
  const waiting = new Set(keys);
  const sorted: K[] = [];
  const isReady = (key: K) => Iterator.from(needsOf(key)).every((need) => !waiting.has(need));
  for (;;) {
    const ready = waiting.values().filter(isReady);
    const next = [...taking === "all" ? ready : ready.take(1)];
    if (next.length === 0) return { sorted, cyclic: [...waiting] };
    for (const key of next) waiting.delete(key);
    sorted.push(...next);
  }
}
