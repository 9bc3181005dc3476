import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { shellWord } from "../../core/text/shell_word.ts";

/**
 * `az` command lines that create what a job needs and a workspace does not have. They need the Azure CLI with its `ml`
 * extension; options are those of azure-cli-ml 2.
 */

/** The file of the environment definition that `init --environment` writes, relative to the project. */
export const ENVIRONMENT_FILE = "environment/environment.yml";

/** Creates a workspace. */
export function workspaceLine({ name, resource_group, subscription_id }: WorkspaceConfig): string {
  return az("workspace create", { name, "resource-group": resource_group, subscription: subscription_id });
}

/** Creates a cluster that scales down to no machines. */
export function computeLine(workspace: WorkspaceConfig, name: string): string {
  return az("compute create", {
    name,
    type: "AmlCompute",
    size: "Standard_DS3_v2",
    "min-instances": "0",
    "max-instances": "4",
    ...where(workspace),
  });
}

/**
 * Creates the environment that `init --environment` has written files for.
 *
 * @param options.name Another name than the one in the file.
 * @param options.file {@linkcode ENVIRONMENT_FILE} when absent.
 */
export function environmentLine(
  workspace: WorkspaceConfig,
  { name, file = ENVIRONMENT_FILE }: { readonly name?: string; readonly file?: string } = {},
): string {
  return az("environment create", { file, ...(name && { name }), ...where(workspace) });
}

/** Creates a data asset from a local file or folder, which is uploaded, or from a path in the cloud. */
export function dataLine(
  workspace: WorkspaceConfig,
  asset: { readonly name: string; readonly type: "uri_file" | "uri_folder"; readonly path: string },
): string {
  const { name, type, path } = asset;
  return az("data create", { name, type, path, ...where(workspace) });
}

function where({ name, resource_group, subscription_id }: WorkspaceConfig): Record<string, string> {
  return { "workspace-name": name, "resource-group": resource_group, subscription: subscription_id };
}

function az(command: string, options: Readonly<Record<string, string>>): string {
  const words = Object.entries(options).map(([name, value]) => `--${name} ${shellWord(value)}`);
  return ["az ml", command, ...words].join(" ");
}
