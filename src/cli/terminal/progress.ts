import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";
import { shownJson } from "../../core/text/sanitize.ts";
import { renderWarning } from "../text/error.ts";
import { paint } from "../text/paint.ts";
import { cut } from "../text/columns.ts";

/** Tells on standard error what happens, while it happens. */
export interface Progress {
  /** Says one line; under `--json` writes `data` as one. */
  say(text: string, data: unknown): void;
  /** Shows a count on the last line of a terminal, until something else is said; in a log only the last count. */
  count(text: string, isLast: boolean): void;
  warn(warning: Warning): void;
}

/** The name that the line of a count is pinned under. */
const COUNT = "count";

/** Opens progress: lines in a log, a line that counts on a terminal, JSON lines under `--json`. */
export function openProgress(
  { terminal }: Pick<Context, "terminal">,
  { json = false }: { json?: boolean },
): Progress {
  const line = (text: string, data: unknown) => {
    terminal.pin(COUNT);
    if (json) terminal.err(shownJson(JSON.stringify(data)) + "\n");
    else terminal.err((terminal.color ? paint(text) : text) + "\n");
  };
  return {
    say: (text, data) => line(text, { progress: data }),
    count(text, isLast) {
      if (json) return;
      if (isLast) return line(text, undefined);
      terminal.pin(COUNT, ({ columns }) => [cut(text, columns - 1)]);
    },
    warn(warning) {
      const { text, data } = renderWarning(warning);
      line(text.trimEnd(), data);
    },
  };
}
