import type { Context } from "../../core/context.ts";
import { isLive } from "./live_table.ts";

/** Delay before a spinner is shown, so that quick work shows none. */
const DELAY_MS = 300;
/** Duration of one frame. */
const FRAME_MS = 100;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Name of the pinned line. */
const SPINNER = "spinner";

/**
 * Shows a spinner with a text at the bottom of the terminal once the work has taken 300 ms; without color, only the
 * text. Shows nothing in a log, in CI, and with `--json`.
 *
 * @returns A function that removes the spinner.
 */
export function startSpinner(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  text: string,
  { json = false }: { readonly json?: boolean },
): () => void {
  if (!isLive(ctx, json)) return () => {};
  const { terminal, clock } = ctx;
  const stop = new AbortController();
  const spin = async () => {
    await clock.sleep(DELAY_MS, stop.signal);
    for (let at = 0; !stop.signal.aborted; at++) {
      terminal.pin(SPINNER, () => [terminal.color ? `${FRAMES[at % FRAMES.length]} ${text}` : `  ${text}`]);
      if (!terminal.color) return;
      await clock.sleep(FRAME_MS, stop.signal);
    }
  };
  spin().catch(() => {});
  return () => {
    stop.abort();
    terminal.pin(SPINNER);
  };
}
