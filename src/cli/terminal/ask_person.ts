import { isCi } from "../../core/is_ci.ts";
import type { Context } from "../../core/context.ts";
import type { Person } from "../../app/context.ts";
import { ask } from "./question.ts";
import type { Progress } from "./progress.ts";
import { signInData, signInText } from "./sign_in_events.ts";
import { renderError } from "../text/error.ts";

/** The person at the terminal; `undefined` in CI, with `--no-input` or `--json`, and without a terminal. */
export function openPerson(ctx: Context, progress: Progress): Person | undefined {
  return ctx.terminal.interactive && !isCi(ctx.env) ? personAt(ctx, progress) : undefined;
}

/** A person who reads standard error, and may be able to answer questions. */
export function personAt(ctx: Context, progress: Progress): Person {
  return {
    serve: ctx.serve,
    tell: (event) => progress.say(signInText(event), signInData(event)),
    async offer(error, way) {
      const { text, data } = renderError(error);
      progress.say(text.trimEnd(), data);
      const answer = await ask(
        ctx,
        `Sign in with ${way === "browser" ? "the browser" : "a device code"} instead? [Y/n] `,
      );
      return answer !== undefined && /^(y|yes)?$/i.test(answer.trim());
    },
    async choose(question, names) {
      progress.say(`${question}\n${names.map((name, at) => `  ${at + 1}) ${name}`).join("\n")}`, { names });
      const answer = (await ask(ctx, `Number or name [1-${names.length}]: `))?.trim();
      return names.find((name) => name === answer) ?? names[Number(answer || NaN) - 1];
    },
  };
}
