import { deepEqual, strictEqual, throws } from "node:assert/strict";

import { machineError, withOutputErrors } from "../../src/cli/os_error.ts";
import { makeWorld } from "./world.ts";

for (
  const [code, problem, hint] of [
    ["EPERM", "operation not permitted", "Make this user its owner, or run the command as its owner"],
    ["ENOSPC", "the disk is full", "Free some space, then run the command again"],
    ["EDQUOT", "the disk quota is used up", "Free some space, then run the command again"],
    ["EROFS", "the file system is read-only", "Use a folder on a disk that can be written to"],
    ["EMFILE", "too many open files", "Raise the limit with `ulimit -n 4096`"],
    ["ENFILE", "too many open files on this machine", "Close some programs, then run the command again"],
    ["ELOOP", "its symbolic links form a loop", "Remove one of the links"],
    ["ENAMETOOLONG", "its name is too long", "Rename it, or a folder above it"],
    ["EIO", "disk input/output error", "Check the disks and network drives of this machine"],
    ["ESTALE", "stale file handle of a network drive", "Mount the drive again"],
  ] as const
) {
  Deno.test(`a file error ${code} is explained with a hint`, () => {
    const error = machineError(Object.assign(new Error("(os error 30)"), { code }))!;
    strictEqual(error.message, `A file operation failed: ${problem}`);
    strictEqual(error.hint, hint);
    strictEqual(error.code, "file.refused");
  });
}

for (
  const [said, problem, hint] of [
    [
      "The filename, directory name, or volume label syntax is incorrect. (os error 123): stat 'C:\\w<p'",
      "Windows does not allow this name",
      'Use a name without < > : " | ? *',
    ],
    [
      "文件名、目录名或卷标语法不正确。 (os error 123): stat 'C:\\w<p'",
      "Windows does not allow this name",
      'Use a name without < > : " | ? *',
    ],
    [
      "文件名或扩展名太长。 (os error 206): open 'C:\\w<p'",
      "its name is too long",
      "Rename it, or a folder above it",
    ],
    [
      "The process cannot access the file because it is being used by another process. (os error 32): open 'C:\\w<p'",
      "another program has it open",
      "Close that program, then run the command again",
    ],
  ] as const
) {
  Deno.test(`Windows error "${said}" is explained`, () => {
    const error = machineError(Object.assign(new Error(said), { code: "ENOENT" }))!;
    strictEqual(error.message, `Cannot open "C:\\w<p": ${problem}`);
    strictEqual(error.hint, hint);
    strictEqual(error.exit, 3);
  });
}

Deno.test("a folder whose name is not valid UTF-8 is named", () => {
  const gone = new Deno.errors.NotFound("No such file or directory (os error 2): readdir '/p/src/a\ufffd'");
  const error = machineError(Object.assign(gone, { code: "ENOENT" }))!;
  strictEqual(error.message, 'Cannot open "/p/src/a\ufffd": its name is not valid UTF-8');
  strictEqual(error.hint, "Rename it");
});

Deno.test("a project below /dev is an error with its path", () => {
  const thrown = new Deno.errors.NotCapable(
    'Requires all access to "/dev/shm/a b/pyproject.toml", run again with the --allow-all flag',
  );
  const error = machineError(thrown)!;
  strictEqual(
    error.message,
    'Cannot open "/dev/shm/a b/pyproject.toml": it is below /dev, /proc or /sys, where this program opens nothing',
  );
  strictEqual(error.hint, "Use a folder elsewhere");
});

Deno.test("compile fails for an unreadable file with its path", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const stat = ctx.fs.stat;
  ctx.fs.stat = (path) =>
    path.endsWith("settings.py")
      ? Promise.reject(new Deno.errors.PermissionDenied(`Permission denied (os error 13): stat '${path}'`))
      : stat(path);
  strictEqual(await kedroAzureml("compile -j main"), 3);
  strictEqual(ctx.stderr().split("\n")[0], `error: Cannot open "${settings()}": permission denied`);

  function settings(): string {
    return [...ctx.files.keys()].find((path) => path.endsWith("settings.py"))!;
  }
});

Deno.test("inspect --json prints the output of the project's code as JSON", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const [path, registry] = [...ctx.files].find(([name]) => name.endsWith("pipeline_registry.py"))!;
  ctx.files.set(path, new TextEncoder().encode(`${new TextDecoder().decode(registry)}\nprint("hello")\n`));
  strictEqual(await kedroAzureml("inspect --json"), 0);
  const lines = ctx.stderr().trim().split("\n").map((line) => JSON.parse(line));
  strictEqual(lines.find(({ progress }) => progress?.type === "print").progress.text, "project: hello");
});

Deno.test("a full disk behind standard output names the submitted jobs", () => {
  const full = () => {
    throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  };
  const message = "Cannot write to standard output: the disk is full";
  throws(() => withOutputErrors(["fox", "owl"], full), {
    code: "output.not_written",
    message,
    details: ['Job "fox" was submitted and is running', 'Job "owl" was submitted and is running'],
    hint: "Run `kedro-azureml job show fox owl`; running this command again would submit again",
    data: { submitted: ["fox", "owl"] },
  });
  throws(() => withOutputErrors([], full), {
    message,
    details: [],
    hint: "Write to another place, and run the command again",
  });
});

Deno.test("an unreadable file on Windows suggests its Properties", () => {
  const said = "Access is denied. (os error 5): open 'C:\\a'";
  const { message, hint } = machineError(new Deno.errors.PermissionDenied(said))!;
  deepEqual([message, hint], [
    'Cannot open "C:\\a": access denied',
    "Give this user read access in Explorer, under Properties > Security",
  ]);
});
