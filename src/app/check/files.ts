import type { AppContext } from "../context.ts";
import { resolve } from "node:path";
import { CODE_CHECKS } from "../../azureml/checks/upload.ts";
import { downgradeAllowed, type Finding } from "../../azureml/checks/finding.ts";
import { findSecrets } from "../../azureml/checks/secrets.ts";
import type { CodeSelection } from "../../azureml/job/code/walk.ts";
import { loadConfig } from "../../config/azureml_yml.ts";
import { openStore } from "../../kedro/reader/cache_store.ts";
import { openProjectCode } from "../project/submission_inputs.ts";
import type { Strictness } from "./check.ts";
import { type ReadOptions, withLoadOptions } from "../project/open.ts";

export interface ListedFiles {
  /** Absolute path of the code folder; `undefined` if the environment contains the code. */
  readonly folder: string | undefined;
  readonly selection: CodeSelection | undefined;
  readonly findings: readonly Finding[];
  readonly root: string;
}

/** Selects the code as `submit` does, without reading pipelines. @throws {UserError} `config.*`, `code.*`. */
export async function listFiles(
  ctx: AppContext,
  options: ReadOptions & Strictness,
): Promise<ListedFiles> {
  const { allow = [] } = options;
  return await withLoadOptions(ctx, options, async (load): Promise<ListedFiles> => {
    const { azureml, place } = await loadConfig(ctx, load);
    const directory = azureml.execution.code_directory;
    const { root } = load;
    if (directory === null) return { folder: undefined, selection: undefined, findings: [], root };
    const selection = await openProjectCode(ctx, load, place).select(directory);
    const subject = {
      code: selection,
      secrets: await findSecrets(ctx.fs, selection.files, await openStore(ctx, root)),
      place,
    };
    const findings = CODE_CHECKS.flatMap(({ run }) => run(subject)).map(
      downgradeAllowed(allow),
    );
    return { folder: resolve(root, directory), selection, findings, root };
  });
}
