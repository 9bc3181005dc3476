import { type Place, placeText, type UserError, type Warning } from "../../core/errors.ts";
import { redact } from "../../core/text/redact.ts";

/** A message in both of its forms; `text` ends with a line break. */
export interface Message {
  readonly data: unknown;
  readonly text: string;
}

/** Writes a failure: what was being done, where, what is known besides, and what to do next. */
export function renderError(error: UserError): Message {
  const { code, message, exit, hint, place, details, data } = error;
  const lines = [
    `error: ${message}`,
    ...(place === undefined || isNamedIn(details, place) ? [] : [`  at ${whereText(place)}`]),
    ...details.map((detail) => `  ${detail}`),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
  return {
    data: { error: { code, message, exit, hint, place, details, ...data } },
    text: lines.join("\n") + "\n",
  };
}

/** Writes something that does not stop the work. */
export function renderWarning({ code, message, hint, place }: Warning): Message {
  const where = place === undefined ? "" : ` (${whereText(place)})`;
  return {
    data: { warning: { code, message, hint, place } },
    text: `warning: ${message}${where}\n${hint === undefined ? "" : `hint: ${hint}\n`}`,
  };
}

/** Whether the first of the details begins with the place, which then need not be said before it. */
function isNamedIn([first]: readonly string[], place: Place): boolean {
  return first?.startsWith(`${placeText(place)} `) ?? false;
}

function whereText(place: Place): string {
  return placeText(place) + (place.key === undefined ? "" : `, ${place.key}`);
}

/**
 * Writes a defect of this program, with what its author needs to find it.
 *
 * @param secrets Values that may be seen by nobody, wherever the defect picked them up.
 */
export function renderBug(
  thrown: unknown,
  version: string,
  secrets: readonly (string | undefined)[],
): Message {
  const [said, trace] = thrown instanceof Error
    ? [thrown.message, thrown.stack]
    : [String(thrown), undefined];
  const message = redact(said, secrets);
  const stack = redact(trace ?? said, secrets);
  return {
    data: { error: { code: "bug", message, exit: 70, stack } },
    text: `error: This is a defect of kedro-azureml ${version}: ${message}\n${indent(stack)}\n` +
      "hint: Report it with the lines above and the command that you typed\n",
  };
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line.trim()}`).join("\n");
}
