import { causeOf, exceptionOf } from "../core/text/exception.ts";
import { maskedText } from "../core/text/mask.ts";
import type { FailureView } from "./view.ts";

/** A failure with secrets masked; `undefined` without a message. @param log The end of the step's log. */
export function failureView(
  message: string | undefined,
  { hint, log }: { readonly hint?: string | undefined; readonly log?: string | undefined } = {},
): FailureView | undefined {
  if (message === undefined) return undefined;
  const exception = log === undefined ? undefined : exceptionOf(log);
  const place = log === undefined ? undefined : causeOf(log)?.place;
  return {
    message: maskedText(message),
    ...(exception !== undefined && { exception: maskedText(exception) }),
    ...(place !== undefined && { place }),
    ...(hint !== undefined && { hint }),
  };
}
