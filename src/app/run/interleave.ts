/** Runs several generators in parallel and yields their values in the order of arrival. */
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
