import type { LimitFunction } from "p-limit";
import { registerImage } from "./create.ts";
import { once, onceEach } from "../../core/async.ts";
import { UserError } from "../../core/errors.ts";
import { textOf } from "../../core/json.ts";
import { requestLimit } from "../client/pace.ts";
import { unsafeName } from "../client/open_workspace.ts";
import type { Workspace } from "../client/workspace.ts";
import type { JobSpec } from "../job/job_spec.ts";
import { parseEnvironment } from "../job/names.ts";
import { findOne } from "../client/arm.ts";
import { getCompute, getWorkspace, KINDS, newestVersion, notFound } from "./kinds.ts";
import { shellWord } from "../../core/untrusted.ts";

export type LookupEvent =
  | { readonly type: "workspace"; readonly workspace: string; readonly location: string | undefined }
  | { readonly type: "compute"; readonly name: string }
  | { readonly type: "environment"; readonly asked: string; readonly shown: string }
  | { readonly type: "data"; readonly path: string; readonly id: string };

/** Lookups of the resources that jobs refer to; each request is sent once and its result is reused. */
export type Lookups = ReturnType<typeof openLookups>;

/** Creates the lookups for a workspace; sends no request yet. */
export function openLookups(
  workspace: Workspace,
  onEvent: (event: LookupEvent) => void,
  limit: LimitFunction = requestLimit(workspace),
) {
  return {
    /** Fails if the workspace does not exist. */
    workspace: once(async () => {
      const details = await getWorkspace(workspace);
      onEvent({ type: "workspace", workspace: workspace.config.name, location: details.location });
    }),
    compute: onceEach((name: string) =>
      limit(async () => {
        const compute = await getCompute(workspace, name);
        onEvent({ type: "compute", name });
        return compute;
      })
    ),
    /** Resolves a reference to a version; a Docker image is registered first. */
    environment: onceEach(async (asked: string) => {
      const pinned = await pinEnvironment(workspace, asked);
      onEvent({ type: "environment", asked, shown: pinned.shown });
      return pinned;
    }),
    data: onceEach((asset: AssetReference) =>
      limit(async () => {
        const id = await pinDataAsset(workspace, asset);
        onEvent({ type: "data", path: asset.path, id });
        return id;
      }), ({ path }) => path),
  };
}

/** Names of the computes that a job uses; the job's default compute comes first. */
export function computesOf(spec: JobSpec): string[] {
  return [...new Set([spec.compute, ...spec.steps.map(({ compute }) => compute)])];
}

/** The data assets that a job reads, each once. */
export function assetsOf(spec: JobSpec): AssetReference[] {
  const assets = spec.steps.flatMap(({ inputs }) =>
    inputs.flatMap(({ from }) => from.kind === "asset" ? [{ path: from.path, type: from.type }] : [])
  );
  return [...new Map(assets.map((asset) => [asset.path, asset])).values()];
}

export interface PinnedEnvironment {
  readonly asked: string;
  /** The reference for components: `azureml:` with an ARM id, or a registry's id. */
  readonly reference: string;
  /** Display name, such as `my-env:12`. */
  readonly shown: string;
  /** What it is built from; `undefined` if it was not read. */
  readonly definition?: {
    readonly image: string | undefined;
    readonly condaFile: string | undefined;
  };
}

/** Name prefix of the curated environments, which Microsoft provides in every workspace. */
const CURATED = "AzureML-";

/**
 * Resolves a job's environment to one version, so that all steps use the same.
 *
 * `latest` is the most recently created version, as in azure-ai-ml (`_get_latest`); an image is registered as an
 * anonymous environment. References to curated environments are unchanged, because Azure resolves them.
 *
 * @throws {UserError} `environment.*` if it does not exist or has no version.
 */
export async function pinEnvironment(workspace: Workspace, asked: string): Promise<PinnedEnvironment> {
  const parsed = parseEnvironment(asked);
  if (parsed.kind === "image") {
    const { name, version } = await registerImage(workspace, parsed.image);
    return { ...named(workspace, asked, name, version), shown: parsed.image };
  }
  if (parsed.kind === "id") {
    const reference = parsed.id.startsWith("/") ? `azureml:${parsed.id}` : parsed.id;
    return { asked, reference, shown: asked };
  }
  const { name, version, label } = parsed;
  if (name.startsWith(CURATED)) {
    const bare = asked.replace(/^azureml:/, "");
    return { asked, reference: `azureml:${bare}`, shown: bare };
  }
  if (version === undefined && label !== "latest") throw noVersion(asked, name, label);
  const found = version === undefined
    ? await newestVersion(workspace, KINDS.environment, name)
    : await findOne(workspace, KINDS.environment, [name, version]);
  if (found === undefined) {
    throw notFound(workspace, KINDS.environment, version === undefined ? name : `${name}:${version}`);
  }
  const { image, condaFile } = found.properties ?? {};
  return {
    ...named(workspace, asked, name, version ?? found.name!),
    definition: { image: textOf(image), condaFile: textOf(condaFile) },
  };
}

function named(workspace: Workspace, asked: string, name: string, version: string): PinnedEnvironment {
  const id = `${workspace.id}/environments/${name}/versions/${version}`;
  return { asked, reference: `azureml:${id}`, shown: `${name}:${version}` };
}

function noVersion(asked: string, name: string, label: string | undefined): UserError {
  const what = label === undefined ? "has no version" : `has the unknown label "${label}"`;
  return new UserError(`Environment "${asked}" ${what}`, {
    code: "environment.no_version",
    hint: `Set \`execution.environment\` to \`${name}@latest\` or \`${name}:<version>\``,
  });
}

interface AssetReference {
  /** `azureml:name@latest` or `azureml:name:version`. */
  readonly path: string;
  /** Type of the catalog entry, such as `uri_folder`. */
  readonly type: string;
}

/** Resolves a data asset to one version and returns its ARM id. @throws {UserError} `data.not_found`. */
export async function pinDataAsset(workspace: Workspace, { path }: AssetReference): Promise<string> {
  const shown = path.replace("azureml:", "");
  const [, name, label, version] = /^azureml:(.+?)(?:@(latest)|:([^:@]+))$/.exec(path) ?? [];
  if (name === undefined) throw unsafeName(`read ${KINDS.data.noun} "${shown}"`);
  const action = `read ${KINDS.data.noun} "${shown}"`;
  const found = label === undefined
    ? await findOne(workspace, KINDS.data, [name, version!], action) && version
    : (await findOne(workspace, KINDS.dataName, [name], action))?.properties?.latestVersion;
  if (found) return `${workspace.id}/data/${name}/versions/${found}`;
  const key = label === undefined ? "azureml_version" : "azureml_dataset";
  const hint = `Change \`${key}\` in the catalog, or create the data asset with \`kedro-azureml setup\` or ` +
    `\`data push ${shellWord(name)} PATH\``;
  // data.not_found: A data asset or its version does not exist. Correct `azureml_dataset` in the catalog, or
  //   create it with `kedro-azureml setup`.
  throw notFound(workspace, { ...KINDS.data, missing: { code: "data.not_found", hint } }, shown);
}
