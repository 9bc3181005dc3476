import type { Context, Terminal } from "../../core/context.ts";
import { harmless, shownText } from "../../core/untrusted.ts";

/** Looks for a flag before parsing, because these flags also apply to the parser's own errors. */
export function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).includes(flag);
}

/** Applies `--no-color`, `--no-input` and `--json` to the terminal: no color, no prompts. */
export function withTerminalFlags(
  ctx: Context,
  argv: readonly string[],
  named: (text: string) => string,
): Context {
  const { terminal } = ctx;
  const color = terminal.color && !hasFlag(argv, "--no-color");
  const interactive = terminal.interactive && !hasFlag(argv, "--no-input") && !hasFlag(argv, "--json");
  const shown = shownTerminal({ ...terminal, color, interactive });
  return { ...ctx, terminal: { ...shown, command: (line) => shown.command(named(line)) } };
}

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
    page: (text) => terminal.page(shown(text)),
    // The first command in the line is intended; the rest of its text must not become another one.
    command: (line) =>
      terminal.command(harmless(`.${line}`).slice(1).replace(/^# #/, "##").replaceAll("\n", " ")),
    question: (text) => terminal.question(shown(text)),
    pin: (name, frame) => terminal.pin(name, frame && ((size) => frame(size).map(shown))),
  };
}
