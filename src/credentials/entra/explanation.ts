import type { EntraProblem, EntraSubject } from "./problem.ts";

/** Explains a failure of Entra ID: its reason and what to do about it. */
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

/** Creates a text that does not depend on the request. */
export const always = (text: string) => () => text;
