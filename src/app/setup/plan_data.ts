import { join, relative, resolve } from "node:path";
import { storageOf } from "../../azureml/features/catalog/dataset_paths.ts";
import type { CodeFile } from "../../azureml/job/code/file.ts";
import { nextVersion } from "../../azureml/service/assets/create.ts";
import { dataLine } from "../../azureml/service/refusals/create_lines.ts";
import { assetsOf } from "../../azureml/service/assets/lookups.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { LocalData } from "../../azureml/service/upload/upload_data.ts";
import { readConfFiles } from "../../config/layers/conf_files.ts";
import { type CatalogRewrite, rewriteCatalog } from "../../config/layers/rewrite_catalog.ts";
import type { CatalogEntry } from "../../kedro/snapshot.ts";
import type { AppContext } from "../context.ts";
import type { ProjectSession } from "../project/open.ts";
import { exists, type PlanInput, type PlanItem, type PlanPart } from "./plan_item.ts";

/** Finds the data assets that jobs read and that are missing, and the catalog entries that steps cannot read. */
export async function planDataAssets(ctx: AppContext, input: PlanInput): Promise<PlanPart> {
  const { specs, lookups, workspace, session } = input;
  const { root } = session.project;
  const items: PlanItem[] = [];
  const [present, unmet]: [string[], { what: string; hint: string }[]] = [[], []];
  const assets = new Map(specs.flatMap(assetsOf).map((asset) => [asset.path, asset]));
  for (const asset of assets.values()) {
    const shown = asset.path.replace("azureml:", "");
    if (await exists(() => lookups.data(asset), "data.not_found")) {
      present.push(`data asset ${shown}`);
      continue;
    }
    const name = shown.replace(/[@:][^@:]*$/, "");
    const local = localPathOf(session, name);
    const data = local === undefined ? undefined : await readLocal(ctx, root, local, typeOf(asset.type));
    if (data === undefined) {
      const where = local === undefined
        ? "no catalog entry names its local file"
        : `${local} does not exist here`;
      const type = typeOf(asset.type);
      const path = type === "uri_file" ? "<file>" : "<folder>";
      unmet.push({
        what: `data asset ${shown} (${where})`,
        hint: `Put the data there, or run \`${dataLine(workspace.config, { name, type, path })}\``,
      });
      continue;
    }
    const version = /:([^:@]+)$/.exec(shown)?.[1] ?? await nextVersion(workspace, "data", name);
    items.push(dataItem(workspace, root, { name, version, data }));
  }
  const rewritten = await planRewrites(ctx, input);
  return {
    items: [...items, ...rewritten.items],
    present,
    unmet: [...unmet, ...rewritten.unmet],
  };
}

function dataItem(
  workspace: Workspace,
  root: string,
  { name, version, data }: { readonly name: string; readonly version: string; readonly data: LocalData },
): PlanItem {
  const shownPath = relative(root, data.path).replaceAll("\\", "/");
  return {
    kind: "data",
    name,
    version,
    data,
    shownPath,
    sizeBytes: data.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    command: dataLine(workspace.config, { name, type: data.type, path: shownPath }),
  };
}

function typeOf(type: string): LocalData["type"] {
  return type === "uri_file" ? "uri_file" : "uri_folder";
}

/** The local path of a data asset, as its catalog entry has it for runs on this machine. */
export function localPathOf({ snapshot }: ProjectSession, name: string): string | undefined {
  for (const entry of Object.values(snapshot.catalog)) {
    if (!/AzureMLAssetDataset$/.test(String(entry.type)) || entry.azureml_dataset !== name) continue;
    const { root_dir: root = "data", dataset } = entry;
    const inner = (dataset as CatalogEntry | null)?.filepath ?? (dataset as CatalogEntry | null)?.path;
    if (typeof inner === "string") return join(String(root), inner);
  }
  return undefined;
}

/** The files of local data; `undefined` if nothing is there. */
export async function readLocal(
  { fs }: Pick<AppContext, "fs">,
  root: string,
  path: string,
  type: LocalData["type"],
): Promise<LocalData | undefined> {
  const full = resolve(root, path);
  const found = await fs.stat(full);
  if (found?.kind === "file") {
    const name = full.replaceAll("\\", "/").split("/").at(-1)!;
    return { path: full, type: "uri_file", files: [{ path: full, name, sizeBytes: found.sizeBytes }] };
  }
  if (found?.kind !== "folder" || type === "uri_file") return undefined;
  const files: CodeFile[] = [];
  for await (const entry of fs.walk(full, () => true)) {
    if (entry.kind !== "file") continue;
    const name = relative(full, entry.path).replaceAll("\\", "/");
    files.push({ path: entry.path, name, sizeBytes: (await fs.stat(entry.path))?.sizeBytes ?? 0 });
  }
  return files.length === 0 ? undefined : { path: full, type: "uri_folder", files };
}

/** Catalog entries that the first steps read from local files, which become data assets. */
async function planRewrites(
  ctx: AppContext,
  { specs, session, workspace, lookups }: PlanInput,
): Promise<Pick<PlanPart, "items" | "unmet">> {
  const { root } = session.project;
  const conf = await readConfFiles(ctx, {
    root,
    env: session.env,
    settings: session.snapshot.project.settings,
    outside: session.load.outside,
  });
  const roots = new Set(
    specs.flatMap(({ steps }) => steps).flatMap(({ inputs }) =>
      inputs.filter(({ from }) => from.kind === "literal").map(({ dataset }) => dataset)
    ),
  );
  const byFile = new Map<string, CatalogRewrite[]>();
  const items: PlanItem[] = [];
  const unmet: { what: string; hint: string }[] = [];
  for (const dataset of roots) {
    const entry = session.snapshot.catalog[dataset];
    const storage = storageOf(entry);
    const place = conf.placeOfDataset(dataset);
    if (storage.kind !== "local" || place === undefined || conf.factoryOf(dataset) !== undefined) continue;
    const data = await readLocal(ctx, root, storage.path, "uri_folder");
    if (data === undefined) continue;
    const asset = dataset.replaceAll(/[^A-Za-z0-9_-]+/g, "-");
    const { type } = data;
    byFile.set(place.file, [...byFile.get(place.file) ?? [], { dataset, asset, type }]);
    if (await exists(() => lookups.data({ path: `azureml:${asset}@latest`, type }), "data.not_found")) {
      continue;
    }
    items.push(dataItem(workspace, root, { name: asset, version: "1", data }));
  }
  for (const [file, rewrites] of byFile) {
    const { text, diff, skipped } = rewriteCatalog(file, await ctx.fs.readText(join(root, file)), rewrites);
    for (const [dataset, reason] of skipped) {
      unmet.push({
        what: `${file}: "${dataset}" cannot be rewritten, because ${reason}`,
        hint: "Edit it by hand",
      });
    }
    const datasets = rewrites.map(({ dataset }) => dataset).filter((dataset) => !skipped.has(dataset));
    if (datasets.length > 0) items.push({ kind: "catalog", file, text, diff, datasets });
  }
  return { items, unmet };
}
