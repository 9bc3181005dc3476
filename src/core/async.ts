/** Wraps a function so that it runs at the first call; later calls return the same value. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Like {@linkcode once}, for each value. @param keyOf Returns the same key for values that are the same (default: the value). */
export function onceEach<V, T>(
  make: (value: V) => T,
  keyOf: (value: V) => unknown = (value) => value,
): (value: V) => T {
  const made = new Map<unknown, T>();
  return (value) => {
    const key = keyOf(value);
    if (!made.has(key)) made.set(key, make(value));
    return made.get(key)!;
  };
}

/** Stops waiting for work when a signal aborts; the work goes on. @throws The signal's reason. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
