import { dirname } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext } from "../context.ts";
import { makeEnvironment } from "./python_environment.ts";
import { stepRequirements } from "./requirements.ts";

/** Which Python runs the steps. */
export interface StepPythonChoice {
  /** Absolute path or name of an interpreter. */
  readonly python?: string | undefined;
  /** File with requirements to create an environment from, as typed. */
  readonly requirements?: string | undefined;
}

/** The Python that runs the steps. */
export interface StepPython {
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Folders with its programs, such as `kedro`, in the format of PATH. */
  readonly bin: string;
  /** Where it finds itself and modules. */
  readonly paths: readonly string[];
}

/**
 * Finds the Python that runs the steps: the given one, else an environment created from requirements and stored in the
 * user's cache.
 *
 * @throws {UserError} `rehearse.python`, `rehearse.requirements`, `rehearse.environment`.
 * @param directory A folder of the project, whose requirements are used if none are named.
 */
export async function openStepPython(
  ctx: AppContext,
  { python, requirements }: StepPythonChoice,
  directory?: string,
): Promise<StepPython> {
  if (python !== undefined) return await inspectPython(ctx, python);
  const project = await findProject(ctx, directory);
  const wanted = await stepRequirements(ctx, project, requirements);
  return await inspectPython(ctx, await makeEnvironment(ctx, wanted));
}

const INSPECT = "import sys, sysconfig; print(sys.executable); print(sysconfig.get_path('scripts')); " +
  "print(sys.prefix, sys.base_prefix, *sys.path, sep='\\n')";

async function inspectPython(ctx: AppContext, python: string): Promise<StepPython> {
  const { status, stdout, stderr, found } = await ctx.exec(python, ["-c", INSPECT]);
  const [executable, scripts, ...paths] = stdout.trim().split("\n");
  if (status === 0 && executable && scripts) {
    return {
      python: executable,
      bin: [...new Set([scripts, dirname(executable)])].join(":"),
      // The empty entry is the folder that Python was started in.
      paths: paths.filter((path) => path !== ""),
    };
  }
  const missing = async () =>
    await ctx.fs.stat(python) === undefined ? "file not found" : "the file is not executable";
  const why = found ? stderr.trim().split("\n").at(-1) || `exit status ${status}` : await missing();
  throw new UserError(`Cannot run Python "${python}": ${why}`, {
    code: "rehearse.python",
    exit: ExitCode.Usage,
    hint:
      "Use `--python` with the path of an interpreter, or `--venv` with the folder of a virtual environment",
  });
}
