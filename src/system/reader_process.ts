import type { ReaderProcess } from "../core/context.ts";

/** The word by which the executable is told to be the reader's process; no command has that name. */
const READER_WORD = "__read-project";

/**
 * How V8 runs, here and in the reader's process. Code is never made of text. WebAssembly is compiled by the first
 * compiler only: the second one pays long after a project is read, and costs more than it gives until then (measured:
 * 25 % less work with 2 nodes, 30 % with 200, 10 % with 1,000).
 */
export const V8_FLAGS = "--v8-flags=--liftoff-only,--disallow-code-generation-from-strings";

/** Nothing but what was packed, and no configuration of the machine's. */
export const ALONE: readonly string[] = [
  "--quiet",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--no-check",
  "--no-code-cache",
];

/** What is needed to read the image and to ask the kernel for a filter; the process gives both back at once. */
const BEFORE = ["--no-prompt", "--allow-read", "--allow-ffi"];

/** Variables that a program needs to start at all, and Deno to leave no folder behind. */
const KEPT = ["SYSTEMROOT", "LD_LIBRARY_PATH", "DENO_DIR", "DENO_NO_PACKAGE_JSON", "DENO_NO_UPDATE_CHECK"];

/**
 * Starts the process that reads a project: the same program, with an empty environment and two pipes. Before it is given
 * anything of the project it gives up every permission.
 *
 * @param worker Where its code is, beside the image.
 * @param image The index of the image, or the folder of a checkout that has its parts.
 */
export function startReaderProcess(worker: URL, image: URL): ReaderProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: Deno.build.standalone
      ? [READER_WORD]
      : ["run", ...ALONE, ...BEFORE, V8_FLAGS, worker.href, image.href],
    clearEnv: true,
    env: Object.fromEntries(KEPT.flatMap((name) => {
      const value = Deno.env.get(name);
      return value ? [[name, value]] : [];
    })),
    ...(Deno.build.os === "windows" ? {} : { cwd: "/" }),
    stdin: "piped",
    stdout: "piped",
    // Nobody reads it. Not "null": a container may have no /dev/null.
    stderr: "piped",
  }).spawn();
  const deaf = child.stderr.cancel().catch(() => {});
  const input = child.stdin.getWriter();
  return {
    async write(bytes) {
      // What it could not be told any more is seen by its end.
      await input.write(bytes).catch(() => {});
    },
    output: child.stdout,
    ended: child.status.then(({ signal }) => signal ?? undefined),
    async end() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await input.abort().catch(() => {});
      await Promise.all([child.status, deaf]);
    },
  };
}

/** Whether this process was started as {@linkcode startReaderProcess} starts the compiled program. */
export function isReader(): boolean {
  return Deno.build.standalone && Deno.args[0] === READER_WORD;
}

/** Goes on as the reader, which never comes back. */
export async function becomeReader(): Promise<void> {
  await import(new URL("worker.js", import.meta.url).href);
}
