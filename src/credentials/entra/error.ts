import { ExitCode, UserError } from "../../core/errors.ts";
import { redact } from "../../core/text/redact.ts";
import { EXPLANATIONS } from "./error_table.ts";
import { type EntraProblem, type EntraSubject, explain } from "./problem.ts";

const UNKNOWN_HINT =
  "Look the code up at https://login.microsoftonline.com/error, or run `kedro-azureml auth status`";

/** Converts an error response of Entra ID to an error with a reason and a hint. */
export function entraError(problem: EntraProblem, subject: EntraSubject): UserError {
  const explanation = problem.code === undefined ? undefined : EXPLANATIONS[problem.code];
  const message = firstLine(problem.description) || problem.error;
  const reason = explanation === undefined ? message : explain(explanation.reason, subject, problem);
  return new UserError(`Cannot sign in with ${subject.credential}: ${reason}`, {
    code: problem.code === undefined ? "auth.refused" : `auth.aadsts${problem.code}`,
    exit: ExitCode.Auth,
    hint: explain(explanation?.hint ?? UNKNOWN_HINT, subject, problem),
    details: [
      ...(explanation === undefined ? [] : [`Entra ID said: ${message}`]),
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
function firstLine(text: string): string {
  return redact(text.split(/\r?\n|Trace ID:/, 1)[0]!.trim());
}
