import type { Context } from "../../core/context.ts";
import { shownJson } from "../../core/untrusted.ts";
import type { GlobalOptions } from "../parse/global_options.ts";
import type { Message } from "../text/error.ts";
import { terminalText } from "../text/render.ts";

/** Prints a message to standard error: its text, or with `--json` its data as a line. */
export function printMessage(
  { terminal }: Pick<Context, "terminal">,
  { json = false, emulator = false }: Pick<GlobalOptions, "json" | "emulator">,
  { data, text }: Message,
): void {
  const shown = emulator ? withEmulatorOption : (same: string) => same;
  terminal.err(json ? shownJson(shown(JSON.stringify(data))) + "\n" : terminalText(terminal, shown(text)));
}

/** Commands that `--emulator` sends to an emulator instead of Azure. */
const ASK_AZURE = new Set(
  "auth data diff doctor environment job rerun run schedule setup submit ui".split(" "),
);
/** What needs no Azure below them. */
const LOCAL = ["auth login", "auth logout", "job report --from"];

/** Adds `--emulator` to commands in backticks, in hints of a command that was run with it. */
export function withEmulatorOption(text: string): string {
  return text.split("`").map((part, at) => {
    const [program, ...words] = part.split(" ");
    const line = words.join(" ");
    const asksAzure = ASK_AZURE.has(words[0] ?? "") || words.includes("--online");
    const isLocal = LOCAL.some((other) => line.startsWith(other)) || words.includes("--emulator") ||
      words.includes("--help");
    const isFor = at % 2 === 1 && program === "kedro-azureml" && asksAzure && !isLocal;
    return isFor ? `${part} --emulator` : part;
  }).join("`");
}
