import { DATA_ASSET_NAME, DATA_ASSET_NAME_HINT } from "../../core/azure_limits.ts";
import { ownValue } from "../../core/json.ts";
import { basename, resolve } from "node:path";
import { createDataAsset } from "../../azureml/resources/create.ts";
import { KINDS, newestVersion, nextVersion } from "../../azureml/resources/kinds.ts";
import type { LocalData } from "../../azureml/submit/upload.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { nearest, suggestion } from "../../core/suggest.ts";
import { shellWord, shownName } from "../../core/untrusted.ts";
import { localKind } from "../../emulator/runner/data_assets.ts";
import type { AppContext } from "../context.ts";
import { requireWorkspace } from "../project/workspace.ts";
import { connect } from "../project/connect.ts";
import { typedPath } from "../output_files.ts";
import { openSession, type ReadOptions } from "../project/open.ts";
import {
  type Catalog,
  entriesOf,
  localPlaceOf,
  type ReadData,
  readLocal,
  uploadLocal,
  uploadProblems,
} from "./local_data.ts";
import { bytesOf, firstLines } from "../../core/format.ts";

/**
 * Uploads a local file or folder as a new version of a data asset; if its newest version has the same content, nothing
 * is registered.
 *
 * @throws {UserError} `data.name`, `data.dataset_name` for the name of a dataset, `data.kind` for data that does not fit
 *   the catalog, `data.secret` for files that look like secrets, `data.link` for links that are not followed, `data.outside` for data
 *   outside the project that nobody allows; `data.no_path` if neither the command
 *   nor the catalog names a path, `data.no_file` if nothing is there, `upload.*`, `azure.*`, `network.*`.
 */
export async function pushData(
  ctx: AppContext,
  options: ReadOptions & {
    readonly name: string;
    /** File or folder, relative to the current folder (default: what the catalog says). */
    readonly path?: string | undefined;
    readonly workspace?: string | undefined;
    readonly allow?: readonly string[] | undefined;
  },
) {
  const { name } = options;
  requireName(name);
  const session = await openSession(ctx, options);
  const { catalog } = session.snapshot;
  const allows = (code: string) => options.allow?.includes(code) ?? false;
  if (!allows("data.dataset_name")) requireAsset(catalog, options);
  const inCatalog = options.path === undefined ? localPlaceOf(session, name) : undefined;
  const path = options.path ?? inCatalog?.path;
  if (path === undefined) {
    const assets = new Map(
      Object.entries(catalog).flatMap(([dataset, { azureml_dataset: asset }]) =>
        typeof asset === "string" ? [[dataset, asset], [asset, asset]] as const : []
      ),
    );
    const meant = assets.get(nearest(name, assets.keys()) ?? "");
    const message = `No path given, and no catalog entry has \`azureml_dataset: ${name}\`${
      suggestion(meant)
    }`;
    throw new UserError(message, {
      // data.no_path: Neither the command nor the catalog says which file the data asset is made of. Pass its
      //   path.
      code: "data.no_path",
      exit: ExitCode.Usage,
      hint: `Run \`kedro-azureml data push ${meant === undefined ? `${name} PATH` : shellWord(meant)}\``,
    });
  }
  const from = inCatalog === undefined ? resolve(ctx.cwd, path) : path;
  const data = await readLocal(ctx, session.project, from, inCatalog?.type, inCatalog === undefined);
  if (data === undefined) throw nothing(options, path);
  if (!allows("data.kind")) requireFit(catalog, name, { ...data, path });
  await requireWhole(ctx, { ...data, path }, { root: session.project.root, allows });
  if (data.files.length === 0) throw nothing(options, path);
  const { open } = await connect(ctx);
  const workspace = open(requireWorkspace(session.config, options.workspace));
  const uri = await uploadLocal(ctx, workspace, data);
  const sizeBytes = bytesOf(data.files);
  const shown = typedPath(ctx, data.outside?.path ?? data.path);
  const pushed = { name, path: shown, type: data.type, files: data.files.length, sizeBytes };
  const newest = await newestVersion(workspace, KINDS.data, name);
  if (newest?.properties.dataUri === uri) return { ...pushed, version: newest.name!, isUnchanged: true };
  const version = await nextVersion(workspace, KINDS.dataName, name);
  await createDataAsset(workspace, { name, version, type: data.type, uri });
  return { ...pushed, version, isUnchanged: false };
}

type Pushed = Pick<Parameters<typeof pushData>[1], "name" | "path">;

function nothing({ name, path: typed }: Pushed, path: string): UserError {
  return new UserError(`Nothing to upload: "${path}" does not exist, or is an empty folder`, {
    // data.no_file: The path names no file, or an empty folder. Put the data there, or pass another path.
    code: "data.no_file",
    ...(typed !== undefined && { exit: ExitCode.Usage }),
    hint: typed === undefined
      ? `Put the data there, or run \`kedro-azureml data push ${name} PATH\``
      : "Correct the path, which is relative to the current folder",
  });
}

function requireName(name: string): void {
  if (DATA_ASSET_NAME.test(name)) return;
  throw new UserError(`"${name}" cannot be the name of a data asset`, {
    // data.name: Azure ML does not allow the name of a data asset. Use letters, digits, hyphens and
    //   underscores.
    code: "data.name",
    exit: ExitCode.Usage,
    hint: DATA_ASSET_NAME_HINT,
  });
}

function requireAsset(catalog: Catalog, { name, path }: Pushed): void {
  const asset = ownValue(catalog, name)?.azureml_dataset;
  if (typeof asset !== "string" || asset === name || entriesOf(catalog, name).length > 0) return;
  throw new UserError(`"${name}" is a dataset; its data asset is "${asset}"`, {
    // data.dataset_name: A dataset has this name, and its data asset another one. Use the latter, or `--allow
    //   data.dataset_name`.
    code: "data.dataset_name",
    exit: ExitCode.Usage,
    hint: `Run \`kedro-azureml data push ${asset}${path === undefined ? "" : ` ${shellWord(path)}`}\``,
  });
}

/** Rejects data that steps could not load as the catalog says: of another kind, or a file with another name. */
function requireFit(catalog: Catalog, name: string, { path, type, files }: LocalData): void {
  for (const { dataset, place } of entriesOf(catalog, name)) {
    const [wanted, file] = [localKind(place.type), basename(place.path)];
    if (type === place.type && (wanted === "folder" || files[0]!.name === file)) continue;
    throw new UserError(
      type === place.type
        ? `Dataset "${dataset}" reads the file "${file}" of data asset "${name}", and "${path}" has another name`
        : `Data asset "${name}" is a ${place.type} for dataset "${dataset}", and "${path}" is a ${
          localKind(type)
        }`,
      {
        // data.kind: The file or folder is not what the catalog reads. Pass the one that it names, or use
        //   `--allow data.kind`.
        code: "data.kind",
        exit: ExitCode.Usage,
        hint: type === place.type
          ? `Rename it to "${file}", or change the \`filepath\` of "${dataset}" in the catalog`
          : `Pass a ${wanted}, or set \`azureml_type: ${type}\` for "${dataset}" in the catalog`,
      },
    );
  }
}

/**
 * Rejects secrets, what holds the whole project, folders of which something would be missing, and what is outside the
 * project, unless the person agrees.
 */
async function requireWhole(
  ctx: AppContext,
  data: ReadData,
  { root, allows }: { readonly root: string; readonly allows: (code: string) => boolean },
): Promise<void> {
  const problems = await uploadProblems(ctx, data, { root, allow: (code) => `use \`--allow ${code}\`` });
  const problem = problems.find(({ code }) => data.holdsProject || code === "data.outside" || !allows(code));
  if (problem === undefined) return;
  const isOutside = problem.code === "data.outside";
  if (
    isOutside &&
    await ctx.person?.confirm(`Upload "${shownName(data.outside!.path)}", which is outside the project?`)
  ) {
    return;
  }
  const { code, hint, reasons: [first, ...others] } = problem;
  const message = data.holdsProject
    ? `"${data.path}" holds the whole project and must not be uploaded`
    : code === "data.secret"
    ? `${first} and must not be uploaded`
    : isOutside
    ? `${first}, and is not uploaded`
    : first!;
  throw new UserError(message, { code, details: firstLines(others, MOST_DETAILS), hint });
}

const MOST_DETAILS = 20;
