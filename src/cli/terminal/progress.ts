import type { UploadProgress } from "../../azureml/storage/put_files.ts";
import type { Context } from "../../core/context.ts";
import { isCi } from "../../core/env_vars.ts";
import type { Warning } from "../../core/errors.ts";
import { countText, durationText, sizeText } from "../../core/format.ts";
import { type Message, warningMessages } from "../text/error.ts";
import { cut } from "../text/render.ts";
import { type Printing, printMessage } from "./print_message.ts";

/** Whether lines can be redrawn: on a terminal, outside CI, without `--json`. */
export function isLive({ terminal, env }: Pick<Context, "terminal" | "env">, json = false): boolean {
  return terminal.columns !== undefined && !json && !isCi(env) && env.TERM !== "dumb";
}

/** Time between two lines in a log. */
const UPLOAD_LOG_MS = 10_000;
/** Before this, a rate means little. */
const LEAST_RATED_MS = 2000;

/**
 * Shows how far an upload is: on a terminal in a line that is redrawn, in a log in a line from time to time.
 *
 * @returns A function to call with each event, and one that ends the line.
 */
export function showUpload(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  progress: Progress,
  options: { readonly json?: boolean | undefined },
): { show(event: UploadProgress): void; end(): void } {
  const now = () => ctx.clock.now().getTime();
  let last: UploadProgress | undefined;
  let [startedAt, saidAt] = [0, 0];
  let end = () => {};
  const text = () => uploadText(last!, now() - startedAt);
  return {
    show(event) {
      const isFirst = last === undefined || event.sentBytes < last.sentBytes;
      last = event;
      if (isFirst) {
        end();
        startedAt = saidAt = now();
        end = startSpinner(ctx, text, options);
      } else if (!isLive(ctx, options.json) && now() - saidAt >= UPLOAD_LOG_MS) {
        saidAt = now();
        progress.say(`  ${text()}`, { type: "upload", ...event });
      }
      if (event.files === event.totalFiles) this.end();
    },
    end() {
      end();
      last = undefined;
    },
  };
}

function uploadText({ files, totalFiles, sentBytes, totalBytes }: UploadProgress, elapsedMs: number): string {
  const done = `Uploading ${files} of ${countText(totalFiles, "file")}, ${sizeText(sentBytes)} of ${
    sizeText(totalBytes)
  }`;
  if (elapsedMs < LEAST_RATED_MS || sentBytes === 0) return done;
  const leftMs = (totalBytes - sentBytes) / sentBytes * elapsedMs;
  return `${done}, ${sizeText(sentBytes / elapsedMs * 1000)}/s, ${durationText(leftMs)} left`;
}

/** Delay before a spinner is shown, so that quick work shows none. */
const DELAY_MS = 300;
const FRAME_MS = 100;
const PLAIN_FRAME_MS = 1000;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER = "spinner";

/** Time between two lines of long work in a log. */
const LOG_MS = 30_000;

/** As {@linkcode startSpinner} with the time, but a log gets a line from time to time, too. */
export function startLongWork(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  textNow: () => string,
  { json = false, progress }: {
    readonly json?: boolean | undefined;
    readonly progress: Pick<Progress, "say">;
  },
): () => void {
  const startedAt = ctx.clock.now().getTime();
  const elapsed = () => ctx.clock.now().getTime() - startedAt;
  const timed = () => `${textNow()} (${durationText(elapsed())})`;
  if (isLive(ctx, json)) return startSpinner(ctx, timed, { json });
  const stop = new AbortController();
  const tell = async () => {
    for (;;) {
      await ctx.clock.sleep(LOG_MS, stop.signal);
      progress.say(`  ${timed()}`, { type: "working", text: textNow(), elapsedMs: elapsed() });
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
  { json = false }: { readonly json?: boolean | undefined },
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

export type Progress = ReturnType<typeof openProgress>;

const COUNT = "count";

/** Opens progress: lines in a log, a counting line on a terminal, JSON lines with `--json`. */
export function openProgress(
  { terminal, env }: Pick<Context, "terminal" | "env">,
  options: Printing,
) {
  const print = (message: Message) => {
    terminal.pin(COUNT);
    printMessage({ terminal, env }, options, message);
  };
  const line = (text: string, data: unknown) => print({ data, text: `${text}\n` });
  return {
    /** Prints one line; with `--json`, prints `data` as a JSON line instead. */
    say: (text: string, data: unknown) => line(text, { progress: data }),
    /** Shows a count on the last line of a terminal until the next output; elsewhere only the last count is printed. */
    count(text: string, isLast: boolean) {
      if (options.json) return;
      if (isLast) return line(text, undefined);
      terminal.pin(COUNT, ({ columns }) => [cut(text, columns - 1)]);
    },
    clear: () => void terminal.pin(COUNT),
    warn: (...warnings: readonly Warning[]) =>
      warningMessages(warnings, options.json ?? false).forEach(print),
  };
}
