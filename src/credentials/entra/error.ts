import { ExitCode, UserError } from "../../core/errors.ts";
import { redact } from "../../core/text/redact.ts";
import { EXPLANATIONS } from "./error_table.ts";

/** What Entra ID says when it gives no token. */
export interface EntraProblem {
  /** Such as `invalid_client`. */
  readonly error: string;
  /** Number of the AADSTS code. */
  readonly code: number | undefined;
  readonly description: string;
  readonly correlationId: string | undefined;
}

/** What a message may name; none of it is secret. */
export interface EntraSubject {
  /** The credential that asked. */
  readonly credential: string;
  readonly tenant?: string | undefined;
  readonly clientId?: string | undefined;
  /** The audience that was asked for. */
  readonly audience?: string | undefined;
}

/** Reads the body of an answer of Entra ID; `undefined` when it is none of its failures. */
export function readEntraProblem(body: string): EntraProblem | undefined {
  try {
    const { error, error_description, error_codes, correlation_id } = JSON.parse(body);
    if (typeof error !== "string") return undefined;
    const description = typeof error_description === "string" ? error_description : "";
    const named = /AADSTS(\d+)/.exec(description)?.[1];
    const code = named !== undefined ? Number(named) : error_codes?.[0];
    return { error, code, description, correlationId: correlation_id };
  } catch {
    return undefined;
  }
}

/** Explains in words why Entra ID gave no token, and what to do next. */
export function entraError(problem: EntraProblem, subject: EntraSubject): UserError {
  const known = problem.code === undefined ? undefined : EXPLANATIONS[problem.code];
  const said = firstLine(problem.description) || problem.error;
  const reason = known?.reason(subject, problem) ?? said;
  return new UserError(`Cannot sign in with ${subject.credential}: ${reason}`, {
    code: problem.code === undefined ? "auth.refused" : `auth.aadsts${problem.code}`,
    exit: ExitCode.Auth,
    hint: known?.hint(subject, problem) ??
      "Look the code up at https://login.microsoftonline.com/error, or run `kedro-azureml auth status`",
    details: [
      ...(known === undefined ? [] : [`Entra ID said: ${said}`]),
      ...(problem.correlationId === undefined ? [] : [`Correlation id: ${problem.correlationId}`]),
    ],
    data: {
      aadsts: problem.code,
      error: problem.error,
      correlation_id: problem.correlationId,
      credential: subject.credential,
    },
  });
}

/** The first sentence of a description, without the trace ids that follow it. */
export function firstLine(text: string): string {
  return redact(text.split(/\r?\n|\s+Trace ID:/)[0]!.trim());
}
