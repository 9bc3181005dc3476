import type { Terminal } from "../core/context.ts";
import { harmless, shownText } from "../core/text/sanitize.ts";

/**
 * Wraps the terminal so that all output is sanitized; the whole program writes through it. Whatever a text contains,
 * such as names from a project, messages from Azure or logs, it cannot move the cursor or act as a command of a CI
 * service.
 */
export function shownTerminal(terminal: Terminal): Terminal {
  const { color } = terminal;
  const shown = (text: string) => shownText(text, { color });
  return {
    ...terminal,
    out: (text) => terminal.out(shown(text)),
    err: (text) => terminal.err(shown(text)),
    // The first command in the line is intended; the rest of its text must not become another one.
    command: (line) =>
      terminal.command(harmless(`.${line}`).slice(1).replace(/^# #/, "##").replaceAll("\n", " ")),
    question: (text) => terminal.question(shown(text)),
    pin: (name, frame) => terminal.pin(name, frame && ((size) => frame(size).map(shown))),
  };
}
