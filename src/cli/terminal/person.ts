import type { Person } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { ciSystemOf, GITHUB_HINT, isCi, SERVICE_HINT } from "../../core/env_vars.ts";
import { UserError } from "../../core/errors.ts";
import type { Interaction, SignInEvent } from "../../credentials/credential.ts";
import { renderError } from "../text/error.ts";
import type { Progress } from "./progress.ts";

/**
 * Returns the person who signs in. A device code only needs someone who reads the output, as in a notebook. In CI and
 * with `--no-input` there is no person.
 *
 * @throws {UserError} `auth.nobody`.
 */
export function requirePerson(
  ctx: Context,
  progress: Progress,
  { deviceCode = false, input = true }: { readonly deviceCode?: boolean; readonly input?: boolean },
): Interaction {
  const reads = deviceCode || ctx.terminal.interactive;
  if (input && reads && !isCi(ctx.env)) return personAt(ctx, progress);
  const reason = isCi(ctx.env) ? "this is CI" : !input ? "`--no-input` is set" : "there is no terminal";
  throw new UserError(`Cannot sign in interactively: ${reason}`, {
    // auth.nobody: The sign-in needs a person, but nobody can be asked here. Run it on a terminal, or use a
    //   service principal.
    code: "auth.nobody",
    hint: input && !isCi(ctx.env)
      ? "Run `kedro-azureml auth login --device-code`, which needs no terminal"
      : ciSystemOf(ctx.env) === "github"
      ? GITHUB_HINT
      : SERVICE_HINT,
  });
}

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
    async confirm(question, byDefault = false) {
      for (;;) {
        const answer = (await ask(ctx, `${question} ${byDefault ? "[Y/n]" : "[y/N]"} `))?.trim() ?? "no";
        if (answer === "") return byDefault;
        if (/^(y(es)?|n(o)?)$/i.test(answer)) return /^y/i.test(answer);
        progress.say("Answer y or n", { answer });
      }
    },
    async choose(question, names, byDefault) {
      progress.say(`${question}\n${listed(names)}`, { names });
      let shown = names;
      for (;;) {
        const prompt = names.length > SHOWN ? "Number, name or a part of it" : "Number or name";
        const usual = byDefault === undefined ? "" : ` [${names.indexOf(byDefault) + 1}]`;
        const range = `1-${Math.min(shown.length, SHOWN)}`;
        const answer = (await ask(ctx, `${prompt} (${range})${shown === names ? usual : ""}: `))?.trim();
        if (answer === "" && shown === names) return byDefault;
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

/** What a person reads of a sign-in: the device code, or the address that the browser opens. */
function signInText(event: SignInEvent): string {
  switch (event.type) {
    case "browser":
      return `  Opening your browser to sign in. If it does not open, go to this address in a browser on this machine:\n  ${event.url}`;
    case "step_up":
      return `  Sign in again: ${event.reason}`;
    case "no_browser":
      return `  Cannot open a browser: ${event.reason}`;
    case "device_code": {
      const { verificationUri, userCode, expiresInS } = event.code;
      const minutes = Math.floor(expiresInS / 60);
      return `  To sign in, open ${verificationUri} in any browser and enter the code ${userCode} (valid for ${minutes} min)`;
    }
  }
}

function signInData(event: SignInEvent): unknown {
  if (event.type !== "device_code") return event;
  const { verificationUri, userCode, expiresInS } = event.code;
  return {
    type: event.type,
    verificationUri,
    userCode,
    expiresInMs: expiresInS * 1000,
  };
}
