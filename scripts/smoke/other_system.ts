import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { unpacksItself } from "./root.ts";
import { outputOf, runProgram } from "../shared/run_program.ts";

/** How an executable is run beside all that the machine has. */
export interface System {
  /** What stands before the executable; nothing where it is of this system. */
  readonly command: readonly string[];
  /** What the environment must hold. */
  readonly env: Readonly<Record<string, string>>;
  /** Says a path of this machine as the executable sees it. */
  seen(path: string): string;
  /** Extra words for commands that read a project: an emulated processor takes its time. */
  readonly reading: readonly string[];
  /** Makes what the first run would make, and empties what an earlier one left. */
  prepare(): Promise<void>;
  /** Ends what `prepare` started. */
  end(): Promise<void>;
}

/** The paths, words and preparations of a system that needs none of its own. */
const PLAIN = {
  seen: (path: string) => path,
  reading: [],
  prepare: () => Promise.resolve(),
  end: () => Promise.resolve(),
};

/** This system, with nothing in PATH but the tools that a file needs which unpacks itself. */
export async function thisSystem(executable: string): Promise<System> {
  const kept = Deno.build.os === "windows" ? ["SYSTEMROOT", "TEMP"] : [];
  const env = Object.fromEntries(kept.map((name) => [name, Deno.env.get(name) ?? ""]));
  const path = await unpacksItself(executable) ? "/usr/bin:/bin" : resolve("dist/nowhere");
  return { ...PLAIN, command: [], env: { ...env, PATH: path } };
}

/** Where the Windows of Wine lies. */
const PREFIX = resolve(".cache/wine");

/** The folders in which Debian's and Fedora's packages put the C library of arm64. */
const ARM64_ROOTS = ["/usr/aarch64-linux-gnu", "/usr/aarch64-redhat-linux/sys-root/fc43"];

/** An old processor, as in small machines: QEMU translates a fifth less for it than for one with all that it knows. */
const CPU = "cortex-a53";

/**
 * Finds what runs the executables of a target on Linux.
 *
 * @returns a sentence where it is not installed, or where there is nothing that could.
 */
export async function findOtherSystem(target: string): Promise<System | string> {
  if (target === "x86_64-pc-windows-msvc") {
    if (await isThere("wine")) return windows();
    return "wine is not installed (Debian: apt-get install wine wine64)";
  }
  if (target === "aarch64-unknown-linux-gnu") return await arm64();
  return `nothing runs executables of ${target} here: it is built and run on a runner of its own`;
}

async function isThere(program: string): Promise<boolean> {
  return (await runProgram(program, ["--version"])).code === 0;
}

async function pathOf(program: string): Promise<string> {
  return (await outputOf("which", [program])).trim();
}

function windows(): System {
  const env = {
    // Wine takes arguments and paths for text of this language.
    LC_ALL: "C.UTF-8",
    HOME: PREFIX,
    WINEPREFIX: PREFIX,
    WINEDEBUG: "-all",
    XDG_RUNTIME_DIR: PREFIX,
    PATH: Deno.env.get("PATH") ?? "",
  };
  let shell: Deno.ChildProcess | undefined;
  return {
    ...PLAIN,
    command: ["wine"],
    env,
    seen: (path) => `Z:${path.replaceAll("/", "\\")}`,
    async prepare() {
      await Deno.mkdir(PREFIX, { recursive: true, mode: 0o700 });
      await runProgram("wine", ["wineboot", "--init"], { env });
      // While one program runs, so does the server that all share. It would end after each of them, and the next one,
      // meeting it then, fails ("recvmsg: Connection reset by peer").
      const pipes = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
      shell = new Deno.Command("wine", { args: ["cmd"], env, ...pipes }).spawn();
      const greeting = shell.stdout.getReader();
      await greeting.read();
      await greeting.cancel();
      const users = join(PREFIX, "drive_c/users");
      for (const { name } of Deno.readDirSync(users)) {
        await rm(join(users, name, "AppData/Local/kedro-azureml"), { recursive: true, force: true });
      }
    },
    async end() {
      await shell?.stdin.close();
      await shell?.status;
    },
  };
}

async function arm64(): Promise<System | string> {
  const install = "(Debian: apt-get install qemu-user-static libc6-arm64-cross libgcc-s1-arm64-cross)";
  const names = ["qemu-aarch64-static", "qemu-aarch64"];
  const there = await Promise.all(names.map(isThere));
  const qemu = names.find((_, i) => there[i]);
  if (qemu === undefined) return `qemu-aarch64 is not installed ${install}`;
  const roots = [...Deno.env.get("QEMU_LD_PREFIX") ? [Deno.env.get("QEMU_LD_PREFIX")!] : [], ...ARM64_ROOTS];
  const root = roots.find((folder) => existsSync(`${folder}/lib/ld-linux-aarch64.so.1`));
  if (root === undefined) return `the C library of arm64 is not installed ${install}`;
  const interpreter = resolve(".cache/arm64/run");
  await Deno.mkdir(resolve(".cache/arm64"), { recursive: true });
  // The program starts itself again, with no variable that could name the C library.
  const run = `#!/bin/sh\nexec ${await pathOf(qemu)} -cpu ${CPU} -L ${root} "$@"\n`;
  await Deno.writeTextFile(interpreter, run, { mode: 0o755 });
  const script = `set -e
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf '%s' '${ELF_OF_ARM64}:${interpreter}:' >/proc/sys/fs/binfmt_misc/register
exec "$@"
`;
  const apart = ["--user", "--map-root-user", "--mount"];
  const can = await runProgram("unshare", [...apart, "sh", "-c", script, "sh", "true"]);
  if (can.code !== 0) return `this machine lets nobody register arm64 with binfmt_misc: ${can.stderr.trim()}`;
  return {
    ...PLAIN,
    command: [await pathOf("unshare"), ...apart, "/bin/sh", "-c", script, "sh"],
    env: { PATH: "/usr/bin:/bin" },
    reading: ["--read-timeout", "900"],
  };
}

/** How binfmt_misc knows a program of Linux for arm64, in the words of Debian's qemu-user. */
const ELF_OF_ARM64 = ":arm64:M::" +
  String.raw`\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:` +
  String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;
