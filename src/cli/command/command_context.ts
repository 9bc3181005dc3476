import type { AppContext } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";

/** What a command works with: the context of the application layer, and the terminal, which that layer does not have. */
export interface CommandContext extends AppContext, Pick<Context, "terminal"> {}
