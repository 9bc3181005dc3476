import type { Command } from "commander";
import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { programOf, subcommand } from "../command/declare.ts";
import { PAGE_NAMES } from "./names.ts";
import { USUAL_COLUMNS } from "./layout.ts";
import { manualPage } from "./man.ts";
import { type Topic, TOPICS } from "../../app/help/topics.ts";
import type { Output } from "../command/output.ts";
import { ownValue } from "../../core/fields.ts";

/** Longer lines of text are hard to read. */
const WIDEST = 120;

/**
 * Prints the help of a command or a topic, the manual page, or a page of the documentation.
 *
 * @throws {UserError} `usage.no_help` for anything else.
 */
export async function help(
  ctx: Pick<Context, "terminal">,
  { args: { topic: words } }: { readonly args: { readonly topic: readonly string[] } },
  self: Command,
): Promise<Output> {
  const root = programOf(self);
  const name = words.join(" ");
  if (name === "man") {
    const page = manualPage(root);
    return { data: { page }, text: page, isRaw: true };
  }
  const topic = ownValue(TOPICS, name)?.();
  if (topic !== undefined) {
    return { data: topic, text: topicText(root, topic, ctx.terminal.columns), isRaw: true };
  }
  if (PAGE_NAMES.includes(name)) {
    const [{ PAGES }, { pageText }] = await Promise.all([import("./pages.ts"), import("./page_text.ts")]);
    const columns = ctx.terminal.outColumns;
    return {
      data: { page: PAGES[name]! },
      text: pageText(PAGES[name]!, columns && Math.min(columns, WIDEST)),
      isRaw: true,
    };
  }
  const command = words.reduce<Command | undefined>((above, word) => above && subcommand(above, word), root);
  if (command === undefined) throw noHelp(root, name);
  let text = "";
  command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
  return { data: { text }, text, isRaw: true };
}

function topicText(root: Command, { about, entries }: Topic, columns = USUAL_COLUMNS): string {
  const helper = root.createHelp();
  helper.prepareContext({ helpWidth: Math.max(60, columns) });
  const widest = Math.max(...entries.map(({ term }) => term.length));
  const items = entries.map(({ term, says }) => helper.formatItem(term, Math.min(widest, 44), says, helper));
  return [helper.boxWrap(about, helper.helpWidth!), "", ...items, ""].join("\n");
}

function noHelp(root: Command, name: string): UserError {
  const names = [
    ...Object.keys(TOPICS),
    "man",
    ...PAGE_NAMES,
    ...root.commands.map((command) => command.name()),
  ];
  return new UserError(`No help for "${name}"${didYouMean(name, names)}`, {
    code: "usage.no_help",
    hint: "Run `kedro-azureml --help`",
  });
}
