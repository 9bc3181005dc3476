import { join, resolve } from "node:path";
import { OWN_FOLDER_MARK } from "../../azureml/job/code/exclusions.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { isMistake } from "../../azureml/checks/left_out.ts";
import { assetsOf } from "../../azureml/resources/pin.ts";
import { UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import { type DataMap, localKind } from "../../emulator/runner/data_assets.ts";
import { findIsolation } from "../../emulator/runner/isolation.ts";
import { makeOwnFolder, removeTree } from "../../emulator/runner/programs.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { WITHOUT_PROJECT } from "../emulator/use.ts";
import { makeMarkedFolder, requireWritable, shownPath } from "../output_files.ts";
import { withProjectPlace } from "../project/error_places.ts";
import { inspectProject } from "../project/inspect.ts";
import { openSession, type ProjectSession, type ReadOptions } from "../project/open.ts";
import { kedroWarnings } from "../setup/environment.ts";
import { entriesOf, localPlaceOf } from "../setup/local_data.ts";
import { PARALLEL_STEPS } from "../defaults.ts";
import {
  environmentsFolder,
  openCondaPython,
  openStepPython,
  type StepPythonChoice,
  stepRequirements,
} from "./python.ts";
import { shellWord } from "../../core/untrusted.ts";

const NOT_ISOLATED = "Steps share /tmp with this machine and can change their inputs as root: " +
  "this machine does not let you create namespaces (`unshare`)";

/**
 * Finds or creates the steps' Python, and chooses the folder for their files.
 *
 * @param directory A folder of the project, which needs not exist if a Python is named.
 * @throws {UserError} `rehearse.*`.
 */
export async function openRunner(
  ctx: AppContext,
  steps: StepPythonChoice & {
    /** Local files and folders to use for data assets, by asset name. */
    readonly data?: DataMap | undefined;
    /** Number of steps that may run at once (default: 2). */
    readonly parallelSteps?: number | undefined;
    /** Folder to keep the steps' files in, as typed. */
    readonly keep?: string | undefined;
    /** Makes the folder to keep them in if none was typed; without one, they are deleted afterwards. */
    readonly own?: () => Promise<string | undefined>;
    /** State folder of the emulator, which then keeps the steps' files too. */
    readonly state?: string | undefined;
  },
  directory?: string,
) {
  refuseWindows(ctx);
  const data = await resolveDataMap(ctx, steps.data);
  const { keep, state, parallelSteps = PARALLEL_STEPS } = steps;
  const typed = keep ?? state;
  const named = typed === undefined ? undefined : resolve(ctx.cwd, typed);
  if (keep !== undefined && keep !== state) await openKeepFolder(ctx, named!, keep);
  else if (named !== undefined) await makeMarkedFolder(ctx, named);
  // It may have to be made, which takes minutes.
  const { python, bin, paths } = await openStepPython(ctx, steps, directory);
  const kept = named ?? await steps.own?.();
  const folder = kept ?? join(ctx.env.TMPDIR || "/tmp", `kedro-azureml-rehearsal-${ctx.random.uuid()}`);
  const isTemporary = kept === undefined;
  if (isTemporary) await makeOwnFolder(ctx, folder);
  const stopKeeper = isTemporary ? removeWhenKilled(ctx, folder) : undefined;
  const project = await findProject(ctx, directory).catch(() => undefined);
  const isChosen = [steps.stepPython, steps.venv, steps.requirements].some((typed) => typed !== undefined);
  const binOf = isChosen ? undefined : registeredBin(ctx);
  const made = binOf && environmentsFolder(ctx);
  const visible = [...paths, ...Object.values(data), ...made ? [made] : [], ...project ? [project.root] : []];
  const isolation = ctx.platform === "linux" ? await findIsolation(ctx, folder, visible) : undefined;
  if (isolation === undefined) ctx.report({ type: "cache", message: NOT_ISOLATED });
  return {
    options: { folder, bin, binOf, parallelSteps, data, isolation },
    python,
    isTemporary,
    async close() {
      if (isTemporary) await removeTree(ctx, folder);
      // So that `rm -r` can remove the folders of inputs, which steps could not change.
      else await ctx.exec("chmod", ["-R", "u+rwX", "--", folder]);
      await stopKeeper?.();
    },
  };
}

/** Finds or makes the Python of a registered environment; steps that start at the same time share one attempt. */
function registeredBin(ctx: AppContext): (condaFile: string) => Promise<string> {
  const opening = new Map<string, Promise<string>>();
  return (condaFile) => {
    const opened = opening.get(condaFile) ??
      openCondaPython(ctx, condaFile).then(({ bin }) => bin).finally(() => opening.delete(condaFile));
    opening.set(condaFile, opened);
    return opened;
  };
}

/** Rejects Windows: steps are bash commands with Linux paths. @throws {UserError} `rehearse.windows`. */
export function refuseWindows({ platform }: AppContext): void {
  if (platform !== "windows") return;
  throw new UserError("Cannot run steps on Windows: they are bash commands with Linux paths", {
    // rehearse.windows: Steps are bash commands, which do not run on Windows. Use WSL.
    code: "rehearse.windows",
    hint: "Run `kedro-azureml` in WSL (`wsl --install`), with the Linux executable",
  });
}

/**
 * Rejects a project that cannot be rehearsed, before anything is written.
 *
 * @throws {UserError} `rehearse.windows`, `environment.kedro_version`, `kedro.*`.
 */
export async function requireRunnable(ctx: AppContext, options: ReadOptions): Promise<void> {
  refuseWindows(ctx);
  const wanted = await stepRequirements(ctx, await findProject(ctx, options.directory), undefined);
  const [old] = kedroWarnings(wanted.lines, wanted.from, wanted.kedroAt);
  const problem = old ?? await findMistake(ctx, options);
  if (problem !== undefined) {
    throw new UserError(problem.message, { ...problem, details: ["Nothing was written"] });
  }
}

/** Why Kedro leaves out a part of the project, if that is a mistake in its code. @throws {UserError} `kedro.*`. */
async function findMistake(ctx: AppContext, options: ReadOptions): Promise<Warning | undefined> {
  const { warnings, project } = await inspectProject(ctx, options);
  return warnings.find((warning) => isMistake(warning, project.package_name));
}

/**
 * Creates the folder in which the steps' files are kept, marked so that it is not uploaded with the code.
 *
 * @param folder Absolute path.
 * @param typed The path as typed.
 * @throws {UserError} `rehearse.keep` if it is a file, or a folder with other files, such as the project.
 */
export async function openKeepFolder(
  ctx: Pick<AppContext, "fs" | "cwd">,
  folder: string,
  typed: string,
): Promise<void> {
  const { fs } = ctx;
  const kind = (await fs.stat(folder))?.kind ?? "folder";
  if (kind !== "folder") throw keepError(`Cannot keep files in "${typed}": it is a file`);
  await makeMarkedFolder(ctx, folder);
  const mark = join(folder, OWN_FOLDER_MARK);
  if (await fs.stat(mark) !== undefined) return await requireWritable(ctx, mark);
  throw keepError(`Cannot keep files in "${typed}": the folder has other files`);
}

function keepError(message: string): UserError {
  return new UserError(message, {
    // rehearse.keep: The folder of `--keep` cannot be used. Name a new or empty one, or that of an earlier rehearsal.
    code: "rehearse.keep",
    hint: "Use `--keep` with a new or empty folder, or that of an earlier rehearsal",
  });
}

/** Waits for the end of standard input, then removes a folder; retries, because steps may still be ending. */
const REMOVE_AT_END = `read -r _
for _ in 1 2 3 4 5; do
  chmod -R u+rwX "$1"; rm -rf -- "$1"; [ -e "$1" ] || exit 0; sleep 1
done`;

/**
 * Starts a process that removes a folder if this program is killed, such as when its terminal is closed: the folder may
 * have copies of large or personal data.
 *
 * @returns a function that stops it.
 */
export function removeWhenKilled({ exec }: Pick<AppContext, "exec">, folder: string): () => Promise<void> {
  const stop = new AbortController();
  const ended = exec("sh", ["-c", REMOVE_AT_END, "sh", folder], {
    noticesParentEnd: true,
    signal: stop.signal,
  });
  return async () => {
    stop.abort();
    await ended;
  };
}

/** Makes the paths of the command line absolute. @throws {UserError} `rehearse.data` if nothing is there. */
export async function resolveDataMap(ctx: AppContext, typed: DataMap = {}): Promise<DataMap> {
  const entries = Object.entries(typed).map(([name, path]) => [name, resolve(ctx.cwd, path)] as const);
  for (const [name, path] of entries) {
    if (await ctx.fs.stat(path) !== undefined) continue;
    throw dataError(
      `Data for asset "${name}" not found: there is nothing at "${shownPath(ctx, path)}"`,
      [],
      `Correct the path in \`--data ${name}=PATH\`; it is relative to the current folder`,
    );
  }
  return Object.fromEntries(entries);
}

/**
 * Chooses a local file or folder for each data asset that jobs read and do not write themselves: the given one, else the
 * one that the catalog names.
 *
 * @param given Absolute paths by `NAME` or `NAME:VERSION`.
 * @returns `given` with what was found in the project.
 * @throws {UserError} `rehearse.data` with all missing assets, for a given asset that no job reads, or for a file where
 *   a folder is needed, or vice versa.
 */
export async function chooseLocalData(
  ctx: AppContext,
  session: Pick<ProjectSession, "project" | "snapshot" | "load">,
  specs: readonly JobSpec[],
  given: DataMap,
): Promise<DataMap> {
  const needed = new Map<string, NeededAsset>();
  for (const { path, type } of specs.flatMap(assetsOf)) {
    const [, name = path, version] = /^azureml:([^:@]+)(?::(.+))?/.exec(path) ?? [];
    needed.set(version === undefined ? name : `${name}:${version}`, { name, type });
  }
  requireRead(session, Object.keys(given), needed);
  const paths = new Map<string, string>();
  const missing = new Map<string, string>();
  for (const [key, { name, type }] of needed) {
    const chosen = ownValue(given, key) ?? ownValue(given, name);
    const path = chosen ?? await findLocal(ctx, session, name);
    if (path === undefined) missing.set(name, type);
    else await requireKind(ctx, { name, type, path });
    if (path !== undefined && chosen === undefined) paths.set(name, path);
  }
  const names = [...missing.keys()];
  if (names.length === 0) return { ...Object.fromEntries(paths), ...given };
  const [entry] = entriesOf(session.snapshot.catalog, names[0]!);
  const error = dataError(
    names.length === 1
      ? `Data asset "${names[0]}" is not on this machine`
      : `${names.length} data assets are not on this machine: ${names.join(", ")}`,
    [...missing].map(([name, type]) => `${name} is a ${type}: ${placeHint(session, name, type)}`),
    `Add \`${names.map((name) => `--data ${shellWord(name)}=PATH`).join(" ")}\``,
    names.length === 1 && entry !== undefined ? { dataset: entry.dataset, key: "dataset.filepath" } : {},
  );
  throw await withProjectPlace(ctx, session, error);
}

/** The local files and folders of all data assets that a catalog names, whether they are there or not. */
export function placesInCatalog(session: Pick<ProjectSession, "project" | "snapshot">): DataMap {
  const names = Object.values(session.snapshot.catalog).map(({ azureml_dataset: name }) => name)
    .filter((name) => typeof name === "string");
  const places = names.map((name) => [name, localPlaceOf(session, name)] as const);
  return Object.fromEntries(
    places.flatMap(([name, place]) =>
      place === undefined ? [] : [[name, resolve(session.project.root, place.path)]]
    ),
  );
}

/**
 * Does the same for the project of a folder; none without a project. If the project cannot be read, a warning says that they are not used.
 */
export async function readLocalData(ctx: AppContext, project: ProjectOptions): Promise<DataMap> {
  try {
    return placesInCatalog(await openSession(ctx, project));
  } catch (thrown) {
    const error = userErrorOf(thrown);
    if (WITHOUT_PROJECT.includes(error.code)) return {};
    const message = `Steps do not find the local data of the catalog: ${error.message}`;
    // emulator.notice: A message of the emulator, such as a step of `--fail` that no job has.
    ctx.report({ type: "warnings", warnings: [{ code: "emulator.notice", message }] });
    return {};
  }
}

interface NeededAsset {
  readonly name: string;
  readonly type: string;
}

/** The absolute path of what the catalog names for a data asset, if it is there. */
async function findLocal(
  { fs }: Pick<AppContext, "fs">,
  session: Pick<ProjectSession, "project" | "snapshot">,
  name: string,
): Promise<string | undefined> {
  const place = localPlaceOf(session, name);
  const path = place && resolve(session.project.root, place.path);
  const isThere = path !== undefined &&
    (await fs.stat(path))?.kind === localKind(place!.type);
  return isThere ? path : undefined;
}

function placeHint(session: Pick<ProjectSession, "snapshot">, name: string, type: string): string {
  const place = localPlaceOf(session, name);
  return place === undefined
    ? `pass a ${localKind(type)}`
    : `put the ${localKind(type)} at ${place.path}, where the catalog has it, or pass it`;
}

/** Rejects data for something that no job reads, which is probably misspelled, or the name of a dataset. */
function requireRead(
  { snapshot }: Pick<ProjectSession, "snapshot">,
  given: readonly string[],
  needed: ReadonlyMap<string, NeededAsset>,
): void {
  const names = [...new Set([...needed.keys(), ...[...needed.values()].map(({ name }) => name)])];
  const stray = given.find((name) => !names.includes(name));
  if (stray === undefined) return;
  const asset = ownValue(snapshot.catalog, stray)?.azureml_dataset;
  const isDataset = typeof asset === "string" && names.includes(asset);
  const suggestion = isDataset
    ? ` (the data asset of dataset "${stray}" is "${asset}")`
    : didYouMean(stray, names);
  throw new UserError(`The job reads no data asset "${stray}"${suggestion}`, {
    // rehearse.data: `--data` does not fit an input of the job. Correct it as the message says.
    code: "rehearse.data",
    hint: names.length === 0
      ? "Omit `--data`: it reads none"
      : `Use \`--data\` with ${[...new Set([...needed.values()].map(({ name }) => name))].join(", ")}`,
  });
}

async function requireKind(
  ctx: AppContext,
  { name, type, path }: { readonly name: string; readonly type: string; readonly path: string },
): Promise<void> {
  const stat = await ctx.fs.stat(resolve(ctx.cwd, path));
  if (stat === undefined || stat.kind === localKind(type)) return;
  throw dataError(
    `Data for asset "${name}" must be a ${localKind(type)}, because it is a ${type}: "${
      shownPath(ctx, path)
    }" is a ${stat.kind}`,
    [],
    `Write \`--data ${name}=${localKind(type).toUpperCase()}\``,
  );
}

function dataError(message: string, details: readonly string[], hint: string, data = {}): UserError {
  return new UserError(message, { code: "rehearse.data", details, hint, data });
}
