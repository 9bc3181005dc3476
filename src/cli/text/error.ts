import type { StepFailure } from "../../azureml/runs/open_run.ts";
import { folded, hanging, othersText } from "../../core/document.ts";
import {
  cutLong,
  ExitCode,
  hintLines,
  inQuotes,
  type Place,
  placeText,
  type UserError,
  type Warning,
} from "../../core/errors.ts";
import { redact } from "../../core/secrets.ts";
import type { Output } from "./output.ts";

/**
 * Renders the warnings of one result. Except with `--json`, those with the same cause become one message, and a hint
 * that several have stands below the last of them.
 */
export function warningMessages(warnings: readonly Warning[], json: boolean): Message[] {
  if (json) return warnings.map((warning) => renderWarning(warning));
  return folded(warnings).map(({ first, others, hint }) =>
    renderWarning({ ...first, hint }, others.length === 0 ? "" : `\n  ${othersText(first, others)}`)
  );
}

/** A message as data and as text; `text` ends with a line break. */
export interface Message {
  /** Of an error or warning, for `help CODE`: a terminal shows it after the first line. */
  readonly code?: string;
  readonly data: unknown;
  readonly text: string;
}

export function renderError(error: UserError): Message {
  const { code, message, exit, hint, place, details, data } = error;
  const lines = [
    `error: ${hanging(message, "  ")}`,
    ...(place === undefined || details[0]?.startsWith(`${placeText(place)} `)
      ? []
      : [`  at ${whereText(place)}`]),
    ...details.map((detail) => `  ${detail}`),
    ...hintLines(hint),
  ];
  return {
    code,
    data: { error: { code, message, exit, hint, place, details, ...data } },
    text: lines.join("\n") + "\n",
  };
}

/** Renders one of several jobs that failed: a sentence about it, and the error below. @param data About the job. */
export function failedOutput(sentence: string, data: object, error: UserError): Output {
  const rendered = renderError(error);
  return {
    data: { ...data, ...rendered.data as object },
    text: `✗ ${sentence}\n${rendered.text.replace(/^(?=.)/gm, "  ")}`,
    exit: error.exit,
  };
}

export function skippedOutput(job: string, because: string, advice = ""): Output {
  return {
    data: { job, skipped: true, because },
    text: `· Skipped job ${job} because ${because} failed${advice}\n`,
  };
}

/** An error as a value of a result for `--json`; `null` for none. */
export function errorData(error: UserError | undefined) {
  if (error === undefined) return null;
  const { code, message, hint = null, details } = error;
  return { code, message, hint, details };
}

/** Renders a warning. @param more Lines below the message. */
function renderWarning({ code, message, hint, place }: Warning, more = ""): Message {
  const where = place === undefined ? "" : ` (${whereText(place)})`;
  const [first, ...details] = message.split("\n");
  return {
    code,
    data: { warning: { code, message, hint, place } },
    text: [`warning: ${first}${where}`, ...details].join("\n") + [more, ...hintLines(hint), ""].join("\n"),
  };
}

function whereText(place: Place): string {
  return placeText(place) + (place.key === undefined ? "" : `, ${place.key}`);
}

/**
 * Renders an internal error with what a maintainer needs to find it.
 *
 * @param secrets Values that are removed from the message and the stack.
 */
export function renderBug(
  thrown: unknown,
  version: string,
  secrets: readonly (string | undefined)[],
): Message {
  const [rawMessage, trace] = thrown instanceof Error
    ? [String(thrown.message), thrown.stack]
    : [String(thrown), undefined];
  const message = cutLong(redact(rawMessage, secrets), MOST_OF_BUG);
  const stack = cutLong(redact(trace ?? rawMessage, secrets), MOST_OF_BUG);
  return {
    // bug: A defect of this program. Report it with the text that it printed.
    data: { error: { code: "bug", message, exit: ExitCode.Bug, stack } },
    text: [
      `error: Internal error in kedro-azureml ${version}: ${message}`,
      indent(stack),
      ...hintLines("Report it with the lines above and the command you ran"),
      "",
    ].join("\n"),
  };
}

/** A bug's message can contain a value from elsewhere. */
const MOST_OF_BUG = 16_000;

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line.trim()}`).join("\n");
}

/** Renders why a step failed, with the place in the project in a line of its own; without a line break at the end. */
export function failureText({ step, node, reason, place }: StepFailure): string {
  return `✗ ${step}${node === undefined ? "" : `, node ${node}`}: ${reasonText(reason)}${
    place === undefined ? "" : `\n  at ${place}`
  }`;
}

/** The reason of a failure, whose further lines are indented. */
function reasonText(message = "Azure gave no reason"): string {
  return message.trimEnd().replace(/\n(?=.)/g, "\n  ");
}

/** @param words Those of the command line that match. */
export function prettifiedWarning(words: readonly string[]): Warning {
  return {
    // usage.prettified: A command was copied from a document that replaced quotes, hyphens or spaces. Type them again.
    code: "usage.prettified",
    message: `Curly quotes, long dashes or no-break spaces, as documents have them, in ${inQuotes(words)}`,
    hint: "If you copied the command, type its quotes, hyphens and spaces again",
  };
}
