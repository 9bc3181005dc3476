import type { EntraProblem, EntraSubject } from "./problem.ts";

/** What a failure of Entra ID means, and what to do; both may name what was asked and what Entra ID said. */
export interface Explanation {
  reason(subject: EntraSubject, problem: EntraProblem): string;
  hint(subject: EntraSubject, problem: EntraProblem): string;
}

/** The application, as a sentence names it. */
export function app({ clientId }: EntraSubject): string {
  return clientId === undefined ? "the application" : `application "${clientId}"`;
}

/** The application, as a command names it. */
export function appId({ clientId }: EntraSubject): string {
  return clientId ?? "<application id>";
}

/** Words that are the same whatever was asked. */
export const always = (text: string) => () => text;
