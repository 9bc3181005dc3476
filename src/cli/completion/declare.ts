import { Argument, type Command, Option } from "commander";
import type { Declaring } from "../command/declare.ts";

/** Declares `completion`, and the hidden command `complete`, which the shells' scripts call. */
export function declareCompletion(root: Command, { declare, run }: Declaring): void {
  declare(root, "completion", "Print a shell completion script", [
    ["completion bash >> ~/.bashrc", "Enable completion in bash"],
    [
      "completion zsh > ~/.zsh/completions/_kedro-azureml",
      "Enable completion in zsh, from a folder in fpath",
    ],
    ["completion fish > ~/.config/fish/completions/kedro-azureml.fish", "Enable completion in fish"],
    ["completion powershell >> $PROFILE", "Enable completion in PowerShell"],
  ])
    .addArgument(
      new Argument("<shell>", "shell to print the script for").choices(["bash", "zsh", "fish", "powershell"]),
    )
    .action(run(async () => (await import("./completion.ts")).completion));

  root.command("complete [words...]", { hidden: true })
    .addOption(new Option("--word <text>").default("").hideHelp())
    .action(run(async () => (await import("./completion.ts")).completeWord));
}
