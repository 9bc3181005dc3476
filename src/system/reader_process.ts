import type { ReaderProcess, Resources } from "../core/context.ts";
import { ExitCode, UserError } from "../core/errors.ts";

/** The argument that makes the executable run as the reader process; no command has this name. */
const READER_WORD = "__read-project";

/**
 * V8 flags, for this program and for the reader process. Code generation from strings is disabled. WebAssembly is
 * only compiled by V8's baseline compiler: the optimizing compiler pays off long after a project is read (measured:
 * 25 % less work with 2 nodes, 30 % with 200, 10 % with 1,000). New objects get 2 MiB instead of 16, of which there are
 * two copies while they are collected (measured: as much work as with 8 MiB, and 10 MiB less for an upload, 5 for 2
 * nodes, 10 for 1,000; with 1 MiB, 10 % more work for 10,000 files).
 */
export const V8_FLAGS =
  "--v8-flags=--liftoff-only,--disallow-code-generation-from-strings,--max-semi-space-size=2";

/** Deno flags that exclude everything but the packed code, such as the machine's configuration. */
export const ISOLATION_FLAGS: readonly string[] = [
  "--quiet",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--no-check",
  "--no-code-cache",
];

/** Permissions for reading the image and for installing a seccomp filter; the process drops both at once. */
const START_PERMISSIONS = ["--no-prompt", "--allow-read", "--allow-ffi"];

/** Variables that a program needs to start at all, and those that keep Deno from creating folders. */
const PASSED_VARIABLES = [
  "SYSTEMROOT",
  "LD_LIBRARY_PATH",
  "DENO_DIR",
  "DENO_NO_PACKAGE_JSON",
  "DENO_NO_UPDATE_CHECK",
];

/** Lets the C library of Linux return large blocks to the system as soon as they are freed: 15 MB less at the peak. */
const MEMORY_VARIABLES = { MALLOC_MMAP_THRESHOLD_: "131072" };

/**
 * Starts the process that reads a project: the same program, without the environment, and with two pipes. It drops all
 * permissions before it receives anything of the project.
 *
 * @param code URL of its code, beside the image.
 * @param image URL of the image's index, or of the folder in a checkout that has the image's parts.
 * @param flags What V8 runs with in a checkout.
 */
export function startReaderProcess(code: URL, image: URL, flags = V8_FLAGS): ReaderProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: Deno.build.standalone
      ? [READER_WORD]
      : ["run", ...ISOLATION_FLAGS, ...START_PERMISSIONS, flags, code.href, image.href],
    clearEnv: true,
    env: {
      ...MEMORY_VARIABLES,
      ...Object.fromEntries(PASSED_VARIABLES.flatMap((name) => {
        const value = Deno.env.get(name);
        return value ? [[name, value]] : [];
      })),
    },
    ...(Deno.build.os === "windows" ? {} : { cwd: "/" }),
    stdin: "piped",
    stdout: "piped",
    // Never read. Not "null": a container may have no /dev/null.
    stderr: "piped",
  }).spawn();
  const discarded = child.stderr.cancel().catch(() => {});
  const input = child.stdin.getWriter();
  return {
    async write(bytes) {
      // A process that has ended cannot be written to; `ended` reports that.
      await input.write(bytes).catch(() => {});
    },
    output: child.stdout,
    ended: child.status.then(({ signal }) => signal ?? undefined),
    async end() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has already ended.
      }
      await input.abort().catch(() => {});
      await Promise.all([child.status, discarded]);
    },
  };
}

/** Whether this process was started by {@linkcode startReaderProcess} of the compiled program. */
export function isReader(): boolean {
  return Deno.build.standalone && Deno.args[0] === READER_WORD;
}

/** Runs this process as the reader; never returns. */
export async function becomeReader(): Promise<void> {
  await import(new URL("sandbox.js", import.meta.url).href);
}

/**
 * Opens the built-in resources: in an executable, the image that `scripts/build/main.ts` embedded; in a checkout, the one
 * that `scripts/build/kedro_image.ts` built below `.cache/`.
 */
export function createResources(checkout: URL = CHECKOUT): Resources {
  let prepared: Promise<ReaderProcess> | undefined;
  return {
    async imageId() {
      const index = await Deno.readTextFile(beside("image.json")).catch(() => undefined);
      if (index !== undefined) return (JSON.parse(index) as { readonly id: string }).id;
      return await Deno.readTextFile(new URL("stamp", checkout)).catch((thrown) => {
        throw missing("stamp", thrown);
      });
    },
    prepareReader() {
      prepared ??= start(checkout);
      prepared.catch(() => {});
    },
    async startReader() {
      const reader = prepared ?? start(checkout);
      prepared = undefined;
      return await reader;
    },
  };
}

const CHECKOUT = new URL("../../.cache/kedro/", import.meta.url);

/** File name of the reader process's code inside the executable. */
const BUILT_IN_READER = "sandbox.js";

async function start(checkout: URL): Promise<ReaderProcess> {
  if (await isThere(beside("image.json"))) {
    return startReaderProcess(beside(BUILT_IN_READER), beside("image.json"));
  }
  const code = new URL(BUILT_IN_READER, checkout);
  if (await isThere(code)) return startReaderProcess(code, checkout);
  throw missing(BUILT_IN_READER);
}

function missing(name: string, cause?: unknown): UserError {
  return new UserError(`Cannot read the embedded Kedro: "${name}" not found`, {
    // resource.missing: The embedded Kedro is missing. Run `deno task setup` in the checkout, or install
    //   again.
    code: "resource.missing",
    exit: ExitCode.Bug,
    hint: "Run `deno task setup` in the checkout",
    cause,
  });
}

function beside(name: string): URL {
  return new URL(name, import.meta.url);
}

async function isThere(file: URL): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}
