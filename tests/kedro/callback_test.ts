import { deepEqual, rejects } from "node:assert/strict";
import type { ExecOptions, Exit } from "../../src/core/context.ts";
import { findCallback } from "../../src/kedro/callback.ts";
import { fakeContext, type FakeOptions } from "../fakes/context.ts";

const PROJECT = {
  name: "Shop",
  packageName: "shop",
  kedroInitVersion: "1.0.0",
  root: "/shop",
  sourceDir: "/shop/src",
};
const NAME = { module: "shop.notify", function: "tell" };
/** A machine with these Pythons, and the exit of each. */
function machine(exits: Readonly<Record<string, Partial<Exit>>>, options: FakeOptions = {}) {
  const runs: { program: string; stdin: unknown; options: ExecOptions }[] = [];
  const ctx = fakeContext({
    ...options,
    exec: async (program, _, options = {}) => {
      runs.push({ program, stdin: JSON.parse(options.stdin as string), options });
      const exit = exits[program];
      return {
        ...{ status: exit === undefined ? 127 : 0, stdout: "", stderr: "", timedOut: false },
        found: exit !== undefined,
        ...exit,
      };
    },
  });
  const find = (named: Partial<Parameters<typeof findCallback>[3]> = {}) =>
    findCallback(ctx, PROJECT, NAME, { cwd: "/here", ...named });
  return { find, runs, tried: () => runs.map(({ program }) => program) };
}

const VENV = "/shop/.venv/bin/python";
const FOLDERS = { VIRTUAL_ENV: "/active", CONDA_PREFIX: "/conda" };
const PYTHONS = Object.fromEntries(
  ["/active/bin/python", "/conda/bin/python", VENV, "/shop/venv/bin/python"].map((path) => [path, ""]),
);

Deno.test("findCallback() tries the active environment first", async () => {
  const { find, tried } = machine({}, { env: FOLDERS, files: PYTHONS });
  await rejects(find(), {
    code: "callback.not_found",
    message: 'Cannot call "shop.notify:tell" for the submitted job: Python not found on this machine',
    details: [],
    exit: 2,
  });
  deepEqual(tried(), [...Object.keys(PYTHONS), "python3", "python"]);
  const inProject = machine({}, { env: { VIRTUAL_ENV: "/shop/.venv" }, files: { [VENV]: "" } });
  await rejects(inProject.find(), { code: "callback.not_found" });
  deepEqual(inProject.tried(), [VENV, "python3", "python"]);
  const without = machine({}, { files: { [VENV]: "" } });
  await rejects(without.find(), { code: "callback.not_found" });
  deepEqual(without.tried(), [VENV, "python3", "python"]);
});

Deno.test("findCallback() finds Conda environments on Windows", async () => {
  const files = { "/active/Scripts/python.exe": "", "/conda/python.exe": "", "/conda/bin/python": "" };
  const { find, tried } = machine({}, { env: FOLDERS, files, platform: "windows" });
  await rejects(find(), { code: "callback.not_found" });
  deepEqual(tried().slice(0, 2), ["/active/Scripts/python.exe", "/conda/python.exe"]);
});

Deno.test("findCallback() says why it used no Python", async () => {
  const { find } = machine({
    python3: { status: 1, stderr: "Traceback\nImportError: no \x1b[2Jshop\n" },
    python: { status: 3 },
  });
  await rejects(find(), {
    message: 'Cannot call "shop.notify:tell" for the submitted job: no Python has such a function',
    details: ["python3: ImportError: no \ufffd[2Jshop", "python: it ended with status 3"],
    hint:
      "Pass the project's Python with `--python PATH`, or read the job's name and link from `--json` instead",
  });
});

Deno.test("findCallback() stops at Ctrl+C", async () => {
  const stop = new AbortController();
  stop.abort("SIGINT");
  const { find, tried } = machine({}, { signal: stop.signal });
  await rejects(find(), (thrown) => thrown === "SIGINT");
  deepEqual(tried(), ["python3"]);
});
