import { UserError } from "../core/errors.ts";
import { machineError } from "./os_error.ts";

/**
 * Writes a result. If that fails after jobs were submitted, the error names them, because the command must not be
 * repeated.
 *
 * @param submitted Names in Azure ML of the jobs that the command has submitted so far.
 * @throws {UserError} `output.not_written`.
 */
export function withOutputErrors(submitted: readonly string[], write: () => void): void {
  try {
    write();
  } catch (thrown) {
    const refused = machineError(thrown);
    if (refused === undefined) throw thrown;
    const reason = refused.message.replace(/^.*: /, "");
    const names = submitted.join(" ");
    throw new UserError(`Cannot write to standard output: ${reason}`, {
      code: "output.not_written",
      details: submitted.map((name) => `Job "${name}" was submitted and is running`),
      hint: submitted.length === 0
        ? "Write to another place, and run the command again"
        : `Run \`kedro-azureml job show ${names}\`; running this command again would submit again`,
      data: { submitted },
      cause: thrown,
    });
  }
}
