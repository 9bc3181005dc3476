import { codeChanges, type FileChange } from "../../azureml/submit/code_changes.ts";
import { codesOf, describeJob } from "../../azureml/runs/compare.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun.ts";
import { codeAssetName } from "../../azureml/job/code/file.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { loadConfig } from "../../config/azureml_yml.ts";
import { DEFAULT_ENV } from "../../config/conf_folders.ts";
import { UserError } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { shownName } from "../../core/untrusted.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { AppContext } from "../context.ts";
import { openProjectCode } from "../project/submission_inputs.ts";
import { type ReadOptions, withLoadOptions } from "../project/open.ts";
import type { RememberedJob } from "../runs/remembered.ts";

/**
 * Warns if the project's code has changed since a run was submitted, because a rerun uses the old code. Without a
 * project or access to the code, it says nothing.
 */
export async function warnOfOldCode(
  ctx: AppContext,
  run: Pick<RememberedJob, "name" | "job" | "env">,
  { workspace, planned: { body, components }, project }: {
    readonly workspace: Workspace;
    readonly planned: PlannedRerun;
    readonly project: ReadOptions;
  },
): Promise<void> {
  const [old, ...others] = codesOf(describeJob(body, (id) => components.get(id)));
  if (old === undefined || others.length > 0) return;
  try {
    const now = await codeNow({ ...ctx, report: () => {} }, { ...project, kedroEnv: run.env });
    if (now === undefined || old === `${codeAssetName(now.hash)}:1`) return;
    const changes = await codeChanges(workspace, old, now, { patches: false });
    const files = "files" in changes ? changes.files : undefined;
    if (files?.length === 0) return;
    const env = run.env === DEFAULT_ENV ? "" : ` -e ${shellWord(run.env)}`;
    ctx.report({
      type: "warning",
      warning: {
        code: "rerun.old_code",
        message: `${
          changedText(files)
        } changed since job ${run.name} was submitted, and a rerun uses the old code`,
        hint: `Run \`kedro-azureml submit ${shellWord(run.job)}${env}\` to use the code as it is now`,
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
  }
}

function changedText(files: readonly FileChange[] | undefined): string {
  if (files === undefined) return "The code";
  return files.length === 1 ? `"${shownName(files[0]!.name)}"` : countText(files.length, "code file");
}

async function codeNow(ctx: AppContext, project: ReadOptions) {
  return await withLoadOptions(ctx, project, async (load) => {
    const { azureml, place } = await loadConfig(ctx, load);
    const directory = azureml.execution.code_directory ?? undefined;
    return directory === undefined ? undefined : await openProjectCode(ctx, load, place).code(directory);
  });
}
