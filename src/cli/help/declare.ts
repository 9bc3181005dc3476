import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { linkLines, REPOSITORY } from "./links.ts";
import { PAGE_NAMES, TOPIC_NAMES } from "./names.ts";

/** Declares `help` in place of the parser's own, and adds links to the help of the program. */
export function declareHelp(root: Command, { declare, run }: Declaring): void {
  declare(root, "help", "Show help for a command or a topic, or a page of the documentation")
    .argument(
      "[topic...]",
      `a command; a topic: ${TOPIC_NAMES.join(", ")}; or a page: ${PAGE_NAMES.join(", ")}`,
    )
    .action(run(async () => (await import("./help.ts")).help));
  const names = { topics: TOPIC_NAMES, pages: PAGE_NAMES };
  root.addHelpText("after", () => ["", ...linkLines(names, REPOSITORY)].join("\n"));
}
