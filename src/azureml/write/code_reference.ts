import { resolve } from "node:path";
import type { FileSystem } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";

/** What `code` of a component says, and what is odd about it. */
export interface CodeReference {
  readonly code: string | undefined;
  readonly warning?: Warning;
}

/**
 * What the plugin writes as `code` for a code folder: its absolute path, or the text itself where it names a
 * repository or an asset. Only a folder of this machine can be submitted.
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
