import type { StepsOptions } from "../../app/rehearse/runner.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";

/** How to run steps on this machine, as typed. */
export interface StepsTyped {
  readonly python?: string;
  /** Folder of a virtual environment. */
  readonly venv?: string;
  readonly requirements?: string;
  readonly data?: DataMap;
  readonly jobs?: number;
  readonly keep?: string;
}

/** How to run steps on this machine. @throws {UserError} `rehearse.python` for `--python` with `--venv`. */
export function stepsRequest(typed: StepsTyped): Omit<StepsOptions, "state"> {
  const { python: stepPython, venv, requirements, data, jobs: parallelSteps, keep } = typed;
  if (venv === undefined || stepPython === undefined) {
    return { stepPython, venv, requirements, data, parallelSteps, keep };
  }
  throw new UserError("`--python` and `--venv` cannot be combined", {
    code: "rehearse.python",
    exit: ExitCode.Usage,
    hint: "Omit one of them",
  });
}
