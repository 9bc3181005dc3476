import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import { renderWarning } from "../text/error.ts";
import { cut } from "../text/table.ts";
import { printMessage } from "./print_message.ts";

/** Progress on standard error. */
export interface Progress {
  /** Prints one line; with `--json`, prints `data` as a JSON line instead. */
  say(text: string, data: unknown): void;
  /** Shows a count on the last line of a terminal until the next output; elsewhere only the last count is printed. */
  count(text: string, isLast: boolean): void;
  /** Removes the count. */
  clear(): void;
  warn(warning: Warning): void;
}

/** Name of the pinned line that shows a count. */
const COUNT = "count";

/** Opens progress: lines in a log, a counting line on a terminal, JSON lines with `--json`. */
export function openProgress(
  { terminal }: Pick<Context, "terminal">,
  options: Pick<GlobalOptions, "json" | "emulator">,
): Progress {
  const line = (text: string, data: unknown) => {
    terminal.pin(COUNT);
    printMessage({ terminal }, options, { data, text: `${text}\n` });
  };
  return {
    say: (text, data) => line(text, { progress: data }),
    count(text, isLast) {
      if (options.json) return;
      if (isLast) return line(text, undefined);
      terminal.pin(COUNT, ({ columns }) => [cut(text, columns - 1)]);
    },
    clear: () => void terminal.pin(COUNT),
    warn(warning) {
      const { text, data } = renderWarning(warning);
      line(text.trimEnd(), data);
    },
  };
}
