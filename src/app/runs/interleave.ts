/** Iterates over several iterables at once, and yields the values in the order in which they arrive. */
export async function* interleaved<T>(all: readonly AsyncGenerator<T>[]): AsyncIterable<T> {
  const next = (one: AsyncGenerator<T>) => one.next().then((result) => ({ one, result }));
  const waiting = new Map(all.map((one) => [one, next(one)]));
  while (waiting.size > 0) {
    const { one, result } = await Promise.race(waiting.values());
    if (result.done) waiting.delete(one);
    else {
      waiting.set(one, next(one));
      yield result.value;
    }
  }
}
