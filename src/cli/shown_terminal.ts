import type { Terminal } from "../core/context.ts";
import { harmless, shownText } from "../core/text/sanitize.ts";

/**
 * The terminal as the whole program writes to it: the one place where text leaves. Whatever a text was made of, such as
 * names of a project, messages of Azure and logs, it moves no cursor and is no command to a CI service.
 */
export function shownTerminal(terminal: Terminal): Terminal {
  const { color } = terminal;
  const shown = (text: string) => shownText(text, { color });
  return {
    ...terminal,
    out: (text) => terminal.out(shown(text)),
    err: (text) => terminal.err(shown(text)),
    // The one command is meant; its text cannot be another.
    command: (line) =>
      terminal.command(harmless(`.${line}`).slice(1).replace(/^# #/, "##").replaceAll("\n", " ")),
    question: (text) => terminal.question(shown(text)),
    pin: (name, frame) => terminal.pin(name, frame && ((size) => frame(size).map(shown))),
  };
}
