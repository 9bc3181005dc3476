import type { Context } from "../context.ts";
import { ExitCode, UserError, type Warning } from "../errors.ts";
import { answerOf, type Problem, readSnapshot } from "./answer.ts";
import { chooseEnviron } from "./environ.ts";
import { failureError, problemError, problemMessage } from "./failure.ts";
import type { Project } from "./project.ts";
import { insideRoot, readProjectFiles } from "./project_files.ts";
import { json, type Shape } from "./shape.ts";
import type { Json, ProjectSnapshot } from "./snapshot.ts";
import { startWorkerReader } from "./worker_reader.ts";

/** How a project is read. */
export interface ReaderOptions {
  /** The Kedro environment. */
  readonly env: string;
  readonly runtimeParams?: Readonly<Record<string, Json>>;
  /** Environment variables that the project's code may see; all but secrets when absent, in CI none. */
  readonly allowEnvNames?: readonly string[];
  /** Milliseconds that one request may take; 60000 when absent. */
  readonly timeoutMs?: number;
  /** Told each line that the project's code prints. */
  readonly onPrint?: (text: string) => void;
}

/** A project that is being read; it must be closed. */
export interface KedroReader {
  /**
   * Reads everything, once.
   *
   * @param options.lenient A catalog or parameters that cannot be read are warnings instead of an error.
   * @throws {UserError} `kedro.*`, with the place in the project and the project's own traceback.
   */
  snapshot(options?: { readonly lenient?: boolean }): Promise<ProjectSnapshot>;
  /**
   * Asks a resolver that the project's settings.py registers.
   *
   * @throws {UserError} `kedro.*` when the project cannot be read, or the resolver raises.
   */
  resolve(name: string, args: readonly Json[]): Promise<Json>;
  close(): void;
}

/**
 * Reads a project with the embedded Kedro, whose code reaches nothing but the files and variables handed to it.
 *
 * @throws {UserError} `kedro.version` when the project was made for another Kedro; `resource.missing`.
 */
export async function openReader(
  ctx: Pick<Context, "fs" | "env" | "resources" | "signal">,
  project: Project,
  options: ReaderOptions,
): Promise<KedroReader> {
  checkVersion(project);
  const { env, runtimeParams = {}, timeoutMs = 60_000, onPrint = () => {} } = options;
  const environ = chooseEnviron(ctx.env, options.allowEnvNames);
  const files = readProjectFiles(ctx, project);
  files.catch(() => {});
  const worker = await startWorkerReader(ctx, files, { timeoutMs, onPrint });

  async function ask<T>(request: Record<string, unknown>, shape: Shape<T>): Promise<T> {
    const answer = answerOf(shape, await worker.call(request));
    if ("error" in answer) throw failureError(answer.error, project);
    return answer.ok;
  }

  let reading: ReturnType<typeof read> | undefined;
  async function read() {
    const request = { root: insideRoot(project), source: "embedded", env, runtime_params: runtimeParams };
    return await ask({ action: "snapshot", ...request, environ: environ.variables }, readSnapshot);
  }

  return {
    async snapshot({ lenient = false } = {}) {
      const { problems, ...rest } = await (reading ??= read());
      if (problems.length > 0 && !lenient) throw problemError(problems[0]!);
      const { warnings: links } = await files;
      const warnings = [...links, ...environ.warnings, ...rest.warnings, ...problems.map(problemWarning)];
      return {
        version: 1,
        ...rest,
        project: { ...rest.project, source: "embedded", env, runtime_params: runtimeParams },
        warnings,
      };
    },
    async resolve(name, args) {
      await (reading ??= read());
      return await ask({ action: "resolve", name, args }, json);
    },
    close: worker.close,
  };
}

function problemWarning(problem: Problem): Warning {
  const { area, place } = problem;
  return { code: `kedro.${area}`, message: problemMessage(problem), ...(place === null ? {} : { place }) };
}

function checkVersion(project: Project): void {
  const major = project.kedroInitVersion.split(".")[0];
  if (major === "1") return;
  throw new UserError(
    `Cannot read the project: it was made for Kedro ${project.kedroInitVersion}, and the embedded Kedro is 1.7`,
    {
      code: "kedro.version",
      exit: ExitCode.Config,
      hint: `Migrate the project to Kedro 1 and set kedro_init_version in pyproject.toml`,
      place: { file: "pyproject.toml" },
    },
  );
}
