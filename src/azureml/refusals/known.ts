import { ExitCode } from "../../core/errors.ts";
import type { AzureProblem, Refusal } from "./read.ts";

/** What one refusal of Azure means for who is here, and what to do. */
export interface Meaning {
  /** Code of our own error. */
  readonly code: string;
  readonly exit: ExitCode;
  readonly problem: string;
  readonly hint: string;
}

/** A refusal and what Azure said in it. */
export interface Refused {
  readonly refusal: Refusal;
  readonly azure: AzureProblem;
}

/** One refusal that is known. */
export interface Known {
  /** Azure's code, or what its message has. */
  readonly is: string | RegExp;
  /** What must be true besides. */
  readonly and?: (refused: Refused) => boolean;
  /** Where Azure's words were read. */
  readonly read: string;
  readonly means: (refused: Refused) => Meaning;
}

/** Who asks is not known, or has no right to it. */
export function auth(code: string, problem: string, hint: string): Meaning {
  return { code: `azure.${code}`, exit: ExitCode.Auth, problem, hint };
}

/** Azure would refuse it from anybody. */
export function rejected(code: string, problem: string, hint: string): Meaning {
  return { ...auth(code, problem, hint), exit: ExitCode.Rejected };
}
