import type { Context } from "../../core/context.ts";
import { shownJson } from "../../core/text/sanitize.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import { withEmulatorOption } from "../text/emulator_option.ts";
import type { Message } from "../text/error.ts";
import { terminalText } from "../text/terminal_text.ts";

/** Prints a message to standard error: its text, or with `--json` its data as a line. */
export function printMessage(
  { terminal }: Pick<Context, "terminal">,
  { json = false, emulator = false }: Pick<GlobalOptions, "json" | "emulator">,
  { data, text }: Message,
): void {
  const shown = emulator ? withEmulatorOption : (same: string) => same;
  terminal.err(json ? shownJson(shown(JSON.stringify(data))) + "\n" : terminalText(terminal, shown(text)));
}
