import { UserError } from "../../../core/errors.ts";
import { redact } from "../../../core/text/redact.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import { secretParameters, secretVariables } from "../checks/secrets/settings.ts";

/**
 * Rejects a job that would carry a secret out of this machine: a variable or parameter whose name suggests one, or
 * a text that looks like a token, a key or a password.
 *
 * @throws {UserError} `pack.secret`, which names the variable or the step but not the value.
 */
export function refuseSecrets({ job, steps }: JobSpec): void {
  for (const step of steps) {
    const [variable] = secretVariables(step);
    if (variable !== undefined) throw secretVariable(job, variable);
    if (secretParameters(step).length > 0 || redact(step.command) !== step.command) {
      throw secretParameter(job, step.key);
    }
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
