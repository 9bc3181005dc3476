import type { AppContext } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { openCiReport } from "../ci/report.ts";
import { openInteraction } from "./ask_person.ts";
import { showEvents } from "./events.ts";
import { isLive } from "./live_table.ts";
import { openProgress } from "./progress.ts";

/** Milliseconds between two drawings of the table of steps while nothing changes but the time. */
const TICK_MS = 1000;

/** Gives a command what it needs besides its context: the terminal to report to, the person at it, and the CI system. */
export function openApp(
  ctx: Context,
  options: { readonly json?: boolean; readonly verbose?: boolean },
): AppContext {
  const progress = openProgress(ctx, options);
  const report = showEvents(ctx, progress, options);
  return {
    ...ctx,
    report,
    person: openInteraction(ctx, progress),
    ci: openCiReport(ctx, report),
    tickMs: isLive(ctx, options.json) ? TICK_MS : undefined,
  };
}
