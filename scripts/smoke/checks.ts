import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { subcommand } from "../../src/cli/parse/command.ts";
import { createProgram, loadAll } from "../../src/cli/program.ts";
import type { Context } from "../../src/core/context.ts";
import { VERSION } from "../../src/core/version.ts";
import { type Ended, outputOf, runProgram } from "../shared/run_program.ts";

/** The project's folder, below `/data` of the empty root: a name with a space and an umlaut. */
export const PROJECT = "Räder und Wetter";

/** Where the executable is tried. */
export interface Place {
  /** The program, and what stands before its own words. */
  readonly command: readonly [string, ...string[]];
  /** The project's folder as the program sees it, and as this process does. */
  readonly project: string;
  readonly outside: string;
  /** All that the program's environment holds. */
  readonly env: Readonly<Record<string, string>>;
  /** What to add to commands that read a project; none where the machine is no slower than others. */
  readonly reading?: readonly string[];
  /** Whether only the lines of brief runs are tried; all are where absent. */
  readonly isBrief?: boolean;
  /** Whether the program can be asked to end, which it cannot on Windows; it can where absent. */
  readonly hasSignals?: boolean;
}

/** An empty root folder, of which this process sees all. */
export async function emptyRoot(root: string): Promise<Place> {
  const project = `/data/${PROJECT}`;
  return {
    // The program's PATH leads nowhere, so that of this process must tell.
    command: [(await outputOf("which", ["chroot"])).trim(), root, "/bin/kedro-azureml"],
    project,
    outside: root + project,
    env: { HOME: "/home/user", PATH: "/bin", LC_ALL: "C" },
  };
}

/** The parser of all commands, of which none runs. */
const COMMANDS = await loadAll(createProgram({} as Context, () => Promise.resolve()));

/** Whether a command line may read a project, and takes a time limit for that. */
function reads(words: readonly string[]): boolean {
  const command = words.reduce((above, word) => subcommand(above, word) ?? above, COMMANDS);
  return command.options.some(({ long }) => long === "--read-timeout") && !words.includes("--package");
}

/** Runs the executable there. */
export async function program(
  place: Place,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const [first, ...words] = place.command;
  const more = reads(args.slice(args[0] === "-C" ? 2 : 0)) ? place.reading ?? [] : [];
  return await runProgram(first, [...words, ...args, ...more], {
    env: { ...place.env, ...env },
    clearEnv: true,
  });
}

/** What it printed. @throws where it did not end with 0. */
export function succeeded(ended: Ended): string {
  strictEqual(ended.code, 0, ended.stderr);
  return ended.stdout;
}

/** What must hold of a place; fails by throwing. */
export type Check = (place: Place) => Promise<void>;

/** The checks by their names. */
export const CHECKS: Readonly<Record<string, Check>> = {
  "--version": async (place) => {
    const ended = await program(place, ["--version"]);
    deepStrictEqual(ended, { code: 0, stdout: `${VERSION}\n`, stderr: "" });
  },
  "--help": async (place) => {
    match(succeeded(await program(place, ["--help"])), /submit/);
  },
  "a command that does not exist": async (place) => {
    const { code, stdout, stderr } = await program(place, ["sumbit"]);
    deepStrictEqual([code, stdout], [2, ""]);
    match(stderr, /submit/);
  },
  "inspect": async (place) => {
    const { pipelines } = JSON.parse(
      succeeded(await program(place, ["-C", place.project, "inspect", "--json"])),
    );
    deepStrictEqual(Object.keys(pipelines).sort(), ["__default__", "preparation", "training"]);
  },
  "compile": async (place) => {
    const file = join(place.project, "pipeline.yaml");
    succeeded(await program(place, ["-C", place.project, "compile", "-j", "main", "-o", file]));
    match(await Deno.readTextFile(join(place.outside, "pipeline.yaml")), /^type: pipeline$/m);
  },
  "validate": async (place) => {
    const { jobs } = JSON.parse(
      succeeded(await program(place, ["-C", place.project, "validate", "--json"])),
    );
    ok(jobs.length > 0);
  },
  "files": async (place) => {
    const { files } = JSON.parse(succeeded(await program(place, ["-C", place.project, "files", "--json"])));
    const paths = (files as { name: string }[]).map(({ name }) => name);
    ok(paths.includes("src/bikes/pipelines/training.py"), `no path of Linux: ${paths.join(", ")}`);
  },
  "auth status where nobody is signed in": async (place) => {
    const { code, stdout } = await program(place, ["auth", "status"]);
    strictEqual(code, 4);
    match(stdout, /azure-cli .*not installed/);
  },
  "emulator in the background": async (place) => {
    // Under an emulated processor or Wine it was not tried.
    if (place.hasSignals === false) return;
    const state = join(place.project, ".state");
    const at = (line: string, ...more: string[]) =>
      program(place, ["-C", place.project, ...line.split(" "), ...more], { XDG_STATE_HOME: state });
    const start = await at("emulator start --ca-file", join(state, "ca.pem"));
    match(succeeded(start), /is running at https:/);
    match(succeeded(await at("--emulator auth status")), /environment/);
    match(succeeded(await at("emulator env --shell sh")), /^export KEDRO_AZUREML_EMULATOR=/m);
    match(succeeded(await at("emulator stop")), /Stopped the emulator/);
    strictEqual((await at("emulator status")).code, 1);
    await Deno.remove(join(place.outside, ".state"), { recursive: true });
  },
  "ui": async (place) => {
    await withEmulator(place, async (env) => {
      const [first, ...words] = place.command;
      const ui = new Deno.Command(first, {
        args: [...words, "-C", place.project, "ui", "--no-open", "--json"],
        env: { ...place.env, ...env },
        clearEnv: true,
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const { url } = JSON.parse(await firstLine(ui.stdout));
      const opened = await fetch(url, { redirect: "manual" });
      await opened.body?.cancel();
      strictEqual(opened.status, 303);
      const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
      const list = await fetch(new URL("/", url), { headers: { cookie } });
      match(await list.text(), /<title>Jobs<\/title>/);
      Deno.kill(ui.pid, "SIGTERM");
      await ui.status;
    });
  },
  "emulator": async (place) => {
    await withEmulator(place, async (env) => {
      match(succeeded(await program(place, ["auth", "status"], env)), /environment/);
    });
  },
};

/** Serves the emulator while `use` runs, which gets the variables that lead to it. */
export async function withEmulator(
  place: Place,
  use: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const file = join(place.project, "ca.pem");
  const args = ["-C", place.project, "emulator", "--json", "--ca-file", file];
  const [first, ...words] = place.command;
  const emulator = new Deno.Command(first, {
    args: [...words, ...args],
    env: place.env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const ended = emulator.status;
  try {
    const ready: { readonly env: Record<string, string> } = JSON.parse(await firstLine(emulator.stdout));
    await use(ready.env);
  } finally {
    Deno.kill(emulator.pid, "SIGTERM");
    await ended;
  }
  // Without signals the program is ended as it is.
  if (place.hasSignals === false || Deno.build.os === "windows") return;
  strictEqual((await ended).code, 0);
  ok(!await exists(join(place.outside, "ca.pem")), "the emulator left its certificate behind");
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
