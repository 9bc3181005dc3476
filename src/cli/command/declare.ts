import type { Command } from "commander";
import type { AppContext } from "../../app/context.ts";
import type { Globals } from "./globals.ts";
import type { Outputs } from "./output.ts";

/** What the declarations of commands share. */
export interface Declaring {
  /** What the command works with; there only once the command line is parsed. */
  readonly app: () => AppContext;
  /** Takes what a command gives back. */
  readonly done: (result: Outputs) => Promise<void>;
  /** The options before the command, once they are parsed. */
  readonly globals: () => Globals;
  /** Adds a command below another. */
  readonly declare: (parent: Command, name: string, description: string) => Command;
}
