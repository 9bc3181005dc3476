import type { Command } from "commander";
import type { CommandContext } from "./command_context.ts";
import type { GlobalOptions } from "./global_options.ts";
import type { Outputs } from "./output.ts";

/** What the declarations of commands share. */
export interface Declaring {
  /** The context of the command that runs; only its action may call this. */
  readonly app: () => CommandContext;
  /** Takes the result of a command. */
  readonly done: (result: Outputs) => Promise<void>;
  /** The options of the program; only an action may call this, once the command line is parsed. */
  readonly globals: () => GlobalOptions;
  /** Adds a command below another one. */
  readonly declare: (parent: Command, name: string, description: string) => Command;
}
