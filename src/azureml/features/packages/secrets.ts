import { UserError } from "../../../core/errors.ts";
import { isSecretName, redact } from "../../../core/text/redact.ts";
import type { JobSpec } from "../../job/job_spec.ts";

/**
 * Rejects a job that would carry a secret out of this machine: a variable whose name suggests one, or a text that
 * looks like a token, a key or a password.
 *
 * @throws {UserError} `pack.secret`, which names the variable or the step but not the value.
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
  return new UserError(
    `Variable ${name} of job "${job}" looks like a secret, which a package must not contain`,
    {
      code: "pack.secret",
      hint: `Omit it here, and pass \`--env-var ${name}=VALUE\` when the package is submitted`,
      data: { job, variable: name },
    },
  );
}

function secretParameter(job: string, step: string): UserError {
  return new UserError(
    `A parameter of step "${step}" of job "${job}" looks like a secret, which a package must not contain`,
    {
      code: "pack.secret",
      hint: "Omit the parameter, and read the value from a key vault in the step",
      data: { job, step },
    },
  );
}
