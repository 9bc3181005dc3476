import { ownValue } from "../../core/fields.ts";
import { resolve } from "node:path";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { type DataMap, localKind } from "../../emulator/runner/data_assets.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { WITHOUT_PROJECT } from "../emulator/seed.ts";
import { assetsOf } from "../../azureml/service/assets/lookups.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { openSession, type ProjectSession } from "../project/open.ts";
import { shownPath } from "../project/output_files.ts";
import { localPlaceOf } from "../setup/local_data.ts";

/** Makes the paths of the command line absolute. @throws {UserError} `rehearse.data` if nothing is there. */
export async function resolveDataMap(ctx: AppContext, typed: DataMap = {}): Promise<DataMap> {
  const entries = Object.entries(typed).map(([name, path]) => [name, resolve(ctx.cwd, path)] as const);
  for (const [name, path] of entries) {
    if (await ctx.fs.stat(path) !== undefined) continue;
    throw dataError(
      `Data for asset "${name}" not found: there is nothing at "${shownPath(ctx, path)}"`,
      [],
      `--data ${name}=PATH`,
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
  session: Pick<ProjectSession, "project" | "snapshot">,
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
  throw dataError(
    names.length === 1
      ? `Data asset "${names[0]}" is not on this machine`
      : `${names.length} data assets are not on this machine: ${names.join(", ")}`,
    [...missing].map(([name, type]) => `${name} is a ${type}: ${placeHint(session, name, type)}`),
    names.map((name) => `--data ${name}=PATH`).join(" "),
  );
}

/**
 * The local files and folders of all data assets that the catalog of a project names, whether they are there or not;
 * none without a project. If the project cannot be read, a warning says that they are not used.
 */
export async function readLocalData(ctx: AppContext, project: ProjectOptions): Promise<DataMap> {
  try {
    const session = await openSession(ctx, project);
    const names = Object.values(session.snapshot.catalog).map(({ azureml_dataset: name }) => name)
      .filter((name) => typeof name === "string");
    const places = names.map((name) => [name, localPlaceOf(session, name)] as const);
    return Object.fromEntries(
      places.flatMap(([name, place]) =>
        place === undefined ? [] : [[name, resolve(session.project.root, place.path)]]
      ),
    );
  } catch (thrown) {
    const error = userErrorOf(thrown);
    if (WITHOUT_PROJECT.includes(error.code)) return {};
    const message = `Steps do not find the local data of the catalog: ${error.message}`;
    ctx.report({ type: "warning", warning: { code: "emulator.notice", message } });
    return {};
  }
}

/** A data asset that a job reads. */
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
    code: "rehearse.data",
    exit: ExitCode.Usage,
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
    `--data ${name}=${localKind(type).toUpperCase()}`,
  );
}

function dataError(message: string, details: readonly string[], options: string): UserError {
  return new UserError(message, {
    code: "rehearse.data",
    exit: ExitCode.Usage,
    details,
    hint: `Add \`${options}\``,
  });
}
