import { deepStrictEqual as assertEquals, ok, strictEqual } from "node:assert/strict";
import type { ExecOptions } from "../../src/core/context.ts";
import { exec } from "../../src/system/exec.ts";
import { createFolder } from "../fakes/folder.ts";
import { within } from "./within.ts";
import { onUnix } from "./on_unix.ts";

Deno.test("exec() reports a missing program", async () => {
  const exit = await exec("no-such-program-anywhere", [], { timeoutMs: 1000 });
  assertEquals([exit.found, exit.status, exit.timedOut], [false, 127, false]);
});

Deno.test("exec() passes variables and input", async () => {
  const code = "console.log(Deno.env.get('X'), Deno.args[0], await new Response(Deno.stdin.readable).text())";
  const options = { env: { X: "$HOME" }, stdin: "typed" };
  const { stdout } = await exec(Deno.execPath(), ["eval", code, "; exit 1"], options);
  strictEqual(stdout.trim(), "$HOME ; exit 1 typed");
});

onUnix("exec() kills a program and its children after its timeout", async () => {
  // The child keeps the output open until it ends.
  const exit = await within(exec("sh", ["-c", "sleep 60; echo"], { timeoutMs: 200 }), "it goes on");
  ok(exit.timedOut);
});

onUnix("exec() kills a program when aborted", async () => {
  const stop = new AbortController();
  const running = exec("sh", ["-c", "sleep 30; echo"], { signal: stop.signal });
  stop.abort("SIGINT");
  const { timedOut, status } = await running;
  assertEquals([timedOut, status === 0], [false, false]);
});

onUnix("exec() returns the status of a detached program", async () => {
  await using folder = await createFolder();
  const done = `${folder.root}/done`;
  const args = ["-c", 'echo seen; touch "$0"; exit 3', done];
  const { status, found, timedOut } = await exec("sh", args, { detached: true });
  assertEquals([status, found, timedOut, (await Deno.stat(done)).isFile], [3, true, false, true]);
});

Deno.test("exec() kills nothing after the program ended", async () => {
  const stop = new AbortController();
  const killed: number[] = [];
  const { kill } = Deno;
  Deno.kill = (pid) => void killed.push(pid);
  try {
    strictEqual((await exec(Deno.execPath(), ["--version"], { signal: stop.signal })).status, 0);
    stop.abort("SIGINT");
  } finally {
    Deno.kill = kill;
  }
  assertEquals(killed, []);
});

onUnix("exec() reports a file that cannot be executed as not found", async () => {
  const file = await Deno.makeTempFile();
  const exit = await exec(file, []);
  await Deno.remove(file);
  assertEquals([exit.found, exit.status], [false, 127]);
});

onUnix("exec() accepts a program that does not read its input", async () => {
  const { status } = await exec("sh", ["-c", "exit 4"], { stdin: "x".repeat(1024 * 1024) });
  strictEqual(status, 4);
});

onUnix("exec() with clearEnv passes no other variables", async () => {
  Deno.env.set("EXEC_TEST", "inherited");
  const print = async (options: ExecOptions) =>
    (await exec("/bin/sh", ["-c", "echo $PWD $EXEC_TEST $PATH"], { cwd: "/usr", ...options })).stdout;
  try {
    const path = "bin:/usr/bin:/proc/self/cwd/bin:/bin:";
    strictEqual(await print({ env: { PATH: path } }), "/usr inherited /usr/bin:/bin\n");
    strictEqual(await print({ env: { PATH: path }, clearEnv: true }), "/usr /usr/bin:/bin\n");
    const known = await exec("/usr/bin/env", [], { env: { A: "1" }, clearEnv: true });
    strictEqual(known.stdout, "A=1\n");
    strictEqual(await print({ env: { PATH: path, EXEC_TEST: "own" } }), "/usr own /usr/bin:/bin\n");
  } finally {
    Deno.env.delete("EXEC_TEST");
  }
});

onUnix("exec() returns lines as they are printed", async () => {
  const seen: string[] = [];
  const started = Promise.withResolvers<void>();
  const onLine = (line: string) => {
    seen.push(line);
    started.resolve();
  };
  const ended = exec("sh", ["-c", "echo one; read _; echo two >&2; printf rest"], {
    stdin: "x\n",
    onLine,
  });
  await started.promise;
  assertEquals([(await ended).stdout, seen], ["one\nrest", ["one", "two"]]);
});

onUnix("exec() with noticesParentEnd keeps the input of a program open", async () => {
  // `read` with a time limit fails at once if there is no input.
  const waits = async (noticesParentEnd: boolean) =>
    (await exec("bash", ["-c", "read -t 0.1; [ $? -gt 128 ]"], { noticesParentEnd })).status === 0;
  assertEquals([await waits(true), await waits(false)], [true, false]);
});

onUnix("exec() with a timeout starts a process group", async () => {
  const leads = async (options: ExecOptions) =>
    (await exec("sh", ["-c", '[ "$(ps -o pgid= -p $$ | tr -d " ")" = $$ ]'], options)).status === 0;
  const { signal } = new AbortController();
  assertEquals(await Promise.all([{}, { timeoutMs: 60_000 }, { signal }].map(leads)), [false, true, true]);
});

Deno.test("exec() ends a program that starts aborted", async () => {
  const code = "setTimeout(() => {}, 60_000)";
  const ended = exec(Deno.execPath(), ["eval", code], { signal: AbortSignal.abort("SIGINT") });
  ok((await within(ended, "the program goes on")).status !== 0);
});

onUnix("exec() reports a path below a file as not found", async () => {
  const { found, status } = await exec(`${Deno.execPath()}/bin/python`, []);
  assertEquals([found, status], [false, 127]);
});
