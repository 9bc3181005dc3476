import { isCi } from "../../core/is_ci.ts";
import type { Context } from "../../core/context.ts";
import { noBrowserReason } from "../../credentials/sign_in/browser.ts";
import type { Interaction, SignInEvent } from "../../credentials/interaction.ts";
import { ask } from "./question.ts";
import type { Progress } from "./progress.ts";
import { renderError } from "../text/error.ts";

/** The person at the terminal; `undefined` in CI, with `--no-input` and where there is no terminal. */
export function openInteraction(ctx: Context, progress: Progress): Interaction | undefined {
  return ctx.terminal.interactive && !isCi(ctx.env) ? personAt(ctx, progress) : undefined;
}

/** Somebody who reads what is told, whether or not questions can be answered. */
export function personAt(ctx: Context, progress: Progress): Interaction {
  return {
    serve: ctx.serve,
    tell: (event) => progress.say(eventText(event), eventData(event)),
    async offer(error) {
      const { text, data } = renderError(error);
      progress.say(text.trimEnd(), data);
      const way = noBrowserReason(ctx) === undefined ? "the browser" : "a device code";
      const answer = await ask(ctx, `Sign in with ${way} instead? [Y/n] `);
      return answer !== undefined && /^(y|yes)?$/i.test(answer.trim());
    },
  };
}

function eventText(event: SignInEvent): string {
  switch (event.type) {
    case "browser":
      return `  Your browser opens to sign in; where it does not, open this address in one on this machine:\n  ${event.url}`;
    case "no_browser":
      return `  No browser can be opened: ${event.reason}`;
    case "device_code": {
      const { verificationUri, userCode, expiresInS } = event.code;
      const minutes = Math.floor(expiresInS / 60);
      return `  To sign in, open ${verificationUri} in any browser, and type the code ${userCode} (good for ${minutes} min)`;
    }
  }
}

function eventData(event: SignInEvent): unknown {
  if (event.type !== "device_code") return event;
  const { verificationUri, userCode, expiresInS } = event.code;
  return {
    type: event.type,
    verification_uri: verificationUri,
    user_code: userCode,
    expires_in_seconds: expiresInS,
  };
}
