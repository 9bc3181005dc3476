import { ExitCode, UserError } from "../../core/errors.ts";
import { anonymousImageEnvironment, parseEnvironment } from "../compile/environment_ref.ts";
import type { Workspace } from "../client/workspace.ts";
import { dataLine, environmentLine, workspaceLine } from "./create_lines.ts";

/** What a submit needs to know of a workspace. */
export interface WorkspaceInfo {
  readonly location: string | undefined;
  /** Where the workspace says where its other services are. */
  readonly discoveryUrl: string | undefined;
  /** Resource Manager id of its default storage account. */
  readonly storageAccountId: string | undefined;
  /** False where only private endpoints lead to it. */
  readonly isPublic: boolean;
}

/** @internal The fields of `Workspace` that are read here. */
interface WorkspaceResource {
  readonly location?: string;
  readonly properties?: {
    readonly discoveryUrl?: string;
    readonly storageAccount?: string;
    readonly publicNetworkAccess?: string;
  };
}

/**
 * Reads the workspace, which tells early whether it can be reached at all.
 *
 * @throws {UserError} `azure.not_found` and its like.
 */
export async function getWorkspace(workspace: Workspace): Promise<WorkspaceInfo> {
  const { name, resource_group: group } = workspace.config;
  const action = `read workspace "${name}"`;
  const found = await workspace.find<WorkspaceResource>({ action, method: "GET", path: "" });
  if (found !== undefined) return toInfo(found);
  throw new UserError(`Cannot ${action}: there is none of that name in resource group "${group}"`, {
    code: "azure.not_found",
    exit: ExitCode.Rejected,
    hint: `Change \`workspace\` in azureml.yml (\`az ml workspace list\` lists workspaces), or create it: \`${
      workspaceLine(workspace.config)
    }\``,
  });
}

function toInfo({ location, properties = {} }: WorkspaceResource): WorkspaceInfo {
  return {
    location,
    discoveryUrl: properties.discoveryUrl,
    storageAccountId: properties.storageAccount,
    isPublic: properties.publicNetworkAccess?.toLowerCase() !== "disabled",
  };
}

/** An environment as it is pinned for one submit. */
export interface PinnedEnvironment {
  /** As written in azureml.yml or on the command line. */
  readonly asked: string;
  /** What components say: `azureml:` with an ARM id, or a registry's id. */
  readonly reference: string;
  /** For people, such as `my-env:12`. */
  readonly shown: string;
}

/** How the names of environments begin that Microsoft made, and that every workspace has. */
const CURATED = "AzureML-";

/** @internal A list of versions. */
interface Versions {
  readonly value: readonly { readonly id: string; readonly name: string }[];
}

/**
 * Finds which version of an environment a job gets, once for all of its steps.
 *
 * `latest` is the version that was created last, as azure-ai-ml has it; an image is registered as an anonymous
 * environment. What Microsoft made stays as it is written: Azure itself knows where it is.
 *
 * @throws {UserError} `environment.*` when there is no such environment or the text names no version.
 */
export async function pinEnvironment(workspace: Workspace, asked: string): Promise<PinnedEnvironment> {
  const found = parseEnvironment(asked);
  if (found.kind === "image") return await registerImage(workspace, asked, found.image);
  if (found.kind === "id") {
    const reference = found.id.startsWith("/") ? `azureml:${found.id}` : found.id;
    return { asked, reference, shown: asked };
  }
  const { name, version, label } = found;
  if (name.startsWith(CURATED)) {
    const bare = asked.replace(/^azureml:/, "");
    return { asked, reference: `azureml:${bare}`, shown: bare };
  }
  if (version !== undefined) return named(workspace, asked, name, await existing(workspace, name, version));
  if (label !== "latest") throw noVersion(asked, name, label);
  return named(workspace, asked, name, await latest(workspace, name));
}

function named(workspace: Workspace, asked: string, name: string, version: string): PinnedEnvironment {
  const id = `${workspace.id}/environments/${name}/versions/${version}`;
  return { asked, reference: `azureml:${id}`, shown: `${name}:${version}` };
}

async function existing(workspace: Workspace, name: string, version: string): Promise<string> {
  const found = await workspace.find({
    action: `read environment "${name}:${version}"`,
    method: "GET",
    path: `environments/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`,
  });
  if (found === undefined) throw noEnvironment(workspace, `${name}:${version}`);
  return version;
}

async function latest(workspace: Workspace, name: string): Promise<string> {
  const found = await workspace.find<Versions>({
    action: `find the latest version of environment "${name}"`,
    method: "GET",
    path: `environments/${encodeURIComponent(name)}/versions`,
    query: { "$orderBy": "createdtime desc", "$top": "1" },
  });
  const version = found?.value[0]?.name;
  if (version === undefined) throw noEnvironment(workspace, name);
  return version;
}

async function registerImage(workspace: Workspace, asked: string, image: string): Promise<PinnedEnvironment> {
  const { name, version } = anonymousImageEnvironment(image);
  await workspace.send({
    action: `register image "${image}" as an environment`,
    method: "PUT",
    path: `environments/${name}/versions/${version}`,
    body: { properties: { image, isAnonymous: true, isArchived: false } },
  });
  return { ...named(workspace, asked, name, version), shown: image };
}

function noEnvironment(workspace: Workspace, what: string): UserError {
  return new UserError(
    `Cannot use environment "${what}": workspace "${workspace.config.name}" has none of that name`,
    {
      code: "environment.not_found",
      exit: ExitCode.Rejected,
      hint:
        `Change \`execution.environment\` in azureml.yml, or write its files with \`kedro-azureml init --environment\` and create it: \`${
          environmentLine(workspace.config, { name: what.replace(/[:@].*$/, "") })
        }\``,
    },
  );
}

function noVersion(asked: string, name: string, label: string | undefined): UserError {
  const what = label === undefined ? "it names no version" : `"${label}" is not a label that Azure ML knows`;
  return new UserError(`Cannot use environment "${asked}": ${what}`, {
    code: "environment.no_version",
    exit: ExitCode.Config,
    hint: `Write \`${name}@latest\` or \`${name}:<version>\` as \`execution.environment\``,
  });
}

/**
 * Finds which version of a data asset a step reads, and gives its id.
 *
 * @param path `azureml:name@latest` or `azureml:name:version`.
 * @throws {UserError} `data.not_found` when there is no such asset.
 */
export async function pinDataAsset(workspace: Workspace, path: string): Promise<string> {
  const [, name, label, version] = /^azureml:(.+?)(?:@(latest)|:([^:@]+))$/.exec(path) ?? [];
  const action = `read data asset "${path.replace("azureml:", "")}"`;
  const container = `data/${encodeURIComponent(name!)}`;
  const found = label === undefined
    ? await workspace.find({
      action,
      method: "GET",
      path: `${container}/versions/${encodeURIComponent(version!)}`,
    })
    : await workspace.find<{ properties: { latestVersion?: string } }>({
      action,
      method: "GET",
      path: container,
    });
  const pinned = label === undefined ? version : (found as Container | undefined)?.properties.latestVersion;
  if (found !== undefined && pinned !== undefined) return `${workspace.id}/data/${name}/versions/${pinned}`;
  throw new UserError(`Cannot ${action}: workspace "${workspace.config.name}" has none of that name`, {
    code: "data.not_found",
    exit: ExitCode.Rejected,
    hint: `Change \`azureml_dataset\` in the catalog, or create it with the type of the catalog entry: \`${
      dataLine(workspace.config, { name: name!, type: "uri_folder", path: "<file, folder or address>" })
    }\``,
  });
}

type Container = { readonly properties: { readonly latestVersion?: string } };
