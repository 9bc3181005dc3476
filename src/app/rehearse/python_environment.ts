import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { shortHash } from "../../core/hash.ts";
import { userFolders } from "../../core/user_folders.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import type { AppContext } from "../context.ts";
import type { StepRequirements } from "./requirements.ts";

/**
 * Creates a virtual environment with `uv`, else with `python3 -m venv` and pip, and stores it in the user's cache for
 * later rehearsals with the same requirements. These install again if the requirements name files that may change.
 *
 * @returns the absolute path of its interpreter.
 * @throws {UserError} `rehearse.environment`.
 */
export async function makeEnvironment(ctx: AppContext, wanted: StepRequirements): Promise<string> {
  const cache = userFolders(ctx)?.cache;
  if (cache === undefined) throw failed("there is no home folder for it", "");
  const folder = join(cache, "rehearse", keyOf(wanted));
  // A pointer to the environment is written last, so that an incomplete environment is never used.
  const pointer = join(folder, "ready");
  const kept = await readPointer(ctx, pointer);
  if (kept !== undefined && wanted.mayChange === undefined) return kept;
  const environment = kept === undefined ? join(folder, ctx.random.uuid()) : join(kept, "../..");
  const requirements = join(folder, "requirements.txt");
  const startedAt = ctx.clock.now().getTime();
  const tool = await findTool(ctx, wanted);
  await ctx.fs.writeText(requirements, wanted.lines.map((line) => `${line}\n`).join(""));
  ctx.report({
    type: "environment_making",
    isUpdate: kept !== undefined,
    tool: tool.name,
    from: wanted.from,
    folder: environment,
  });
  if (wanted.skipped.length > 0) ctx.report({ type: "warning", warning: condaOnly(wanted) });
  const python = join(environment, "bin", "python");
  try {
    const commands = tool.commands({ environment, python, requirements });
    for (const [program, ...args] of kept === undefined ? commands : commands.slice(1)) {
      const exec = () => ctx.exec(program!, args, { signal: ctx.signal });
      let exit = await exec();
      if (exit.status !== 0 && exit.stderr.includes(CRASH)) {
        const newer = ["-m", "pip", "install", ...QUICK_PIP, "--upgrade", "pip"];
        if ((await ctx.exec(python, newer, { signal: ctx.signal })).status === 0) exit = await exec();
      }
      if (exit.status === 0 && !ctx.signal.aborted) continue;
      await removeTree(ctx, environment);
      ctx.signal.throwIfAborted();
      const isInstall = args.includes("install");
      throw failed(
        `${isInstall ? "installing packages" : "creating the virtual environment"} with ${tool.name} failed`,
        exit.stderr || exit.stdout,
        isInstall ? `Correct the packages in ${wanted.from}, or` : undefined,
      );
    }
  } finally {
    // Ends the spinner of `environment_making`.
    ctx.report({ type: "read" });
  }
  await ctx.fs.writeText(pointer, python);
  ctx.report({ type: "environment_made", durationMs: ctx.clock.now().getTime() - startedAt });
  return python;
}

function keyOf({ lines, python = "", mayChange = "" }: StepRequirements): string {
  return shortHash([python, ...lines, mayChange].join("\n"), 16);
}

async function readPointer({ fs }: AppContext, pointer: string): Promise<string | undefined> {
  if (await fs.stat(pointer) === undefined) return undefined;
  const python = await fs.readText(pointer);
  return await fs.stat(python) === undefined ? undefined : python;
}

interface MakingPaths {
  readonly environment: string;
  readonly python: string;
  readonly requirements: string;
}

/** Modules are compiled when a step imports them: most of those that are installed are never imported. */
const QUICK_PIP = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-input"];

/** The pip of Python 3.11 fails with this for some packages, such as mlflow with azure-ai-ml; a newer pip installs them. */
const CRASH = "pip._vendor.resolvelib.resolvers.";

interface Tool {
  readonly name: string;
  /** Command lines to run in sequence: the first creates the environment, the second installs the requirements. */
  commands(paths: MakingPaths): readonly (readonly string[])[];
}

/** Finds a tool to create the environment: uv, else a Python on this machine, preferring the wanted version. */
async function findTool(ctx: AppContext, { python }: StepRequirements): Promise<Tool> {
  if ((await ctx.exec("uv", ["--version"])).status === 0) {
    const version = python === undefined ? [] : ["--python", python];
    return {
      name: "uv",
      commands: ({ environment, python, requirements }) => [
        ["uv", "venv", "--quiet", ...version, environment],
        ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", requirements],
      ],
    };
  }
  for (const name of [...python === undefined ? [] : [`python${python}`], "python3"]) {
    const check = "import sys, venv, ensurepip; assert sys.version_info >= (3, 11)";
    if ((await ctx.exec(name, ["-c", check])).status !== 0) continue;
    return {
      name: `${name} and pip`,
      commands: ({ environment, python, requirements }) => [
        [name, "-m", "venv", environment],
        [python, "-m", "pip", "install", ...QUICK_PIP, "-r", requirements],
      ],
    };
  }
  throw failed("there is neither uv nor Python 3.11 or newer with venv on this machine", "");
}

function condaOnly({ from, skipped }: StepRequirements) {
  return {
    code: "rehearse.conda_packages",
    message: `Packages of conda in ${from} were left out, because pip installs the rest: ${
      skipped.join(", ")
    }`,
    hint: "Use `--venv DIR` with an environment that has them, if steps need them",
  };
}

function failed(why: string, printed: string, fix = "Install uv or Python 3.11, or"): UserError {
  const details = printed.trim().split("\n").slice(-8).filter((line) => line !== "");
  return new UserError(`Cannot make a Python environment for the steps: ${why}`, {
    code: "rehearse.environment",
    details,
    hint:
      `${fix} use \`--venv DIR\` or \`--python PATH\` with an environment that has the project's packages and ` +
      "kedro-azureml-pipeline",
  });
}
