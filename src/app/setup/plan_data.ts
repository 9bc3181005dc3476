import { dirname, join, relative, resolve } from "node:path";
import { bytesOf } from "../../core/format.ts";
import { basename } from "node:path/posix";
import { ADD_FILE, isAbsolute, isGlob, isPlainName, storageOf } from "../../azureml/checks/dataset_paths.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { KINDS, nextVersion } from "../../azureml/resources/kinds.ts";
import { assetsOf } from "../../azureml/resources/pin.ts";
import type { LocalData } from "../../azureml/submit/upload.ts";
import { type ConfFiles, readConfFiles } from "../../config/conf_files.ts";
import { yamlText } from "../../config/write_yaml.ts";
import { type CatalogRewrite, rewriteCatalog, VERSIONED } from "./rewrite_catalog.ts";
import { ownValue } from "../../core/json.ts";
import { isBelow, shellWord } from "../../core/untrusted.ts";
import { type CatalogEntry, withoutTranscoding } from "../../kedro/snapshot.ts";
import type { AppContext } from "../context.ts";
import { typedPath } from "../output_files.ts";
import type { ProjectSession } from "../project/open.ts";
import { HOLDS_PROJECT, localPlaceOf, type ReadData, readLocal, uploadProblems } from "./local_data.ts";
import { exists, type PlanInput, type PlanItem, type PlanPart } from "./plan.ts";

type Unmet = PlanPart["unmet"][number];

/** Finds the data assets that jobs read and that are missing, and the catalog entries that steps cannot read. */
export async function planDataAssets(ctx: AppContext, input: PlanInput): Promise<PlanPart> {
  const { specs, lookups, workspace, session } = input;
  const { root } = session.project;
  const [items, present, unmet]: [PlanItem[], string[], Unmet[]] = [[], [], []];
  const assets = new Map(specs.flatMap(assetsOf).map((asset) => [asset.path, asset]));
  for (const asset of assets.values()) {
    const shown = asset.path.replace("azureml:", "");
    if (await exists(() => lookups.data(asset), "data.not_found")) {
      present.push(`data asset ${shown}`);
      continue;
    }
    const name = shown.replace(/[@:][^@:]*$/, "");
    const pinned = /:([^:@]+)$/.exec(shown)?.[1];
    const local = localPlaceOf(session, name);
    const data = local && await readLocal(ctx, session.project, local.path, local.type);
    if (data === undefined) {
      const where = local === undefined
        ? "no catalog entry names its local file"
        : `${local.path} does not exist here`;
      const push = `\`kedro-azureml data push ${shellWord(name)} PATH\`${
        pinned === undefined ? "" : " and use the version that it prints"
      }`;
      const hint = local === undefined ? `Run ${push}` : `Put the data there, or run ${push}`;
      unmet.push({ what: `data asset ${shown} (${where})`, hint });
      continue;
    }
    const version = pinned ?? await nextVersion(workspace, KINDS.dataName, name);
    await planUpload(ctx, root, { name, version, data }, { items, unmet });
  }
  const rewritten = await planRewrites(ctx, input);
  return { present, items: [...items, ...rewritten.items], unmet: [...unmet, ...rewritten.unmet] };
}

/** Adds the upload of local data to a plan, or why it must not be uploaded. */
async function planUpload(
  ctx: Pick<AppContext, "fs" | "cwd">,
  root: string,
  { name, version, data }: { readonly name: string; readonly version: string; readonly data: ReadData },
  plan: { readonly items: PlanItem[]; readonly unmet: Unmet[] },
): Promise<void> {
  const inProject = relative(root, data.path).replaceAll("\\", "/");
  const push = `kedro-azureml data push ${name} ${shellWord(typedPath(ctx, data.path))} --allow`;
  const [problem] = await uploadProblems(ctx, data, { root, allow: (code) => `run \`${push} ${code}\`` });
  if (problem !== undefined) {
    const { reasons: [reason], hint } = problem;
    return void plan.unmet.push({ what: `data asset ${name} (${reason})`, hint });
  }
  plan.items.push({
    kind: "data",
    name,
    version,
    data,
    shownPath: data.outside?.path ?? inProject,
    sizeBytes: bytesOf(data.files),
  });
}

/**
 * Catalog entries of local files: those that the first steps read become data assets, and those that steps write are
 * passed on and kept by Azure ML. What one job writes and another one reads becomes a data asset that a run of the first
 * job registers. Without a workspace, only the catalog is planned.
 */
export async function planRewrites(
  ctx: Pick<AppContext, "fs" | "cwd">,
  { specs, session, workspace, lookups }:
    & Pick<PlanInput, "specs" | "session">
    & Partial<Pick<PlanInput, "workspace" | "lookups">>,
): Promise<Pick<PlanPart, "items" | "unmet">> {
  const { project, snapshot: { catalog } } = session;
  const { root } = project;
  const conf = await readConfFiles(ctx, session.load);
  const placeOf = localEntries(conf, session);
  const byFile = new Map<string, CatalogRewrite[]>();
  const add = (dataset: string, { path, file, fromFactory }: LocalEntry, asset?: CatalogRewrite["asset"]) =>
    byFile.set(file, [
      ...byFile.get(file) ?? [],
      { dataset, path, ...(asset && { asset }), ...(fromFactory && { fromFactory }) },
    ]);
  const data = new Map<string, ReadData>();
  const [items, unmet]: [PlanItem[], Unmet[]] = [[], []];
  const owners = new Map(Object.entries(catalog).map(([key, entry]) => [entry.azureml_dataset, key]));
  const refuses = (dataset: string, file: string, name: string, files: ReadData | undefined) => {
    const owner = owners.get(name) ?? dataset;
    owners.set(name, owner);
    if (files?.holdsProject) {
      unmet.push(notRewritten(file, dataset, HOLDS_PROJECT.reasons[0]!, HOLDS_PROJECT));
    } else if (owner !== dataset) {
      unmet.push(notRewritten(file, dataset, `its data asset "${name}" would be that of "${owner}", too`, {
        hint: "Give one of them another name",
      }));
    } else return false;
    return true;
  };
  for (const { datasets, isRead, isWritten } of datasetGroups(specs)) {
    const locals = datasets.flatMap((dataset) => {
      const local = placeOf(dataset);
      return local === undefined ? [] : [{ dataset, local }];
    });
    if (!isWritten) {
      for (const { dataset, local } of locals) {
        const files = await readLocal(ctx, project, local.path, "uri_folder");
        if (files === undefined) {
          const isGone = await ctx.fs.stat(resolve(root, local.path)) === undefined;
          if (isGone && !isGlob(local.path)) unmet.push(notThere(dataset, local));
          continue;
        }
        const name = assetName(dataset);
        if (refuses(dataset, local.file, name, files)) continue;
        const file = basename(local.path);
        if (files.type === "uri_file" && !isPlainName(file)) {
          unmet.push(
            notRewritten(local.file, dataset, `the plugin's command cannot pass on the name "${file}"`, {
              hint: "Rename the file without spaces and special characters",
            }),
          );
          continue;
        }
        add(dataset, local, { name, type: files.type });
        data.set(name, files);
      }
      continue;
    }
    const [first] = locals;
    // What is written under one name is found under another one only if all of them are the same file.
    if (first === undefined || isAbsolute(first.local.path) || locals.length < datasets.length) continue;
    if (locals.some(({ local }) => local.path !== first.local.path)) continue;
    const shared = withoutTranscoding(first.dataset);
    const name = assetName(shared);
    const files = isRead ? await readLocal(ctx, project, dirname(first.local.path), "uri_folder") : undefined;
    if (isRead && refuses(shared, first.local.file, name, files)) continue;
    for (const { dataset, local } of locals) {
      add(dataset, local, isRead ? { name, type: "uri_folder", isParent: true } : undefined);
    }
    if (files) data.set(name, files);
  }
  for (const [name, files] of data) {
    if (workspace === undefined || lookups === undefined) continue;
    const asset = { path: `azureml:${name}@latest`, type: files.type };
    if (await exists(() => lookups.data(asset), "data.not_found")) continue;
    await planUpload(ctx, root, { name, version: "1", data: files }, { items, unmet });
  }
  const rewritten: Extract<PlanItem, { readonly kind: "catalog" }>[] = [];
  for (const [file, rewrites] of byFile) {
    const { text, diff, skipped } = rewriteCatalog(file, await ctx.fs.readText(join(root, file)), rewrites);
    const made = rewrites.filter(({ dataset }) => !skipped.has(dataset));
    const assets = made.filter(({ asset }) => asset !== undefined).map(({ dataset }) => dataset);
    const passedOn = made.filter(({ asset }) => asset === undefined).map(({ dataset }) => dataset);
    if (made.length > 0) rewritten.push({ kind: "catalog", file, text, diff, assets, passedOn });
    for (const rewrite of rewrites) {
      const reason = skipped.get(rewrite.dataset);
      if (reason === undefined) continue;
      const hint = reason === VERSIONED
        ? withoutVersions(root, data.get(rewrite.asset!.name))
        : byHand(rewrite);
      unmet.push(notRewritten(file, rewrite.dataset, reason, { hint }));
    }
  }
  const datasets = rewritten.flatMap(({ assets, passedOn }) => [
    ...assets,
    ...passedOn.filter((dataset) => ownValue(catalog, dataset)?.versioned === true),
  ]);
  const local = datasets.length === 0 ? undefined : await planLocalCatalog(ctx, session, { conf, datasets });
  // The entries are kept before they are replaced.
  return { items: [...items, ...local === undefined ? [] : [local], ...rewritten], unmet };
}

const LOCAL_ENV = "laptop";
/** A value from elsewhere, such as `${globals:name}`. */
const RESOLVER = /\$\{[^}$:]*:/;

/** The kinds of configuration that `kedro run` reads. */
const OF_RUNS = ["catalog", "parameters", "credentials", "globals", "mlflow"];

/**
 * Keeps the entries of datasets that are read from Azure or lose their versions from now on, as Kedro resolved them, in an
 * environment for this machine. `undefined` if the project has that environment, would merge the entries with those of
 * `base`, or values would be kept that are not in files of `base`, which may be secrets.
 */
async function planLocalCatalog(
  ctx: Pick<AppContext, "fs">,
  { project: { root }, snapshot: { catalog }, load }: ProjectSession,
  { conf, datasets }: { readonly conf: ConfFiles; readonly datasets: readonly string[] },
): Promise<PlanItem | undefined> {
  const { base, env } = conf.folders;
  const folder = join(dirname(base), LOCAL_ENV);
  const files = [...new Set([...conf.keys("catalog").values()].flat())].filter((file) => isBelow(base, file));
  const texts = await Promise.all(files.map((file) => ctx.fs.readText(join(root, file))));
  const isOfBase = datasets.every((dataset) => files.includes(conf.placeOfDataset(dataset)!.file));
  const isMerged = load.settings.merge_strategy.catalog === "soft";
  if (!isOfBase || isMerged || texts.some((text) => RESOLVER.test(text))) return undefined;
  const entries = Object.fromEntries(datasets.map((dataset) => [dataset, ownValue(catalog, dataset)]));
  const text = yamlText(entries);
  if (text.includes("[hidden]") || await ctx.fs.stat(join(root, folder)) !== undefined) return undefined;
  const comment = `# The entries before kedro-azureml changed them, for: kedro run --env ${LOCAL_ENV}\n`;
  const file = join(folder, "catalog.yml").replaceAll("\\", "/");
  const read = OF_RUNS.flatMap((kind) => [...conf.keys(kind).values()].flat());
  const unread = env === base ? [] : [...new Set(read)].filter((name) => isBelow(env, name));
  return { kind: "local_catalog", file, env: LOCAL_ENV, text: `${comment}${text}`, datasets, unread };
}

/** Not an error: a hook of the project may write the file before it is read. */
function notThere(dataset: string, { file, path }: LocalEntry): Unmet {
  const what = `${file}: "${dataset}" stays as it is, because ${path} does not exist`;
  return { what, hint: ADD_FILE, isNote: true };
}

function notRewritten(
  file: string,
  dataset: string,
  reason: string,
  { hint }: { readonly hint: string },
): Unmet {
  return { what: `${file}: "${dataset}" cannot be rewritten, because ${reason}`, hint };
}

/** What to do with a dataset that is read and versioned, whose path is a folder with one folder for each version. */
function withoutVersions(root: string, versions: LocalData | undefined): string {
  const file = basename((versions?.path ?? "").replaceAll("\\", "/"));
  const newest = versions?.files.map(({ name }) => name).filter((name) => /^[^/]+\/[^/]+$/.test(name))
    .filter((name) => basename(name) === file).toSorted().at(-1);
  const path = newest === undefined
    ? ""
    : `, and write the path of the newest version, \`${
      relative(root, join(versions!.path, newest)).replaceAll("\\", "/")
    }\``;
  return `Remove \`versioned\`${path}; Azure ML keeps versions of data assets`;
}

/** What to write in the place of an entry that cannot be rewritten. */
function byHand({ asset }: CatalogRewrite): string {
  const keys = asset === undefined ? [] : [`azureml_dataset: ${asset.name}`, `azureml_type: ${asset.type}`];
  const type = `type: kedro_azureml_pipeline.datasets.AzureML${
    asset === undefined ? "Pipeline" : "Asset"
  }Dataset`;
  return `Give it the keys ${
    [type, ...keys].map((key) => `\`${key}\``).join(", ")
  }, \`root_dir:\` with the folder and \`dataset:\` with all keys that it has now and the path below the folder`;
}

function datasetGroups(specs: readonly JobSpec[]) {
  const steps = specs.flatMap(({ steps }) => steps);
  const inputs = steps.flatMap(({ inputs }) => inputs).filter(({ from }) =>
    from.kind === "literal" || from.kind === "step"
  );
  const read = new Set(inputs.filter(({ from }) => from.kind === "literal").map(({ dataset }) => dataset));
  const written = new Set(steps.flatMap(({ outputs }) => outputs.map(({ dataset }) => dataset)));
  const all = new Set([...read, ...written, ...inputs.map(({ dataset }) => dataset)]);
  return [...Map.groupBy(all, withoutTranscoding).values()].map((datasets) => ({
    datasets,
    isRead: datasets.some((dataset) => read.has(dataset)),
    isWritten: datasets.some((dataset) => written.has(dataset)),
  }));
}

/** The name of a dataset's asset: one that can be uploaded, and that a step can write. */
function assetName(dataset: string): string {
  return dataset.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replace(/^[_-]+/, "") || "data";
}

interface LocalEntry {
  readonly path: string;
  /** The catalog file with its entry, or with the factory that resolves to it. */
  readonly file: string;
  /** The entry, if a dataset factory gives it. */
  readonly fromFactory: CatalogEntry | undefined;
}

/** Finds the path of a dataset in a local file, and the catalog file with its entry. */
function localEntries(conf: Awaited<ReturnType<typeof readConfFiles>>, session: ProjectSession) {
  return (dataset: string): LocalEntry | undefined => {
    const entry = ownValue(session.snapshot.catalog, dataset);
    const storage = storageOf(entry);
    const place = conf.placeOfDataset(dataset);
    if (storage.kind !== "local" || place === undefined) return undefined;
    const fromFactory = conf.factoryOf(dataset) === undefined ? undefined : entry;
    return { path: storage.path, file: place.file, fromFactory };
  };
}
