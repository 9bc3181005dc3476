import type { Context } from "../../core/context.ts";

/** Asks the person at the terminal; `undefined` as soon as the input ends, or Ctrl+C is pressed. */
export async function ask({ terminal, signal }: Context, question: string): Promise<string | undefined> {
  const stopped = Promise.withResolvers<undefined>();
  const onAbort = () => stopped.resolve(undefined);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([terminal.question(question), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    signal.throwIfAborted();
  }
}
