import type { AppContext } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";

/** The context of a command: that of the application layer plus the terminal, which that layer does not have. */
export interface CommandContext extends AppContext, Pick<Context, "terminal"> {}
