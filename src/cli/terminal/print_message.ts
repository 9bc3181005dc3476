import type { Context } from "../../core/context.ts";
import { isCi } from "../../core/env_vars.ts";
import { shellWord, shownJson } from "../../core/untrusted.ts";
import type { Message } from "../text/error.ts";
import { terminalText } from "../text/render.ts";

export interface Printing {
  readonly json?: boolean | undefined;
  /** What commands become that messages name (default: they stay as they are). */
  readonly named?: ((text: string) => string) | undefined;
}

/** Prints a message to standard error: its text, or with `--json` its data as a line. */
export function printMessage(
  { terminal, env }: Pick<Context, "terminal" | "env">,
  { json = false, named = (text) => text }: Printing,
  { code, data, text }: Message,
): void {
  if (json) return terminal.err(shownJson(named(JSON.stringify(data))) + "\n");
  // What is wrong with a command line, its help tells.
  const isLookedUp = terminal.columns !== undefined || isCi(env);
  const isShown = isLookedUp && code !== undefined && !code.startsWith("usage.");
  terminal.err(terminalText(terminal, named(isShown ? text.replace("\n", ` [${code}]\n`) : text)));
}

/** Adds an option to the commands in backticks that take it; the words of each come after the program's name. */
function withOption(text: string, option: string, takes: (words: readonly string[]) => boolean): string {
  return text.split("`").map((part, at) => {
    const [program, ...words] = part.split(" ");
    const isCommand = at % 2 === 1 && program === "kedro-azureml" && !words.includes("--help");
    return isCommand && takes(words) ? `${part} ${option}` : part;
  }).join("`");
}

const WITHOUT_PROJECT = ["help", "auth", "completion"];

/** Adds `-C` to commands in backticks, in hints of a command that was run with it. */
export function withDirectory(text: string, directory: string | undefined): string {
  if (directory === undefined) return text;
  return withOption(
    text,
    `-C ${shellWord(directory)}`,
    (words) => !WITHOUT_PROJECT.includes(words[0] ?? "") && !words.slice(1).includes("-C"),
  );
}

/** Reads jobs that were kept in a folder. */
const OF_FOLDER = "job report --from";

/**
 * Adds `--emulator` to commands in backticks, in hints of a command that was run with it.
 *
 * @param asksAzure Whether the command that these words run sends requests to Azure.
 */
export function withEmulatorOption(text: string, asksAzure: (words: readonly string[]) => boolean): string {
  return withOption(
    text,
    "--emulator",
    (words) => !words.join(" ").startsWith(OF_FOLDER) && !words.includes("--emulator") && asksAzure(words),
  );
}
