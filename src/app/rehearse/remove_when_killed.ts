import type { AppContext } from "../context.ts";

/** Waits for the end of standard input, then removes a folder; retries, because steps may still be ending. */
const REMOVE_AT_END = `read -r _
for _ in 1 2 3 4 5; do
  chmod -R u+rwX "$1"; rm -rf -- "$1"; [ -e "$1" ] || exit 0; sleep 1
done`;

/**
 * Starts a process that removes a folder if this program is killed, such as when its terminal is closed: the folder may
 * have copies of large or personal data.
 *
 * @returns a function that stops it.
 */
export function removeWhenKilled({ exec }: Pick<AppContext, "exec">, folder: string): () => Promise<void> {
  const stop = new AbortController();
  const ended = exec("sh", ["-c", REMOVE_AT_END, "sh", folder], {
    noticesParentEnd: true,
    signal: stop.signal,
  });
  return async () => {
    stop.abort();
    await ended;
  };
}
