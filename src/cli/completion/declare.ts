import { Argument, type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `completion`, and `complete`, which only shells ask. */
export function declareCompletion(root: Command, { app, done, declare }: Declaring): void {
  declare(root, "completion", "Print a script that makes a shell complete commands, options and names")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish", "powershell"]))
    .action(async (shell) => done((await import("./completion.ts")).completion({ shell })));

  root.command("complete [words...]", { hidden: true })
    .addOption(new Option("--word <text>").default("").hideHelp())
    .action(async (before, options) =>
      done(await (await import("./completion.ts")).answer(app(), root, { ...options, before }))
    );
}
