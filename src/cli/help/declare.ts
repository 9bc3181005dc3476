import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { extendHelp } from "./extend.ts";

/** Help topics that are not commands; listed here so that declaring them loads none. */
export const TOPIC_NAMES: readonly string[] = [
  "exit-codes",
  "environment",
  "credentials",
  "azureml.yml",
  "man",
];

/** Declares `help` in place of the parser's own, and extends the help of every command. */
export function declareHelp(root: Command, { app, done, declare }: Declaring, columns: () => number): void {
  declare(root, "help", "Print help for a command or a topic")
    .argument("[topic...]", `a command, or ${TOPIC_NAMES.join(", ")}`)
    .action(async (words) => done((await import("./help.ts")).help(app(), root, words)));
  extendHelp(root, TOPIC_NAMES, columns);
}
