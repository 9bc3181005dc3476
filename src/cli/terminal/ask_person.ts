import { isCi } from "../../core/env_vars.ts";
import type { Context } from "../../core/context.ts";
import type { Person } from "../../app/context.ts";
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
    async confirm(question) {
      return /^y(es)?$/i.test((await ask(ctx, `${question} [y/N] `))?.trim() ?? "");
    },
    async enter(question, byDefault) {
      return (await ask(ctx, `${question} [${byDefault}]: `))?.trim() || byDefault;
    },
    async choose(question, names) {
      progress.say(`${question}\n${listed(names)}`, { names });
      let shown = names;
      for (;;) {
        const prompt = names.length > SHOWN ? "Number, name or a part of it" : "Number or name";
        const answer = (await ask(ctx, `${prompt} [1-${Math.min(shown.length, SHOWN)}]: `))?.trim();
        const chosen = shown.find((name) => name === answer) ?? shown[Number(answer || NaN) - 1];
        const matching = answer
          ? names.filter((name) => name.toLowerCase().includes(answer.toLowerCase()))
          : [];
        if (chosen !== undefined || !answer) return chosen;
        if (matching.length === 1) return matching[0];
        if (matching.length === 0) progress.say(`Nothing matches "${answer}"`, { answer });
        else progress.say(listed(shown = matching), { names: shown });
      }
    },
  };
}

/** Names that are shown at once; a part of a name finds the others. */
const SHOWN = 20;

function listed(names: readonly string[]): string {
  const lines = names.slice(0, SHOWN).map((name, at) => `  ${at + 1}) ${name}`);
  return [...lines, ...(names.length > SHOWN ? [`  … and ${names.length - SHOWN} more`] : [])].join("\n");
}

/** Prompts the person at the terminal; `undefined` at the end of the input. @throws when Ctrl+C is pressed. */
export async function ask({ terminal, signal }: Context, question: string): Promise<string | undefined> {
  const stopped = Promise.withResolvers<undefined>();
  const onAbort = () => stopped.resolve(undefined);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([terminal.question(question), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // The terminal shows `^C` after the question.
    if (signal.aborted) terminal.err("\n");
    signal.throwIfAborted();
  }
}
