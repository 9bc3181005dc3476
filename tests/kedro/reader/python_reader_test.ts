import { deepEqual, equal, rejects } from "node:assert/strict";
import type { ExecOptions, Exit } from "../../../src/core/context.ts";
import { openPython } from "../../../src/kedro/reader/python_reader.ts";
import bootstrap from "../../../src/kedro/python/bootstrap.py" with { type: "text" };
import { exited, fakeContext } from "../../fakes/context.ts";

const PROJECT = { name: "Shop", packageName: "shop", kedroInitVersion: "1.0.0" };

/** What reader.py answers for a project without pipelines. */
const EMPTY = {
  project: {
    name: "Shop",
    package_name: "shop",
    kedro_init_version: "1.0.0",
    kedro_version: "1.0.0",
    source: "python",
    env: "local",
    runtime_params: {},
    settings: {
      conf_source: "conf",
      config_loader_class: "kedro.config.OmegaConfigLoader",
      base_env: "base",
      default_run_env: "local",
      config_patterns: {},
      merge_strategy: {},
      custom_resolvers: [],
    },
    stubs: [],
  },
  pipelines: {},
  pipeline_names: [],
  catalog: {},
  parameters: {},
  warnings: [],
  problems: [],
};

for (
  const [root, codes] of [
    ["/work/shop[1]", ["kedro.folder_name"]],
    ["/work/*/shop", ["kedro.folder_name"]],
    ["/work/shop?", ["kedro.folder_name"]],
    ["/work/shop", []],
  ] as const
) {
  Deno.test(`openPython() ${codes.length === 0 ? "accepts" : "warns about"} project folder ${root}`, async () => {
    const stdout = JSON.stringify([{ ok: EMPTY }]);
    const { exec, signal } = fakeContext({
      exec: async () => exited({ stdout }),
    });
    const project = { ...PROJECT, root, sourceDir: `${root}/src` };
    const { warnings } = await openPython({ exec, signal }, project, { env: "local" }, "python3").snapshot();
    deepEqual(warnings.map(({ code }) => code), codes);
  });
}

/** A reader with a Python that ends like this, its runs and its output. */
function readerWith(exit: Partial<Exit>, options: { readonly timeoutMs?: number } = {}) {
  const runs: { program: string; options: ExecOptions }[] = [];
  const printed: string[] = [];
  const ctx = fakeContext({
    exec: async (program, _, options = {}) => {
      runs.push({ program, options });
      return exited(exit);
    },
  });
  const project = { ...PROJECT, root: "/work/shop", sourceDir: "/work/shop/src" };
  const reader = openPython(
    ctx,
    project,
    { env: "prod", runtimeParams: { a: 1 }, onPrint: (line) => printed.push(line), ...options },
    "/own/python",
  );
  return { reader, runs, printed, ctx };
}

Deno.test("openPython() starts the project's Python once", async () => {
  const { reader, runs, ctx } = readerWith({ stdout: JSON.stringify([{ ok: EMPTY }, { ok: 7 }]) });
  const { project } = await reader.snapshot();
  await reader.snapshot();
  deepEqual([project.source, project.env, project.runtime_params], ["python", "prod", { a: 1 }]);
  equal(runs.length, 1);
  const { program, options: { stdin, ...options } } = runs[0]!;
  equal(program, "/own/python");
  deepEqual(options, {
    cwd: "/work/shop",
    env: { KEDRO_DISABLE_TELEMETRY: "1" },
    timeoutMs: 60_000,
    signal: ctx.signal,
  });
  const request = {
    action: "snapshot",
    root: "/work/shop",
    source: "python",
    env: "prod",
    runtime_params: { a: 1 },
    environ: {},
  };
  deepEqual(JSON.parse(stdin as string).requests, [request]);
  equal(await reader.resolve("add", [3, 4]), 7);
  deepEqual(JSON.parse(runs[1]!.options.stdin as string).requests, [
    request,
    { action: "resolve", name: "add", args: [3, 4] },
  ]);
});

Deno.test("openPython() warns about an unreadable catalog", async () => {
  const problem = {
    ...{ area: "catalog", kind: "ValueError", module: "builtins", text: "no", place: null, missing: null },
    ...{ traceback: [], siblings: [], notes: [], stubs: [] },
  };
  const { reader } = readerWith({ stdout: JSON.stringify([{ ok: { ...EMPTY, problems: [problem] } }]) });
  const { warnings } = await reader.snapshot({ lenient: true });
  deepEqual(warnings, [{
    code: "kedro.catalog",
    message: "Cannot read the catalog of the project: ValueError: no",
  }]);
  await rejects(reader.snapshot(), { code: "kedro.catalog" });
});

/** How `ls -c CODE` ends. */
const LS = `ls: cannot access '${bootstrap.replaceAll("\n", "'$'\\n''")}': File name too long\n`;
const HINT = "Use `--python PATH` with a Python environment that has the project's Kedro and packages";

for (
  const [exit, message] of [
    [{ found: false }, 'program "/own/python" not found'],
    [{ timedOut: true }, '"/own/python" took more than 1 min 30 s'],
    [{ status: 2, stderr: LS }, '"/own/python" is not Python'],
    [{ status: 3 }, '"/own/python" exited with status 3'],
    [
      { status: 1, stderr: `x\n${"e".repeat(500)}\x1b\n` },
      `"/own/python" exited with status 1: ${"e".repeat(400)}`,
    ],
    [{ status: 1, stderr: "\x1b[2J no\n" }, '"/own/python" exited with status 1: \ufffd[2J no'],
  ] as const
) {
  Deno.test(`openPython() says: ${message.slice(0, 60)}`, async () => {
    const { reader } = readerWith(exit, { timeoutMs: 90_000 });
    await rejects(reader.snapshot(), {
      code: "kedro.python",
      message: `Cannot read the project with its own Python: ${message}`,
      hint: HINT,
    });
  });
}

Deno.test("openPython() prints the last 30 lines of a failed Python", async () => {
  const lines = Array.from({ length: 35 }, (_, at) => `line ${at}`);
  const { reader, printed } = readerWith({ status: 1, stderr: `${lines.join("\n")}\n` });
  await rejects(reader.snapshot(), { code: "kedro.python" });
  deepEqual(printed, lines.slice(5).map((line) => `project: ${line}\n`));
});
