import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { extendHelp } from "./extend.ts";
import { PAGE_NAMES, TOPIC_NAMES } from "./names.ts";

/** Declares `help` in place of the parser's own, and extends the help of every command. */
export function declareHelp(root: Command, { app, done, declare }: Declaring, columns: () => number): void {
  declare(root, "help", "Show help for a command or a topic, or a page of the documentation")
    .argument(
      "[topic...]",
      `a command; a topic: ${TOPIC_NAMES.join(", ")}; or a page: ${PAGE_NAMES.join(", ")}`,
    )
    .action(async (words) => done(await (await import("./help.ts")).help(app(), root, words)));
  extendHelp(root, { topics: TOPIC_NAMES, pages: PAGE_NAMES }, columns);
}
