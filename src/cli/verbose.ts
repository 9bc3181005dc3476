import type { Context } from "../context.ts";
import { redact } from "../redact.ts";

/** A context that says on standard error what is asked of the network, and what came back; no query, so no signature. */
export function saying(ctx: Context, json: boolean): Context {
  const say = (method: string, url: string, outcome: string | number, startedAt: number) => {
    const ms = ctx.clock.now().getTime() - startedAt;
    const shown = redact(url.split("?")[0]!);
    ctx.terminal.err(
      json
        ? JSON.stringify({ request: { method, url: shown, outcome, ms } }) + "\n"
        : `  ${method} ${shown}: ${outcome} (${ms} ms)\n`,
    );
  };
  return {
    ...ctx,
    async fetch(request) {
      const startedAt = ctx.clock.now().getTime();
      try {
        const answer = await ctx.fetch(request);
        say(request.method, request.url, answer.status, startedAt);
        return answer;
      } catch (thrown) {
        say(request.method, request.url, "no answer", startedAt);
        throw thrown;
      }
    },
  };
}
