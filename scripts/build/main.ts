/**
 * Builds `dist/kedro-azureml`, one file that needs nothing else: `deno task build [--target TARGET]`.
 *
 * Compiles with `deno compile`. Where its runtime cannot be downloaded, `DENO` and `DENORT_BIN` may name a Deno and a
 * runtime of the same version; without them a file that unpacks itself is built instead (`unpacking.ts`).
 * `--trial` takes both from Python's registry (`shared/trial_runtime.ts`), to try the executable, never to release it.
 */

import { parseArgs } from "node:util";
import { VERSION } from "../../src/core/version.ts";
import { bundleProgram } from "./bundle.ts";
import { compileExecutable, glibcFloor } from "./compile.ts";
import { buildUnpacking } from "./unpacking.ts";
import { builtName, targetOf } from "../shared/targets.ts";
import { trialRuntime } from "../shared/trial_runtime.ts";
import { orExit, outputOf, say } from "../shared/run_program.ts";
import { sha256 } from "../shared/bundle.ts";

/** How large the executable of any system may be, in bytes. */
const MOST_ON_DISK = 140e6;

/** The oldest C library that the executable may need; that of Ubuntu 18.04, Debian 10 and RHEL 8. */
const GLIBC = "2.27";

const ROOT = Deno.cwd();
const STAGE = `${ROOT}/.cache/build`;

async function build(target: string | undefined, trial: boolean): Promise<void> {
  const output = `${ROOT}/dist/${target === undefined ? NAME : builtName(targetOf(target))}`;
  await Deno.remove(STAGE, { recursive: true }).catch(() => {});
  await Deno.mkdir(`${ROOT}/dist`, { recursive: true });
  say("Bundling the program");
  await bundleProgram(`${STAGE}/app`);
  const made = `${STAGE}/out/kedro-azureml${output.endsWith(".exe") ? ".exe" : ""}`;
  await Deno.mkdir(`${STAGE}/out`);
  const kind = await make(made, target, trial);
  await checkSize(made, kind);
  if (target === undefined || target.includes("linux")) await checkFloor(made, kind);
  if (target === undefined) await checkVersion(made);
  await Deno.rename(made, output);
  await Deno.remove(STAGE, { recursive: true });
  const bytes = await Deno.readFile(output);
  say(
    `Built ${output.slice(ROOT.length + 1)}, ${kind}\n  ${megabytes(bytes.length)}, sha256 ${await sha256(
      bytes,
    )}`,
  );
}

const NAME = Deno.build.os === "windows" ? "kedro-azureml.exe" : "kedro-azureml";

type Kind = "compiled by Deno" | "a file that unpacks itself";

async function make(output: string, target: string | undefined, trial: boolean): Promise<Kind> {
  const { deno, denort } = trial ? await trialRuntime(target ?? Deno.build.target) : {
    deno: Deno.env.get("DENO") || Deno.execPath(),
    denort: Deno.env.get("DENORT_BIN"),
  };
  const how = { app: `${STAGE}/app`, output, deno, ...denort ? { denort } : {}, ...target ? { target } : {} };
  say(`Compiling${denort ? ` into ${denort}` : ""}`);
  try {
    await compileExecutable(how);
    return "compiled by Deno";
  } catch (thrown) {
    const reason = (thrown as Error).message;
    if (denort || !reason.includes("Setting up base binary")) throw thrown;
    if (target) {
      const why = reason.match(/^ *1: (.+)$/m)?.[1] ?? reason;
      throw new Error(
        `Cannot download the runtime for ${target}: ${why}\nhint: Name a Deno and its runtime for that system with DENO and DENORT_BIN, or try it with \`--trial\``,
      );
    }
    say("Cannot download the runtime of `deno compile`: building a file that unpacks itself instead");
    await buildUnpacking({ app: how.app, output, stage: STAGE });
    return "a file that unpacks itself";
  }
}

/** What unpacks itself is smaller, and holds another Deno. */
async function checkSize(output: string, kind: Kind): Promise<void> {
  const { size } = await Deno.stat(output);
  if (kind === "compiled by Deno" && size > MOST_ON_DISK) {
    throw new Error(`The executable has ${megabytes(size)}, more than ${megabytes(MOST_ON_DISK)}`);
  }
}

async function checkFloor(output: string, kind: Kind): Promise<void> {
  if (kind !== "compiled by Deno" || Deno.build.os !== "linux") return;
  const floor = await glibcFloor(output);
  if (floor === undefined) return say("  Cannot tell which C library is needed: there is no `objdump`");
  const [major = 0, minor = 0] = floor.split(".").map(Number);
  const [most = 0, mostMinor = 0] = GLIBC.split(".").map(Number);
  if (major > most || minor > mostMinor) {
    throw new Error(`The executable needs glibc ${floor}, above ${GLIBC}`);
  }
  say(`  Needs glibc ${floor} or later`);
}

async function checkVersion(output: string): Promise<void> {
  const printed = await outputOf(output, ["--version"]);
  if (printed.trim() !== VERSION) {
    throw new Error(`The executable says it is ${printed.trim()}, not ${VERSION}`);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) {
  const options = { target: { type: "string" }, trial: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ args: Deno.args, options });
  await orExit(build(values.target, values.trial));
}
