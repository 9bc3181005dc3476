import { ExitCode } from "../../../core/errors.ts";
import type { AzureProblem, AzureRefusal } from "./read.ts";

/** What a refusal of Azure means for the user, and what to do. */
export interface RefusalMeaning {
  /** Code of our own error. */
  readonly code: string;
  readonly exit: ExitCode;
  readonly problem: string;
  readonly hint: string;
}

/** A refusal and the error that it contains. */
export interface Refused {
  readonly refusal: AzureRefusal;
  readonly azure: AzureProblem;
}

/** A refusal that this program explains. */
export interface KnownRefusal {
  /** Azure's error code, or a pattern for its code or message. */
  readonly is: string | RegExp;
  /** An additional condition. */
  readonly and?: (refused: Refused) => boolean;
  /** Where this error is documented. */
  readonly read: string;
  readonly means: (refused: Refused) => RefusalMeaning;
}

/** A refusal because of the identity: not recognized, or lacking a right. */
export function auth(code: string, problem: string, hint: string): RefusalMeaning {
  return { code, exit: ExitCode.Auth, problem, hint };
}

/** A refusal that does not depend on the identity. */
export function rejected(code: string, problem: string, hint: string): RefusalMeaning {
  return { ...auth(code, problem, hint), exit: ExitCode.Rejected };
}
