import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { subcommand } from "../../src/cli/parse/command.ts";
import { createProgram, loadAll } from "../../src/cli/program.ts";
import type { Context } from "../../src/core/context.ts";
import { VERSION } from "../../src/core/version.ts";
import { type Ended, firstLine, outputOf, runProgram } from "../shared/run_program.ts";

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

/** What no line of lines.ts shows, by the commands that it runs. */
export const CHECKS: Readonly<Record<string, Check>> = {
  "--version": async (place) => {
    const ended = await program(place, ["--version"]);
    deepStrictEqual(ended, { code: 0, stdout: `${VERSION}\n`, stderr: "" });
  },
  "auth status where nobody is signed in": async (place) => {
    const { code, stdout } = await program(place, ["auth", "status"]);
    strictEqual(code, 4);
    match(stdout, /azure-cli .*not installed/);
  },
  "emulator start, emulator env, emulator stop, emulator status": async (place) => {
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
  "ui": (place) =>
    withEmulator(place, async (env) => {
      await whileServing(place, ["ui", "--no-open"], env, async ({ url }) => {
        const opened = await fetch(url!, { redirect: "manual" });
        await opened.body?.cancel();
        strictEqual(opened.status, 303);
        const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
        const list = await fetch(new URL("/", url), { headers: { cookie } });
        match(await list.text(), /<title>Jobs<\/title>/);
      });
    }),
};

/** What other systems than this one show, too. */
export const THERE: Readonly<Record<string, Check>> = {
  "compile gives what it gives on this machine, but for paths": async (place) => {
    const yaml = (text: string, folder: string) =>
      text.replaceAll(folder, "PROJECT").replaceAll("\\\\", "\\").replaceAll(/(PROJECT[^\s'"]*)\\/g, "$1/");
    const args = ["compile", "-j", "main", "-o", "-"];
    const there = succeeded(await program(place, ["-C", place.project, ...args]));
    const here = await outputOf(Deno.execPath(), ["run", "-A", "main.ts", "-C", place.outside, ...args]);
    strictEqual(yaml(there, place.project), yaml(here, place.outside));
  },
};

/** What a command that serves prints when it is ready. */
interface Ready {
  readonly env: Record<string, string>;
  readonly url?: string;
}

/** Runs a command that serves while `use` runs, and then asks it to end. */
async function whileServing(
  place: Place,
  args: readonly string[],
  env: Record<string, string>,
  use: (ready: Ready) => Promise<void>,
): Promise<void> {
  const [first, ...words] = place.command;
  const child = new Deno.Command(first, {
    args: [...words, "-C", place.project, ...args, "--json"],
    env: { ...place.env, ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    await use(JSON.parse(await firstLine(child.stdout)));
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
  // Without signals the program is ended as it is.
  const isAsked = place.hasSignals !== false && Deno.build.os !== "windows";
  if (isAsked) strictEqual((await child.status).code, 0);
}

/** Serves the emulator while `use` runs, which gets the variables that lead to it. */
export async function withEmulator(
  place: Place,
  use: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const file = "ca.pem";
  await whileServing(place, ["emulator", "--ca-file", join(place.project, file)], {}, ({ env }) => use(env));
  const isLeft = [...Deno.readDirSync(place.outside)].some(({ name }) => name === file);
  ok(
    place.hasSignals === false || Deno.build.os === "windows" || !isLeft,
    "the emulator left its certificate",
  );
}
