import { fields, parsedJson } from "../../core/fields.ts";

/** An error response of Entra ID's token endpoint. */
export interface EntraProblem {
  /** OAuth error, such as `invalid_client`. */
  readonly error: string;
  /** Number of the AADSTS code. */
  readonly code: number | undefined;
  readonly description: string;
  readonly correlationId: string | undefined;
}

/** The sign-in that failed, for messages; contains no secrets. */
export interface EntraSubject {
  /** Name of the credential. */
  readonly credential: string;
  readonly tenant?: string | undefined;
  readonly clientId?: string | undefined;
  /** The audience of the requested token. */
  readonly audience?: string | undefined;
}

/** Parses the body of an error response; `undefined` for anything else. */
export function readEntraProblem(body: string): EntraProblem | undefined {
  const { error, error_description, error_codes, correlation_id } = fields(parsedJson(body));
  if (typeof error !== "string") return undefined;
  const description = typeof error_description === "string" ? error_description : "";
  const named = /AADSTS(\d+)/.exec(description)?.[1];
  const code = named !== undefined ? Number(named) : (error_codes as readonly number[] | undefined)?.[0];
  return { error, code, description, correlationId: correlation_id as string | undefined };
}

/** A part of an explanation, which may depend on what failed. */
type ExplanationText = string | ((subject: EntraSubject, problem: EntraProblem) => string);

/** Explains a failure of Entra ID: its reason and what to do about it. */
export type Explanation = Readonly<Record<"reason" | "hint", ExplanationText>>;

/** The text of an explanation for one failure. */
export function explain(text: ExplanationText, subject: EntraSubject, problem: EntraProblem): string {
  return typeof text === "string" ? text : text(subject, problem);
}

/** The application, for use in a sentence. */
export function app({ clientId }: EntraSubject): string {
  return clientId === undefined ? "the application" : `application "${clientId}"`;
}

/** The application, for use in a command. */
export function appId({ clientId }: EntraSubject): string {
  return clientId ?? "<application id>";
}
