import { join, resolve } from "node:path";
import type { AppContext } from "../../app/context.ts";
import type { StepsRequest } from "../../app/rehearse/runner.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";
import { pythonProgram } from "./global_options.ts";

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
export function stepsRequest(ctx: Pick<AppContext, "cwd">, typed: StepsTyped): Omit<StepsRequest, "state"> {
  const { requirements, data, jobs: parallelSteps, keep } = typed;
  return { python: stepPython(ctx, typed), requirements, data, parallelSteps, keep };
}

/** The Python that runs steps: absolute path or name; `undefined` if neither option names one. */
function stepPython({ cwd }: Pick<AppContext, "cwd">, { python, venv }: StepsTyped): string | undefined {
  if (venv === undefined) return pythonProgram(cwd, python);
  if (python === undefined) return join(resolve(cwd, venv), "bin", "python");
  throw new UserError("`--python` and `--venv` cannot be combined", {
    code: "rehearse.python",
    exit: ExitCode.Usage,
    hint: "Omit one of them",
  });
}
