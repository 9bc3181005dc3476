import { ExitCode, UserError } from "../../../core/errors.ts";
import { askService, isAboutRun } from "../client/read_json.ts";
import type { Workspace } from "../client/workspace.ts";
import { findApi } from "./discovery.ts";
import type { Fields } from "../../../core/fields.ts";

/** The error for a run that is a step of a job. It names the job and the step, if run history can be read. */
export async function notAJobError(workspace: Workspace, run: string): Promise<UserError> {
  const { job, step } = await stepOf(workspace, run).catch((thrown) => {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    return { job: undefined, step: undefined };
  });
  const which = job === undefined ? "a step of a job" : `step "${step}" of job "${job}"`;
  return new UserError(`"${run}" is ${which}, not a job`, {
    code: "job.is_step",
    exit: ExitCode.Rejected,
    hint: job === undefined
      ? "Pass the name of the job; `kedro-azureml job list` shows them"
      : `Pass the name of the job, "${job}"; \`job logs\` and \`job download\` also take \`--step ${step}\``,
    data: { name: run, ...(job !== undefined && { job, step }) },
  });
}

/** The job and the name of a step, from its run. */
async function stepOf(workspace: Workspace, run: string) {
  const action = `read run "${run}"`;
  const api = await findApi(workspace);
  const url = `${api}/history/v1.0${workspace.id}/runs/${encodeURIComponent(run)}`;
  const { rootRunId, parentRunId, displayName } = await askService<Fields>(workspace, {
    action,
    url,
    isExpected: isAboutRun(run),
  });
  const job = [rootRunId, parentRunId].find((id) => typeof id === "string" && id !== run);
  return { job, step: displayName ?? run };
}
