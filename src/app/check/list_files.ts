import type { AppContext } from "../context.ts";
import { resolve } from "node:path";
import { CODE_CHECKS } from "../../azureml/checks/code.ts";
import { downgradeAllowed, type Finding } from "../../azureml/checks/finding.ts";
import { findSecrets } from "../../azureml/checks/secret_files.ts";
import type { CodeSelection } from "../../azureml/code/selection.ts";
import { loadConfig } from "../../config/azureml/load.ts";
import { openProjectCode } from "../project/code.ts";
import { openLoadOptions, type ReadingOptions } from "../project/open.ts";

/** How files are listed. */
export interface FilesOptions extends ReadingOptions {
  readonly strict?: boolean;
  /** Codes of errors that count as warnings. */
  readonly allow?: readonly string[];
}

/** What would be uploaded. */
export interface Listed {
  /** Absolute path of the code folder; `undefined` where the environment holds the code. */
  readonly folder: string | undefined;
  readonly selection: CodeSelection | undefined;
  readonly findings: readonly Finding[];
  /** Absolute path of the project. */
  readonly root: string;
}

/**
 * Selects the project's code as a submit does; pipelines are not read.
 *
 * @throws {UserError} `config.*`, `code.*`.
 */
export async function listFiles(ctx: AppContext, options: FilesOptions): Promise<Listed> {
  return await openLoadOptions(ctx, options, async (load): Promise<Listed> => {
    const { azureml, place } = await loadConfig(ctx, load);
    const directory = azureml.execution.code_directory;
    const { root } = load;
    if (directory === null) return { folder: undefined, selection: undefined, findings: [], root };
    const selection = await openProjectCode(ctx, load, place).select(directory);
    const subject = { code: selection, secrets: await findSecrets(ctx.fs, selection.files), place };
    const findings = CODE_CHECKS.flatMap(({ run }) => run(subject)).map(
      downgradeAllowed(options.allow ?? []),
    );
    return { folder: resolve(root, directory), selection, findings, root };
  });
}
