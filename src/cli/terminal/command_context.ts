import type { CommandContext } from "../command/declare.ts";
import type { Context } from "../../core/context.ts";
import { openCiReport } from "../ci/ci_outputs.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import { openPerson } from "./ask_person.ts";
import { showEvents } from "./events.ts";
import { isLive } from "./live_table.ts";
import { openProgress } from "./progress.ts";

/** Interval at which the table of steps is redrawn to update the times. */
const TICK_MS = 1000;

/** Creates the context of a command, with events shown on the terminal, the person at it, and the CI system. */
export function openCommandContext(
  ctx: Context,
  options: Pick<GlobalOptions, "json" | "verbose" | "quiet" | "emulator">,
): CommandContext {
  const progress = openProgress(ctx, options);
  const report = showEvents(ctx, progress, options);
  return {
    ...ctx,
    report,
    person: openPerson(ctx, progress),
    ci: openCiReport(ctx, report),
    tickMs: isLive(ctx, options.json || options.quiet) ? TICK_MS : undefined,
  };
}
