import { join } from "node:path";
import type { Context, Exit } from "../core/context.ts";
import { ExitCode, UserError } from "../core/errors.ts";
import script from "./callback.py" with { type: "text" };
import type { Project } from "./project.ts";
import { harmless } from "../core/untrusted.ts";

export interface CallbackName {
  readonly module: string;
  readonly function: string;
}

/** The job object passed to a callback, with attributes named as in azure-ai-ml. */
export interface CallbackJob {
  readonly name: string;
  readonly services: Readonly<Record<string, { readonly endpoint: string }>>;
  readonly [attribute: string]: unknown;
}

export interface Callback {
  /** The name to display, as `module:function`. */
  readonly shown: string;
  /** Calls the function with a job; returns what it printed. @throws {UserError} `callback.failed`. */
  call(job: CallbackJob): Promise<string>;
}

const MOST_LINES = 30;

/**
 * Finds the callback with a Python on this machine. It is imported before anything is submitted, as the plugin does.
 *
 * @throws {UserError} `callback.not_found`, with the reason for each Python tried.
 */
export async function findCallback(
  ctx: Pick<Context, "exec" | "signal" | "fs" | "env" | "platform">,
  project: Project,
  name: CallbackName,
  options: {
    /** The Python to run it with (default: the project's virtual environment, else the machine's Pythons). */
    readonly python?: string | undefined;
    /** Absolute path of the folder to run it in. */
    readonly cwd: string;
  },
): Promise<Callback> {
  const shown = `${name.module}:${name.function}`;
  const run = (python: string, job: CallbackJob | null) =>
    ctx.exec(python, ["-c", script], {
      cwd: options.cwd,
      env: { KEDRO_DISABLE_TELEMETRY: "1" },
      stdin: JSON.stringify({ root: project.root, source: project.sourceDir, ...name, job }),
      signal: ctx.signal,
    });
  const tried: string[] = [];
  for (const python of await pythons(ctx, project, options.python)) {
    const exit = await run(python, null);
    ctx.signal.throwIfAborted();
    if (exit.found && exit.status === 0) {
      return { shown, call: async (job) => answer(await run(python, job), shown, job) };
    }
    if (exit.found || options.python !== undefined) tried.push(`${python}: ${reason(exit)}`);
  }
  throw notFound(shown, tried);
}

/** Pythons that may have the project's packages, most likely first. */
async function pythons(
  { fs, env, platform }: Pick<Context, "fs" | "env" | "platform">,
  project: Project,
  named: string | undefined,
): Promise<string[]> {
  if (named !== undefined) return [named];
  const program = platform === "windows" ? "Scripts/python.exe" : "bin/python";
  const folders = [
    env.VIRTUAL_ENV,
    env.CONDA_PREFIX,
    join(project.root, ".venv"),
    join(project.root, "venv"),
  ];
  const candidates: string[] = [];
  for (const folder of folders) {
    if (!folder) continue;
    const ofConda = platform === "windows" && folder === env.CONDA_PREFIX;
    const path = join(folder, ofConda ? "python.exe" : program);
    if (await fs.stat(path) !== undefined) candidates.push(path);
  }
  return [...new Set([...candidates, "python3", "python"])];
}

function answer(exit: Exit, shown: string, { name }: CallbackJob): string {
  if (exit.status === 0) return exit.stdout.split("\n").map(harmless).join("\n");
  const lines = exit.stderr.trimEnd().split("\n").map(harmless);
  throw new UserError(`Cannot finish "${shown}" for job "${name}", which runs: ${lines.at(-1)}`, {
    // callback.failed: The function of `--on-job-scheduled` failed; the job runs. Follow it, and do not
    //   submit it again.
    code: "callback.failed",
    details: lines.slice(0, -1).slice(-MOST_LINES),
    hint: `Follow the job with \`kedro-azureml job follow ${name}\`; do not submit it again for this`,
    data: { job: name, callback: shown },
  });
}

function reason({ found, stderr, status }: Exit): string {
  if (!found) return "file not found";
  return harmless(stderr.trimEnd().split("\n").at(-1) || `it ended with status ${status}`);
}

function notFound(shown: string, tried: readonly string[]): UserError {
  return new UserError(
    `Cannot call "${shown}" for the submitted job: ${
      tried.length === 0 ? "Python not found on this machine" : "no Python has such a function"
    }`,
    {
      // callback.not_found: The function of `--on-job-scheduled` was not found. Pass the project's Python
      //   with `--python`.
      code: "callback.not_found",
      exit: ExitCode.Usage,
      details: tried,
      hint:
        "Pass the project's Python with `--python PATH`, or read the job's name and link from `--json` instead",
    },
  );
}
