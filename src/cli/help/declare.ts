import type { Command } from "commander";
import { teach } from "./teach.ts";
import type { Declaring } from "../command/declare.ts";

/** What `help` tells beside the commands; listed here so that nothing is loaded for it. */
const TOPIC_NAMES = ["exit-codes", "environment", "credentials", "azureml.yml", "man"];

/** Declares `help` in place of the parser's own, and gives every command its examples. */
export function declareHelp(root: Command, { app, done, declare }: Declaring): void {
  declare(root, "help", "Print help for a command or a topic")
    .argument("[topic...]", `a command, or ${TOPIC_NAMES.join(", ")}`)
    .action(async (words) => done((await import("./help.ts")).help(app(), root, words)));
  teach(root, TOPIC_NAMES);
}
