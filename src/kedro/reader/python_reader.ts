import type { Context } from "../../core/context.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { durationText } from "../../core/format.ts";
import { parseJson } from "../../core/json.ts";
import { harmless } from "../../core/untrusted.ts";
import type { Project } from "../project.ts";
import init from "../python/__init__.py" with { type: "text" };
import bootstrap from "../python/bootstrap.py" with { type: "text" };
import catalog from "../python/catalog.py" with { type: "text" };
import context from "../python/context.py" with { type: "text" };
import failures from "../python/failures.py" with { type: "text" };
import kedroApi from "../python/kedro_api.py" with { type: "text" };
import modules from "../python/modules.py" with { type: "text" };
import pipelines from "../python/pipelines.py" with { type: "text" };
import reader from "../python/reader.py" with { type: "text" };
import { answerOf, failureError, readSnapshot, toSnapshot } from "./answer.ts";
import { moduleFacts } from "./module_facts.ts";
import { type KedroReader, READ_TIMEOUT_MS, type ReaderOptions } from "./reader.ts";
import { json } from "../shape.ts";

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
      // Another program quotes what it cannot do with the code, each in its own way, but a line is in one piece.
      if (exit.stderr.includes(bootstrap.split("\n", 1)[0]!)) throw pythonError(`"${python}" is not Python`);
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
    async modules(texts) {
      const answer = answerOf(moduleFacts, (await ask({ action: "modules", texts }))[0]);
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
    // kedro.folder_name: The brackets or stars in the project's path are a pattern for Kedro. Rename the
    //   folder.
    code: "kedro.folder_name",
    message:
      `Kedro finds no configuration below ${root}: it takes the brackets or stars in that path for a pattern`,
    hint: "Rename the folder, or omit `--python`",
  }];
}

function pythonError(what: string): UserError {
  return new UserError(`Cannot read the project with its own Python: ${what}`, {
    // kedro.python: The Python of `--python` cannot read the project. Use one that has the project's
    //   packages.
    code: "kedro.python",
    hint: "Use `--python PATH` with a Python environment that has the project's Kedro and packages",
  });
}

/** The source texts, by file name, that a Python on this machine needs; the sandbox has the other files, too. */
const PYTHON_SOURCES: Readonly<Record<string, string>> = {
  "__init__.py": init,
  "catalog.py": catalog,
  "context.py": context,
  "failures.py": failures,
  "kedro_api.py": kedroApi,
  "modules.py": modules,
  "pipelines.py": pipelines,
  "reader.py": reader,
};
