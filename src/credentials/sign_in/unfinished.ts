import { UserError } from "../../core/errors.ts";
import { entraError } from "../entra/error.ts";
import { type EntraSubject, readEntraProblem } from "../entra/problem.ts";
import { ownValue } from "../../core/fields.ts";

/** Returns the authorization code of a redirect. @throws {UserError} `auth.*` if it has an error instead. */
export function requireAuthorizationCode(parameters: URLSearchParams, subject: EntraSubject): string {
  const code = parameters.get("code");
  if (code !== null) return code;
  const error = parameters.get("error") ?? "no_code";
  const problem = {
    error,
    error_description: parameters.get("error_description") ?? "the browser returned no code",
  };
  throw endedByPerson(subject.credential, error) ??
    entraError(readEntraProblem(JSON.stringify(problem))!, subject);
}

/** OAuth error codes for a sign-in that the person did not finish, with our code and reason. */
const ENDS: Readonly<Record<string, readonly [string, string]>> = {
  authorization_declined: ["declined", "it was declined"],
  access_denied: ["declined", "it was declined"],
  expired_token: ["too_late", "the code was not entered in time"],
  device_code_expired: ["too_late", "the code was not entered in time"],
};

/** The error for an OAuth error code that means the person did not finish; `undefined` for other codes. */
export function endedByPerson(
  credential: string,
  ...codes: readonly (string | undefined)[]
): UserError | undefined {
  const end = codes.map((code) => ownValue(ENDS, code ?? "")).find((end) => end !== undefined);
  return end && signInEnded(credential, ...end);
}

/** The error for a sign-in that the person did not finish. */
export function signInEnded(credential: string, code: string, reason: string): UserError {
  return new UserError(`Cannot sign in with ${credential}: ${reason}`, {
    code: `auth.${code}`,
    hint: "Run `kedro-azureml auth login` to try again",
  });
}
