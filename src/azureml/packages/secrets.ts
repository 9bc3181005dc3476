import { ExitCode, UserError } from "../../core/errors.ts";
import { isSecretName, redact } from "../../core/text/redact.ts";
import type { JobSpec } from "../job_spec.ts";

/**
 * Refuses a job that would carry a secret out of this machine: a variable whose name says so, or a text that looks
 * like a token, a key or a password.
 *
 * @throws {UserError} `pack.secret`, which names the variable or the step and never the value.
 */
export function refuseSecrets({ job, steps }: JobSpec): void {
  for (const { key, command, environmentVariables } of steps) {
    for (const [name, value] of Object.entries(environmentVariables)) {
      if (value !== "" && (isSecretName(name) || redact(value) !== value)) throw secretVariable(job, name);
    }
    if (redact(command) !== command) throw secretParameter(job, key);
  }
}

function secretVariable(job: string, name: string): UserError {
  return new UserError(`Cannot pack job "${job}": its variable ${name} looks like a secret`, {
    code: "pack.secret",
    exit: ExitCode.Config,
    hint: `Leave it out, and give it where the package is submitted, with \`--env-var ${name}=VALUE\``,
    data: { job, variable: name },
  });
}

function secretParameter(job: string, step: string): UserError {
  return new UserError(`Cannot pack job "${job}": a parameter of step "${step}" looks like a secret`, {
    code: "pack.secret",
    exit: ExitCode.Config,
    hint: "Leave the parameter out, and let the step read it from a key vault",
    data: { job, step },
  });
}
