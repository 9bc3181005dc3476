import type { Context } from "../../core/context.ts";

/** Prompts the person at the terminal; `undefined` at the end of the input. @throws when Ctrl+C is pressed. */
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
