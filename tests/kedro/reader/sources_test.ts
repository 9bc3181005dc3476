import assert from "node:assert/strict";
import type { ExecOptions, Exit } from "../../../src/core/context.ts";
import { openReader } from "../../../src/kedro/reader/open.ts";
import { findProject } from "../../../src/kedro/project.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { golden, projectOf, readProject, realFiles } from "./read.ts";

const REGISTRY = "def register_pipelines():\n    return {}\n";

async function writeSnapshot(change: (snapshot: ProjectSnapshot) => unknown = (snapshot) => snapshot) {
  const snapshot = await readProject(realFiles(), { dir: golden("tiny") });
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify(change(snapshot)));
  return { snapshot, file, [Symbol.asyncDispose]: () => Deno.remove(file) };
}

async function openTiny(options: { snapshot: string; env?: string; runtimeParams?: Record<string, number> }) {
  const ctx = realFiles();
  return await openReader(ctx, await findProject(ctx, golden("tiny")), { env: "local", ...options });
}

Deno.test("openReader() reads a snapshot from a file", async () => {
  await using made = await writeSnapshot();
  const reader = await openTiny({ snapshot: made.file });
  const { project, ...rest } = await reader.snapshot();
  const { project: before, ...expected } = made.snapshot;
  assert.deepEqual(rest, expected);
  assert.deepEqual(project, { ...before, source: "file" });
});

Deno.test("openReader() rejects a snapshot of another environment or other parameters", async () => {
  await using made = await writeSnapshot();
  await assert.rejects(openTiny({ snapshot: made.file, env: "prod" }), { code: "snapshot.mismatch" });
  await assert.rejects(openTiny({ snapshot: made.file, runtimeParams: { a: 1 } }), {
    code: "snapshot.mismatch",
  });
});

Deno.test("openReader() fails for a snapshot that is missing, malformed or of another version", async () => {
  await using other = await writeSnapshot((snapshot) => ({ ...snapshot, version: 2 }));
  await assert.rejects(openTiny({ snapshot: other.file }), { code: "snapshot.version" });
  await using broken = await writeSnapshot((snapshot) => ({ ...snapshot, pipelines: { x: { nodes: 1 } } }));
  await assert.rejects(openTiny({ snapshot: broken.file }), { message: /pipelines\.x\.nodes is not a list/ });
  await assert.rejects(openTiny({ snapshot: "/none.json" }), { code: "snapshot.unreadable" });
});

for (
  const [what, read, reason] of [
    ["is missing", new Deno.errors.NotFound(), "there is no such file"],
    ["cannot be read", new Deno.errors.PermissionDenied(), "permission denied"],
    ["is a folder", new Deno.errors.IsADirectory(), "it is a folder"],
    ["is a device", new Deno.errors.NotCapable("no"), "it is a device, or in a folder of the system"],
    ["is on a broken disk", new Error("Input/output error"), "Input/output error"],
    ["is not JSON", "no", "it is not JSON"],
  ] as const
) {
  Deno.test(`openReader() reports that a snapshot file ${what}`, async () => {
    const ctx = projectOf(REGISTRY);
    const readBytes = (path: string) => {
      if (!path.endsWith("s.json")) return ctx.fs.readBytes(path);
      return typeof read === "string"
        ? Promise.resolve(new TextEncoder().encode(read))
        : Promise.reject(read);
    };
    const files = { ...ctx, fs: { ...ctx.fs, readBytes } };
    await assert.rejects(
      openReader(files, await findProject(ctx, "/shop"), { env: "local", snapshot: "s.json" }),
      { code: "snapshot.unreadable", message: `Cannot read the snapshot s.json: ${reason}` },
    );
  });
}

Deno.test("openReader() reads a UTF-16 snapshot written by PowerShell", async () => {
  await using made = await writeSnapshot();
  const text = `\ufeff${await Deno.readTextFile(made.file)}`;
  await Deno.writeFile(
    made.file,
    new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer),
  );
  const reader = await openTiny({ snapshot: made.file });
  assert.deepEqual((await reader.snapshot()).pipelines, made.snapshot.pipelines);
});

Deno.test("snapshot() with a given Python reports the last output of a failed Python", async () => {
  const { ctx } = withPython({ status: 2, stderr: `${"no such option\n".repeat(500)}${"x".repeat(9000)}\n` });
  const printed: string[] = [];
  const reading = readProject(ctx, { python: "/bin/ls", onPrint: (text) => void printed.push(text) });
  await assert.rejects(reading, { message: new RegExp(`"/bin/ls" exited with status 2: x{400}$`) });
  assert.equal(printed.length, 30);
});

function withPython(exit: Partial<Exit>) {
  const calls: { program: string; options: ExecOptions | undefined }[] = [];
  const ctx = projectOf(REGISTRY, {}, {
    exec: async (program, _args, options) => {
      calls.push({ program, options });
      return { status: 0, stdout: "", stderr: "", found: true, timedOut: false, ...exit };
    },
  });
  return { ctx, calls };
}

Deno.test("snapshot() with a given Python runs in the project folder and passes its sources on stdin", async () => {
  const { ctx, calls } = withPython({
    stdout:
      '[{"error":{"kind":"ValueError","module":"builtins","text":"no","place":null,"traceback":[],"missing":null,"notes":[],"stubs":[]}}]',
  });
  await assert.rejects(readProject(ctx, { python: "/venv/bin/python" }), {
    message: "Cannot read the project's pipelines: ValueError: no",
  });
  assert.equal(calls[0]!.program, "/venv/bin/python");
  assert.equal(calls[0]!.options!.cwd, "/shop");
  const { sources, requests } = JSON.parse(calls[0]!.options!.stdin!);
  assert.ok("reader.py" in sources);
  assert.equal(requests[0].source, "python");
});

Deno.test("snapshot() with a given Python suggests a fix if a package is missing or Kedro's version differs", async () => {
  const failed = (text: string, missing: string | null = null) =>
    withPython({
      stdout: JSON.stringify([{
        error: {
          kind: "ValueError",
          module: "builtins",
          text,
          place: null,
          traceback: [],
          missing,
          notes: [],
          stubs: [],
        },
      }]),
    }).ctx;
  const hint = /`--python PATH` with a Python environment that has Kedro 1 and the project's packages/;
  const other =
    "Your Kedro project version 1.7.0 does not match Kedro package version 0.18.14 you are running.";
  await assert.rejects(readProject(failed(other), { python: "py" }), { hint });
  await assert.rejects(readProject(failed("No module named 'kedro'"), { python: "py" }), { hint });
  await assert.rejects(readProject(failed("No module named 'boto3'", "boto3.session"), { python: "py" }), {
    hint: "Install boto3 in the environment of `--python`, or omit `--python`",
  });
});

Deno.test("snapshot() with a given Python reports a missing Python, and the last line of a Python that exits", async () => {
  await assert.rejects(readProject(withPython({ found: false }).ctx, { python: "py" }), {
    code: "kedro.python",
    message: /program "py" not found/,
  });
  const ended = withPython({
    status: 1,
    stderr: "Traceback\nModuleNotFoundError: No module named 'kedro'\n",
  });
  await assert.rejects(readProject(ended.ctx, { python: "py" }), {
    message: /exited with status 1: ModuleNotFoundError: No module named 'kedro'/,
  });
});
