import type { PythonCause } from "../core/text/exception.ts";
import { maskedText } from "../core/text/mask.ts";
import type { FailureView } from "./view.ts";

/** A failure with secrets masked; `undefined` without a message. */
export function failureView(
  message: string | undefined,
  { hint, cause }: { readonly hint?: string | undefined; readonly cause?: PythonCause | undefined } = {},
): FailureView | undefined {
  if (message === undefined) return undefined;
  const causedBy = cause?.causedBy === undefined ? "" : `\ncaused by ${cause.causedBy}`;
  return {
    message: maskedText(message),
    ...(cause !== undefined && { exception: maskedText(`${cause.exception}${causedBy}`) }),
    ...(cause?.place !== undefined && { place: cause.place }),
    ...(hint !== undefined && { hint }),
  };
}
