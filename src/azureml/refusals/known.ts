import { ExitCode } from "../../core/errors.ts";
import type { AzureProblem, AzureRefusal } from "./read.ts";

/** What one refusal of Azure means for who is here, and what to do. */
export interface RefusalMeaning {
  /** Code of our own error. */
  readonly code: string;
  readonly exit: ExitCode;
  readonly problem: string;
  readonly hint: string;
}

/** A refusal and what Azure said in it. */
export interface Refused {
  readonly refusal: AzureRefusal;
  readonly azure: AzureProblem;
}

/** One refusal that is known. */
export interface KnownRefusal {
  /** Azure's code, or what its message has. */
  readonly is: string | RegExp;
  /** Where Azure's words were read. */
  readonly read: string;
  readonly means: (refused: Refused) => RefusalMeaning;
}

/** Who asks is not known, or has no right to it. */
export function auth(code: string, problem: string, hint: string): RefusalMeaning {
  return { code: `azure.${code}`, exit: ExitCode.Auth, problem, hint };
}

/** Azure would refuse it from anybody. */
export function rejected(code: string, problem: string, hint: string): RefusalMeaning {
  return { ...auth(code, problem, hint), exit: ExitCode.Rejected };
}
