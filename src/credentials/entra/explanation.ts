import type { EntraProblem, EntraSubject } from "./problem.ts";

/** What a failure of Entra ID means, and what to do about it. */
export interface Explanation {
  reason(subject: EntraSubject, problem: EntraProblem): string;
  hint(subject: EntraSubject, problem: EntraProblem): string;
}

/** The application, for use in a sentence. */
export function app({ clientId }: EntraSubject): string {
  return clientId === undefined ? "the application" : `application "${clientId}"`;
}

/** The application, for use in a command. */
export function appId({ clientId }: EntraSubject): string {
  return clientId ?? "<application id>";
}

/** A text that does not depend on the request. */
export const always = (text: string) => () => text;
