import { resolve } from "node:path";
import type { FileSystem } from "../../../core/context.ts";
import type { Warning } from "../../../core/errors.ts";

/** The value of `code` in a component, and a warning if it cannot be submitted. */
export interface CodeReference {
  readonly code: string | undefined;
  readonly warning?: Warning;
}

/**
 * Determines the value that the plugin writes as `code` for a code folder: its absolute path, or the text itself if
 * it refers to a repository or an asset. Only a folder on this machine can be submitted.
 */
export async function codeReference(
  fs: Pick<FileSystem, "stat">,
  root: string,
  directory: string | undefined,
): Promise<CodeReference> {
  if (directory === undefined) return { code: undefined };
  const path = resolve(root, directory);
  if ((await fs.stat(path))?.kind === "folder") return { code: path };
  const isReference = /^(azureml:|git\+|https?:|git@)/.test(directory);
  return {
    code: isReference ? directory : `azureml:${directory}`,
    warning: {
      code: "compile.code_not_a_folder",
      message:
        `The code folder "${directory}" does not exist in this project, so this job cannot be submitted`,
      hint:
        "Fix `execution.code_directory` in azureml.yml, or set it to null if the environment contains the code",
    },
  };
}
