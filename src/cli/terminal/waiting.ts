import type { Context } from "../../core/context.ts";
import { durationText } from "../../core/text/duration.ts";
import { cut } from "../text/table.ts";
import { isLive } from "./live_table.ts";
import type { Progress } from "./progress.ts";

/** Delay before a spinner is shown, so that quick work shows none. */
const DELAY_MS = 300;
/** Duration of one frame. */
const FRAME_MS = 100;
const PLAIN_FRAME_MS = 1000;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Name of the pinned line. */
const SPINNER = "spinner";

/** Time between two lines of long work in a log. */
const LOG_MS = 30_000;

/** As {@linkcode startSpinner}, but a log gets a line with the time from time to time. */
export function startLongWork(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  text: string,
  { json = false, progress }: { readonly json?: boolean; readonly progress: Pick<Progress, "say"> },
): () => void {
  if (isLive(ctx, json)) return startSpinner(ctx, text, { json });
  const stop = new AbortController();
  const startedAt = ctx.clock.now().getTime();
  const tell = async () => {
    for (;;) {
      await ctx.clock.sleep(LOG_MS, stop.signal);
      const elapsedMs = ctx.clock.now().getTime() - startedAt;
      progress.say(`  ${text} (${durationText(elapsedMs)})`, { type: "working", text, elapsedMs });
    }
  };
  tell().catch(() => {});
  return () => stop.abort();
}

/**
 * Shows a spinner with a text and the time it has taken at the bottom of the terminal once that is 300 ms; without
 * color, no spinner. Shows nothing in a log, in CI, and with `--json`.
 *
 * @param text What is done; a function is called for each frame, and the time is not added.
 * @returns A function that removes the spinner.
 */
export function startSpinner(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  text: string | (() => string),
  { json = false }: { readonly json?: boolean },
): () => void {
  if (!isLive(ctx, json)) return () => {};
  const { terminal, clock } = ctx;
  const stop = new AbortController();
  const startedAt = clock.now().getTime();
  const shown = () => {
    if (typeof text === "function") return text();
    const ms = clock.now().getTime() - startedAt;
    return ms < 1000 ? text : `${text} (${durationText(ms)})`;
  };
  const spin = async () => {
    await clock.sleep(DELAY_MS, stop.signal);
    for (let frame = 0; !stop.signal.aborted; frame++) {
      const mark = terminal.color ? FRAMES[frame % FRAMES.length] : " ";
      terminal.pin(SPINNER, ({ columns }) => [cut(`${mark} ${shown()}`, columns - 1)]);
      await clock.sleep(terminal.color ? FRAME_MS : PLAIN_FRAME_MS, stop.signal);
    }
  };
  spin().catch(() => {});
  return () => {
    stop.abort();
    terminal.pin(SPINNER);
  };
}
