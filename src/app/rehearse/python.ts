import { dirname, join, resolve } from "node:path";
import {
  condaLines,
  namesFile,
  parseCondaRequirement,
  readIfThere,
} from "../../azureml/checks/requirements.ts";
import { CONDA_FILE } from "../../azureml/job/names.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import type { ExecOptions } from "../../core/context.ts";
import { textHash } from "../../core/encoding.ts";
import { ExitCode, type Place, UserError } from "../../core/errors.ts";
import { PRIVATE_FILE, requireOwn, requireSmall, userFolders } from "../../core/files.ts";
import { countText } from "../../core/format.ts";
import { pythonProgram } from "../../core/untrusted.ts";
import { withoutIdentity } from "../../core/secrets.ts";
import { SYSTEM_PATH } from "../../emulator/runner/step_variables.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import { findProject, type Project } from "../../kedro/project.ts";
import type { AppContext } from "../context.ts";
import { environmentFiles, requireInstallable, requirementName } from "../setup/environment.ts";

export interface StepPythonChoice {
  readonly stepPython?: string | undefined;
  /** Folder of a virtual environment that has one, if none is named. */
  readonly venv?: string | undefined;
  /** File with requirements to create an environment from, as typed. */
  readonly requirements?: string | undefined;
}

interface StepPython {
  readonly python: string;
  /** Folders with its programs, such as `kedro`, in the format of PATH. */
  readonly bin: string;
  /** Where it finds itself and modules. */
  readonly paths: readonly string[];
}

/**
 * Finds the Python that runs the steps: the given one, else an environment created from requirements and stored in the
 * user's cache.
 *
 * @throws {UserError} `rehearse.python`, `rehearse.requirements`, `rehearse.environment`.
 * @param directory A folder of the project, whose requirements are used if none are named.
 */
export async function openStepPython(
  ctx: AppContext,
  { stepPython, venv, requirements }: StepPythonChoice,
  directory?: string,
): Promise<StepPython> {
  const python = venv === undefined
    ? pythonProgram(ctx.cwd, stepPython)
    : join(resolve(ctx.cwd, venv), "bin", "python");
  if (python !== undefined) return await inspectPython(ctx, python);
  const project = await findProject(ctx, directory);
  const wanted = await stepRequirements(ctx, project, requirements);
  return await inspectPython(ctx, await makeEnvironment(ctx, wanted));
}

/** Imports nothing from the folder that Python is started in, as `-P` does from Python 3.11 on. */
const NOTHING_HERE = "import sys; sys.path = [path for path in sys.path if path]; ";
const HAS_KEDRO = `${NOTHING_HERE}import shutil; sys.exit(shutil.which('kedro', path=sys.argv[1]) is None)`;

/** Runs pip, uv or Python, and code of packages with them, without what identifies you to Azure or to a CI service. */
async function execTool(ctx: AppContext, program: string, args: readonly string[], options?: ExecOptions) {
  return await ctx.exec(program, args, { ...options, env: withoutIdentity(ctx.env), clearEnv: true });
}

/** Rejects a named Python without Kedro, which the steps of a project start. @throws {UserError} `rehearse.python`. */
export async function requireKedro(ctx: AppContext, choice: StepPythonChoice): Promise<void> {
  if (choice.stepPython === undefined && choice.venv === undefined) return;
  const { python, bin } = await openStepPython(ctx, choice);
  const { status } = await execTool(ctx, python, ["-c", HAS_KEDRO, `${bin}:${SYSTEM_PATH}`]);
  if (status === 0) return;
  throw new UserError(`Python "${python}" has no Kedro, which steps run`, {
    code: "rehearse.python",
    hint: "Use `--python` or `--venv` with the environment in which the project runs",
  });
}

/** The Python with the packages of a registered environment. @throws {UserError} as {@linkcode openStepPython}. */
export async function openCondaPython(ctx: AppContext, condaFile: string): Promise<StepPython> {
  return await inspectPython(ctx, await makeEnvironment(ctx, parseConda(condaFile, "its Conda file")));
}

/** The folder of environments that were made for steps; `undefined` without a home folder. */
export function environmentsFolder(ctx: AppContext): string | undefined {
  const cache = userFolders(ctx)?.cache;
  return cache && join(cache, "rehearse");
}

const INSPECT =
  `${NOTHING_HERE}import sysconfig; print(sys.executable); print(sysconfig.get_path('scripts')); ` +
  "print(sys.prefix, sys.base_prefix, *sys.path, sep='\\n')";

async function inspectPython(ctx: AppContext, python: string): Promise<StepPython> {
  const { status, stdout, stderr, found } = await execTool(ctx, python, ["-c", INSPECT]);
  const [executable, scripts, ...paths] = stdout.trim().split("\n");
  if (status === 0 && executable && scripts) {
    return {
      python: executable,
      bin: [...new Set([scripts, dirname(executable)])].join(":"),
      paths,
    };
  }
  const missing = async () =>
    await ctx.fs.stat(python) === undefined ? "file not found" : "the file is not executable";
  // Another program quotes what it cannot do with the code.
  const isOther = status === 0 || stderr.includes(INSPECT);
  const why = !found
    ? await missing()
    : isOther
    ? "it is not Python"
    : stderr.trim().split("\n").at(-1) || `exit status ${status}`;
  throw new UserError(`Cannot run Python "${python}": ${why}`, {
    // rehearse.python: The Python of `--python` does not run, or has no Kedro. Use the path of another one, or
    //   `--venv`.
    code: "rehearse.python",
    hint:
      "Use `--python` with the path of an interpreter, or `--venv` with the folder of a virtual environment; without them, one is made with the packages that the project lists",
  });
}

/**
 * Creates a virtual environment with `uv`, else, or if that fails, with `python3 -m venv` and pip, and stores it in the user's cache for
 * later rehearsals with the same requirements. These install again if the requirements name files that may change.
 *
 * @returns the absolute path of its interpreter.
 * @throws {UserError} `rehearse.environment`, `file.shared`.
 */
export async function makeEnvironment(ctx: AppContext, wanted: StepRequirements): Promise<string> {
  const all = environmentsFolder(ctx);
  if (all === undefined) throw failed("there is no home folder for it", "");
  const folder = join(all, keyOf(wanted));
  // A pointer to the environment is written last, so that an incomplete environment is never used.
  const pointer = join(folder, "ready");
  await requireOwn(ctx, dirname(all), pointer);
  const kept = await readPointer(ctx, pointer);
  if (kept !== undefined && wanted.mayChange === undefined) return kept;
  const environment = kept === undefined ? join(folder, ctx.random.uuid()) : join(kept, "../..");
  const requirements = join(folder, "requirements.txt");
  const startedAt = ctx.clock.now().getTime();
  const python = join(environment, "bin", "python");
  const here = wanted.root ?? ctx.cwd;
  const cwd = await hasForeignSettings({ fs: ctx.fs, cwd: here }) ? folder : here;
  const tools = await findTools({ ...ctx, cwd }, wanted);
  await ctx.fs.writeText(requirements, wanted.lines.map((line) => `${line}\n`).join(""), PRIVATE_FILE);
  for (const [at, tool] of tools.entries()) {
    ctx.report({
      type: "environment_making",
      isUpdate: kept !== undefined,
      tool: tool.name,
      from: wanted.from,
      folder: environment,
    });
    if (at === 0 && wanted.skipped.length > 0) {
      ctx.report({ type: "warnings", warnings: [leftOut(wanted)] });
    }
    const commands = tool.commands({ environment, python, requirements });
    const problem = await runTool(
      { ...ctx, cwd },
      tool.name,
      wanted.from,
      kept === undefined ? commands : commands.slice(-1),
    );
    if (problem === undefined && !ctx.signal.aborted) break;
    await removeTree(ctx, environment);
    ctx.signal.throwIfAborted();
    // uv does not read the certificates that pip is set to, and may have to download a Python.
    if (kept !== undefined || at === tools.length - 1) throw problem;
  }
  const other = kept === undefined ? await readPointer(ctx, pointer) : undefined;
  if (other === undefined) await ctx.fs.writeText(pointer, python, PRIVATE_FILE);
  else await removeTree(ctx, environment);
  ctx.report({ type: "environment_made", durationMs: ctx.clock.now().getTime() - startedAt });
  return other ?? python;
}

/** The files in the working folder and those above it that tell uv which index and which Python to use. */
const UV_FILES = ["uv.toml", "pyproject.toml", ".python-version", ".python-versions"];

/** Whether uv would read settings of another user, who can put some into a shared folder such as /tmp. */
async function hasForeignSettings({ fs, cwd }: Pick<AppContext, "fs" | "cwd">): Promise<boolean> {
  if ((await fs.stat(cwd))?.isForeign) return false;
  for (let folder = cwd;; folder = dirname(folder)) {
    const found = await Promise.all(UV_FILES.map((file) => fs.stat(join(folder, file))));
    if (found.some((stat) => stat?.isForeign)) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** Runs the commands of a tool in the working folder. @returns why one failed; nothing if the environment is ready. */
async function runTool(
  ctx: AppContext,
  name: string,
  from: string,
  commands: readonly (readonly string[])[],
): Promise<UserError | undefined> {
  try {
    for (const [program, ...args] of commands) {
      const onLine = (line: string) => {
        const what = installingIn(line);
        if (what !== undefined) ctx.report({ type: "installing", what });
      };
      const exit = await execTool(ctx, program!, args, { cwd: ctx.cwd, signal: ctx.signal, onLine });
      if (ctx.signal.aborted) return;
      if (exit.status === 0 || args.includes("--upgrade")) continue;
      const isInstall = args.includes("install");
      return failed(
        `${isInstall ? "installing packages" : "creating the virtual environment"} with ${name} failed`,
        exit.stderr || exit.stdout,
        isInstall ? `Correct the packages in ${from}, or` : undefined,
      );
    }
  } finally {
    // Ends the spinner of `environment_making`.
    ctx.report({ type: "read" });
  }
}

function keyOf({ lines, python = "", mayChange = "" }: StepRequirements): string {
  return textHash([python, ...lines, mayChange].join("\n"), 16);
}

async function readPointer({ fs }: AppContext, pointer: string): Promise<string | undefined> {
  if (await fs.stat(pointer) === undefined) return undefined;
  const python = await fs.readText(pointer);
  return await fs.stat(python) === undefined ? undefined : python;
}

/** Modules are compiled when a step imports them: most of those that are installed are never imported. */
const QUICK_PIP = ["--disable-pip-version-check", "--no-compile", "--no-input"];

/** What pip and uv print of a package or its file, with the size if they know it. */
const INSTALLING = /^\s*(?:Collecting|Downloading|Building wheel for) ([\w.-]+)[^(]*(\([\d.]+ ?[kMG]i?B\))?/;

/** What a line of pip or uv says that is being installed, such as `pandas-2.2.2 (13.0 MB)`. */
function installingIn(line: string): string | undefined {
  const [, all] = /^Installing collected packages: (.+)/.exec(line) ?? [];
  if (all !== undefined) return countText(all.split(",").length, "package");
  const [, file, size] = INSTALLING.exec(line) ?? [];
  const name = file?.replace(/-(?:py|cp)\d.*|\.tar\.gz$/, "");
  return name && [name, size].filter(Boolean).join(" ");
}

/**
 * The pip of Python 3.11 takes twice the time of a newer one, and crashes for some packages, such as mlflow with
 * azure-ai-ml. If it cannot be upgraded, it may do.
 */
const UPGRADE_PIP = ["-P", "-m", "pip", "install", ...QUICK_PIP, "--retries", "0", "--upgrade", "pip"];

interface Tool {
  readonly name: string;
  /** Command lines to run in sequence: the first creates the environment, the last installs the requirements. */
  commands(paths: {
    readonly environment: string;
    readonly python: string;
    readonly requirements: string;
  }): readonly (readonly string[])[];
}

/**
 * Whether pip or uv is set to an index of packages, which the other one does not read: it would take a private package
 * from the public index, where anybody could publish one of the same name.
 */
async function hasIndex(
  { cwd, env, home = "/", fs }: AppContext,
  tool: "pip" | "uv",
  lines: readonly string[] = [],
): Promise<boolean> {
  const prefix = `${tool.toUpperCase()}_`;
  const name = { pip: "pip.conf", uv: "uv.toml" }[tool];
  const files = [
    env[`${prefix}CONFIG_FILE`] ?? "",
    `/etc/${name}`,
    ...[
      "/etc",
      "/etc/xdg",
      env.XDG_CONFIG_HOME || join(home, ".config"),
      join(home, "Library/Application Support"),
    ].map((folder) => join(folder, tool, name)),
    join(home, ".pip", name),
  ];
  const found = await Promise.all(files.map((file) => readIfThere({ fs, root: "/" }, file)));
  // pip gets what the project's requirements name.
  const isNamed = lines.some((line) => /^--(?:extra-)?index-url\b/.test(line));
  for (let folder = cwd; tool === "uv" && !isNamed; folder = dirname(folder)) {
    const [own, project = ""] = await Promise.all(
      ["uv.toml", "pyproject.toml"].map((file) => readIfThere({ fs, root: folder }, file)),
    );
    // An explicit index is only for packages that are left out, because pip does not know it.
    const tables = `${own ?? ""}\n${project}`.split(/^(?=\[)/m)
      .filter((table, at) => (own !== undefined && at === 0 || /^\[+(?:tool\.uv\b|index|pip\b)/.test(table)));
    found.push(...tables.filter((table) => !/^[ \t]*explicit[ \t]*=[ \t]*true/m.test(table)));
    if (folder === dirname(folder)) break;
  }
  const variable = new RegExp(`^${prefix}(?:(?:(?:EXTRA|DEFAULT)_)?INDEX(?:_URL)?|PYPI_URL|NO_INDEX)$`);
  return Object.keys(env).some((name) => variable.test(name)) || found.some((text = "") => INDEX.test(text));
}

/** A line of the configuration of pip or uv. */
const INDEX =
  /^[ \t]*(?:\[\[(?:tool\.uv\.)?index\]\]|(?:(?:extra[-_])?index(?:[-_]url)?|pypi[-_]url|no[-_]index)[ \t]*[=:])/m;

/** Finds tools to create the environment: uv, then a Python on this machine, preferring the wanted version. */
async function findTools(ctx: AppContext, { python, lines }: StepRequirements): Promise<readonly Tool[]> {
  const tools: Tool[] = [];
  const [isForPip, isForUv] = await Promise.all([hasIndex(ctx, "pip"), hasIndex(ctx, "uv", lines)]);
  if ((isForUv || !isForPip) && (await execTool(ctx, "uv", ["--version"])).status === 0) {
    const version = python === undefined ? [] : ["--python", python];
    tools.push({
      name: "uv",
      commands: ({ environment, python, requirements }) => [
        ["uv", "venv", "--quiet", ...version, environment],
        ["uv", "pip", "install", "--compile-bytecode", "--python", python, "-r", requirements],
      ],
    });
  }
  const pythons = isForUv && !isForPip ? [] : [...python === undefined ? [] : [`python${python}`], "python3"];
  for (const name of pythons) {
    // An older Python has no `-P`.
    if ((await execTool(ctx, name, ["-P", "-c", "import venv, ensurepip"])).status !== 0) continue;
    tools.push({
      name: `${name} and pip`,
      commands: ({ environment, python, requirements }) => [
        [name, "-P", "-m", "venv", environment],
        [python, ...UPGRADE_PIP],
        [python, "-P", "-m", "pip", "install", ...QUICK_PIP, "-r", requirements],
      ],
    });
    break;
  }
  if (tools.length > 0) return tools;
  throw failed(
    isForPip === isForUv
      ? "there is neither uv nor Python 3.11 or newer with venv on this machine"
      : isForUv
      ? "there is no uv on this machine, and pip does not read the index that uv is set to"
      : "there is no Python 3.11 or newer with venv on this machine, and uv does not read the index that pip is set to",
    "",
  );
}

function leftOut({ from, skipped }: StepRequirements) {
  return {
    // rehearse.conda_packages: Packages of conda, local files, options of pip or what is in tool.uv.sources were
    //   left out of the rehearsal. Use `--venv` if steps need them.
    code: "rehearse.conda_packages",
    message: `Left out of the environment of the steps, which pip makes from ${from}: ${skipped.join(", ")}`,
    hint: "Use `--venv DIR` with an environment that has them, if steps need them",
  };
}

/** What pip and uv print without a network, or if the index does not answer. */
const UNREACHABLE =
  /establish a new connection|name resolution|dns error|lookup address|error sending request/;

function failed(why: string, printed: string, fix = "Install uv or Python 3.11, or"): UserError {
  const isUnreachable = UNREACHABLE.test(printed);
  // pip names each version that it did not try, in one line of many thousand characters, and each of its attempts.
  const details = printed.trim().split("\n").filter((line) => !/^WARNING: Retrying/.test(line)).slice(-8)
    .filter((line) => !/^$|Ignored the following/.test(line));
  return new UserError(`Cannot make a Python environment for the steps: ${why}`, {
    // rehearse.environment: No Python environment could be made for the steps. Install uv or Python, or use
    //   `--venv`.
    code: "rehearse.environment",
    exit: isUnreachable ? ExitCode.Unavailable : ExitCode.Config,
    details,
    hint:
      `${
        isUnreachable ? "The index of packages cannot be reached: check the network and the proxy, or" : fix
      } use \`--venv DIR\` or \`--python PATH\` with an environment that has the project's packages and ` +
      "kedro-azureml-pipeline",
  });
}

interface StepRequirements {
  /** The source of the requirements, for display. */
  readonly from: string;
  /** Minor version of Python, such as `3.11`; absent if not specified. */
  readonly python?: string;
  readonly lines: readonly string[];
  /** Text of a file whose lines name other files; as these may change, the lines are installed at each rehearsal. */
  readonly mayChange?: string;
  /** What is not installed: what only conda could install, local files and most options of pip. */
  readonly skipped: readonly string[];
  /** The project's folder, whose settings of uv count (default: the working folder). */
  readonly root?: string;
  /** Where Kedro is required, if that is in the project's requirements. */
  readonly kedroAt?: Place | undefined;
}

/**
 * Determines the steps' requirements: the given file, else `environment/conda.yml`, from which the environment on Azure
 * ML is built, else the project's own requirements with Kedro and the plugin.
 *
 * @param file As typed: a pip requirements file, or a conda file.
 * @throws {UserError} `rehearse.requirements`, `environment.definition`.
 */
export async function stepRequirements(
  ctx: AppContext,
  project: Project,
  file: string | undefined,
): Promise<StepRequirements> {
  if (file !== undefined) return { ...await readFile(ctx, resolve(ctx.cwd, file)), from: file };
  const path = join(project.root, CONDA_FILE);
  if (await ctx.fs.stat(path) !== undefined) {
    return { ...await readFile(ctx, path, CONDA_FILE), root: project.root };
  }
  const { requirements, python, kedroAt, skipped } = await environmentFiles(ctx, project, ["/"]);
  const { root } = project;
  return {
    from: "the project's requirements",
    root,
    python,
    lines: withStore(requirements),
    skipped,
    kedroAt,
  };
}

async function readFile(ctx: AppContext, path: string, name = path): Promise<StepRequirements> {
  const kind = (await ctx.fs.stat(path))?.kind;
  if (kind !== "file") throw unreadable(name, kind === "folder" ? "it is a folder" : "file not found");
  await requireSmall(ctx, path, name);
  if (/\.ya?ml$/i.test(path)) return parseConda(await ctx.fs.readText(path), name);
  const text = await ctx.fs.readText(path);
  const lines = text.split(/\r?\n/);
  return lines.some(namesFile)
    ? { from: name, lines: [`-r ${path}`], mayChange: text, skipped: [] }
    : { from: name, lines, skipped: [] };
}

function parseConda(text: string, name: string): StepRequirements {
  const node = parseYaml(text, name);
  requireInstallable(node, name);
  const lines = condaLines(node);
  if (lines === undefined) throw unreadable(name, "it has no list `dependencies`");
  const packages = lines.conda.map(({ value, place }) => ({
    text: String(value),
    requirement: parseCondaRequirement(String(value), place),
  }));
  const interpreter = packages.find(({ requirement }) => requirement?.name === "python")?.requirement;
  const python = /^==(\d+\.\d+)/.exec(interpreter?.versions ?? "")?.[1];
  return {
    from: name,
    ...(python !== undefined && { python }),
    lines: withStore(lines.pip.map(({ value }) => String(value))),
    skipped: packages.filter(({ requirement }) => !["python", "pip"].includes(requirement?.name ?? ""))
      .map(({ text }) => text),
  };
}

/** Adds what mlflow-skinny lacks for the store on this machine that rehearsed steps log to. */
function withStore(lines: readonly string[]): readonly string[] {
  const has = (name: string) => lines.some((line) => requirementName(line) === name);
  return ["mlflow", "kedro-mlflow"].some(has) || !["mlflow-skinny", "azureml-mlflow"].some(has)
    ? lines
    : [...lines, "sqlalchemy", "alembic"];
}

function unreadable(name: string, what: string): UserError {
  return new UserError(`Cannot read requirements from "${name}": ${what}`, {
    // rehearse.requirements: The requirements cannot be read. Use a requirements.txt or conda.yml.
    code: "rehearse.requirements",
    hint:
      "Use `--requirements` with a requirements.txt or a conda.yml, or `--venv DIR` with an environment of yours",
    place: { file: name },
  });
}
