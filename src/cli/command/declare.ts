import type { Command } from "commander";
import type { CommandContext } from "./command_context.ts";
import type { GlobalOptions } from "./global_options.ts";
import type { Outputs } from "./output.ts";

/** Passed to the functions that declare commands. */
export interface Declaring {
  /** Returns the context of the running command; call it only in an action. */
  readonly app: () => CommandContext;
  /** Receives the result of a command. */
  readonly done: (result: Outputs) => Promise<void>;
  /** Returns the global options; call it only in an action, when the command line has been parsed. */
  readonly globals: () => GlobalOptions;
  /** Adds a command below another one. */
  readonly declare: (parent: Command, name: string, description: string) => Command;
}
