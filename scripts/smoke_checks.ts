import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { VERSION } from "../src/version.ts";
import { type Ended, outputOf, runProgram } from "./run_program.ts";

/** The project in the empty root: a path with a space and an umlaut. */
export const PROJECT = "/data/Räder und Wetter";

/** All that the program's environment holds. */
const ENV = { HOME: "/home/user", PATH: "/bin", LC_ALL: "C" };

/** Runs the executable in the empty root. */
async function program(
  root: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return await runProgram(await chroot(), [root, "/bin/kedro-azureml", ...args], {
    env: { ...ENV, ...env },
    clearEnv: true,
  });
}

/** The program's PATH leads nowhere, so that of this process must tell. */
async function chroot(): Promise<string> {
  return (await outputOf("which", ["chroot"])).trim();
}

function succeeded(ended: Ended): string {
  strictEqual(ended.code, 0, ended.stderr);
  return ended.stdout;
}

/** What must hold, by name; each gets the root folder, and whether to wait for jobs, and fails by throwing. */
export const CHECKS: Readonly<Record<string, (root: string, waits: boolean) => Promise<void>>> = {
  "--version": async (root) => {
    const ended = await program(root, ["--version"]);
    deepStrictEqual(ended, { code: 0, stdout: `${VERSION}\n`, stderr: "" });
  },
  "--help": async (root) => {
    match(succeeded(await program(root, ["--help"])), /submit/);
  },
  "a command that does not exist": async (root) => {
    const { code, stdout, stderr } = await program(root, ["sumbit"]);
    deepStrictEqual([code, stdout], [2, ""]);
    match(stderr, /submit/);
  },
  "inspect": async (root) => {
    const { pipelines } = JSON.parse(succeeded(await program(root, ["-C", PROJECT, "inspect", "--json"])));
    deepStrictEqual(Object.keys(pipelines).sort(), ["__default__", "preparation", "training"]);
  },
  "compile": async (root) => {
    const file = `${PROJECT}/pipeline.yaml`;
    succeeded(await program(root, ["-C", PROJECT, "compile", "-j", "main", "-o", file]));
    match(await Deno.readTextFile(root + file), /^type: pipeline$/m);
  },
  "auth status where nobody is signed in": async (root) => {
    const { code, stdout } = await program(root, ["auth", "status"]);
    strictEqual(code, 4);
    match(stdout, /azure-cli .*not installed/);
  },
  "submit to its own emulator": submitToEmulator,
};

async function submitToEmulator(root: string, waits: boolean): Promise<void> {
  const args = ["-C", PROJECT, "emulator", "--json", "--ca-file", `${PROJECT}/ca.pem`];
  const emulator = new Deno.Command(await chroot(), {
    args: [root, "/bin/kedro-azureml", ...args],
    env: ENV,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const ended = emulator.status;
  try {
    const ready: { readonly env: Record<string, string> } = JSON.parse(await firstLine(emulator.stdout));
    match(succeeded(await program(root, ["auth", "status"], ready.env)), /environment/);
    const submit = ["-C", PROJECT, "submit", "-j", "main", ...waits ? ["--wait-for-completion"] : []];
    const { code, stdout, stderr } = await program(root, submit, ready.env);
    strictEqual(code, 0, stderr);
    match(stdout, waits ? /Completed/ : /is submitted as/);
  } finally {
    Deno.kill(emulator.pid, "SIGTERM");
    await ended;
  }
  strictEqual((await ended).code, 0);
  ok(!await exists(`${root}${PROJECT}/ca.pem`), "the emulator left its certificate behind");
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the emulator ended before it was ready");
    text += value;
  }
  void reader.cancel();
  return text.split("\n")[0]!;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
