import { durationText } from "../../core/text/duration.ts";
import type { Context } from "../../core/context.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { answerOf, readSnapshot } from "./answer.ts";
import { failureError } from "./failure.ts";
import type { Project } from "../project.ts";
import bootstrap from "../python/bootstrap.py" with { type: "text" };
import { PYTHON_SOURCES } from "../python/sources.ts";
import { type KedroReader, READ_TIMEOUT_MS, type ReaderOptions } from "./reader.ts";
import { parseJson } from "../../core/text/python_json.ts";
import { harmless } from "../../core/text/sanitize.ts";
import { json } from "./shape.ts";
import { toSnapshot } from "./to_snapshot.ts";

/** Maximum number of lines, and of characters per line, to show of a Python that exited without an answer. */
const MOST_LINES = 30;
const MOST_CHARACTERS = 400;

/** Reads a project with a Python on this machine: the same reader, not sandboxed. */
export function openPython(
  ctx: Pick<Context, "exec" | "signal">,
  project: Project,
  options: ReaderOptions,
  python: string,
): KedroReader {
  const { env, runtimeParams = {}, timeoutMs = READ_TIMEOUT_MS, onPrint = () => {} } = options;
  const request = {
    action: "snapshot",
    root: project.root,
    source: "python",
    env,
    runtime_params: runtimeParams,
    environ: {},
  };

  async function ask(...requests: readonly unknown[]): Promise<readonly unknown[]> {
    const exit = await ctx.exec(python, ["-c", bootstrap], {
      cwd: project.root,
      env: { KEDRO_DISABLE_TELEMETRY: "1" },
      stdin: JSON.stringify({ sources: PYTHON_SOURCES, requests }),
      timeoutMs,
      signal: ctx.signal,
    });
    if (!exit.found) throw pythonError(`program "${python}" not found`);
    if (exit.timedOut) throw pythonError(`"${python}" took more than ${durationText(timeoutMs)}`);
    try {
      return parseJson(exit.stdout) as readonly unknown[];
    } catch {
      const lines = exit.stderr.trimEnd().split("\n").map((line) => harmless(line).slice(0, MOST_CHARACTERS));
      lines.slice(-MOST_LINES).forEach((line) => onPrint(`project: ${line}\n`));
      const last = lines.at(-1) ? `: ${lines.at(-1)}` : "";
      throw pythonError(`"${python}" exited with status ${exit.status}${last}`);
    }
  }

  let reading: ReturnType<typeof read> | undefined;
  async function read() {
    const answer = answerOf(readSnapshot, (await ask(request))[0]);
    if ("error" in answer) throw failureError(answer.error, project, "python");
    return answer.ok;
  }

  return {
    async snapshot(how = {}) {
      return toSnapshot(await (reading ??= read()), {
        source: "python",
        env,
        runtimeParams,
        warnings: folderWarnings(project),
        ...how,
      });
    },
    async resolve(name, args) {
      const [, resolved] = await ask(request, { action: "resolve", name, args });
      const answer = answerOf(json, resolved);
      if ("error" in answer) throw failureError(answer.error, project, "python");
      return answer.ok;
    },
    close: async () => {},
  };
}

/** Warns of brackets and stars in the project's path, which Kedro treats as part of a glob pattern. */
function folderWarnings({ root }: Project): Warning[] {
  if (!/[[\]*?]/.test(root)) return [];
  return [{
    code: "kedro.folder_name",
    message:
      `Kedro finds no configuration below ${root}: it takes the brackets or stars in that path for a pattern`,
    hint: "Rename the folder, or omit `--python`",
  }];
}

function pythonError(what: string): UserError {
  return new UserError(`Cannot read the project with its own Python: ${what}`, {
    code: "kedro.python",
    hint: "Use `--python PATH` with a Python environment that has the project's Kedro and packages",
  });
}
