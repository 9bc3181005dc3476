import { Argument, type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `completion`, and the hidden command `complete`, which the shells' scripts call. */
export function declareCompletion(root: Command, { app, done, declare }: Declaring): void {
  declare(root, "completion", "Print a shell completion script")
    .addArgument(
      new Argument("<shell>", "shell to print the script for").choices(["bash", "zsh", "fish", "powershell"]),
    )
    .action(async (shell) => done((await import("./completion.ts")).completion({ shell })));

  root.command("complete [words...]", { hidden: true })
    .addOption(new Option("--word <text>").default("").hideHelp())
    .action(async (before, options) =>
      done(await (await import("./completion.ts")).completeWord(app(), root, { ...options, before }))
    );
}
