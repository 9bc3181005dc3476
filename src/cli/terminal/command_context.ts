import type { Context } from "../../core/context.ts";
import { networkSays, requestIdOf } from "../../core/net/network_error.ts";
import { redact } from "../../core/secrets.ts";
import { shownJson } from "../../core/untrusted.ts";
import type { CommandContext } from "../parse/command.ts";
import type { GlobalOptions } from "../parse/global_options.ts";
import { openCiReport } from "./ci.ts";
import { showEvents } from "./events.ts";
import { isLive } from "./live_table.ts";
import { openPerson } from "./person.ts";
import type { Printing } from "./print_message.ts";
import { openProgress } from "./progress.ts";

/** Interval at which the table of steps is redrawn to update the times. */
const TICK_MS = 1000;

/** Creates the context of a command, with events shown on the terminal, the person at it, and the CI system. */
export function openCommandContext(
  ctx: Context,
  options: Pick<GlobalOptions, "json" | "verbose" | "quiet"> & Printing,
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

interface Outcome {
  /** HTTP status; absent if there was no response. */
  readonly status?: number;
  /** Request id for Azure support. */
  readonly requestId?: string | null;
  /** Why there was no response. */
  readonly reason?: string;
}

/** Logs HTTP requests to stderr, without query strings, which may contain signatures. */
export function withRequestLog(ctx: Context, json: boolean): Context {
  const say = ({ method, url }: Request, { status, requestId, reason }: Outcome, startedAt: number) => {
    const ms = ctx.clock.now().getTime() - startedAt;
    const shown = redact(url.split("?")[0]!);
    const outcome = status ?? "no answer";
    const ending = requestId ? `, request ${requestId}` : reason ? `, ${reason}` : "";
    ctx.terminal.err(
      json
        ? shownJson(JSON.stringify({ request: { method, url: shown, outcome, ms, requestId, reason } })) +
          "\n"
        : `  ${method} ${shown}: ${outcome} (${ms} ms)${ending}\n`,
    );
  };
  return {
    ...ctx,
    async fetch(request) {
      const startedAt = ctx.clock.now().getTime();
      try {
        const response = await ctx.fetch(request);
        const { status, headers } = response;
        const requestId = requestIdOf((name) => headers.get(name) ?? undefined) ?? null;
        say(request, { status, requestId }, startedAt);
        return response;
      } catch (thrown) {
        say(request, { reason: thrown instanceof Error ? networkSays(thrown) : "stopped" }, startedAt);
        throw thrown;
      }
    },
  };
}
