import { describeSubmitted } from "../../azureml/features/compare/describe_submitted.ts";
import { changesOf } from "../../azureml/features/compare/changes.ts";
import { findJobBody, type JobAndBody } from "../../azureml/service/runs/run.ts";
import { findNewest } from "../../azureml/service/runs/list.ts";
import type { ComponentSpecs } from "../../azureml/features/compare/describe_submitted.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { ChangesView } from "../../page/view.ts";

/**
 * Compares a run with the most recent earlier one of the same experiment and display name; `undefined` if there is
 * none.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function changesSincePrevious(
  workspace: Workspace,
  { job, body }: JobAndBody,
  components: ComponentSpecs,
): Promise<ChangesView | undefined> {
  const name = await previousOf(workspace, job);
  const before = name === undefined ? undefined : await findJobBody(workspace, name);
  if (before === undefined) return undefined;
  const [old, now] = await Promise.all([
    describeSubmitted(workspace, before.body, components),
    describeSubmitted(workspace, body, components),
  ]);
  return { against: before.job.name, status: before.job.status, changes: changesOf(old, now) };
}

async function previousOf(workspace: Workspace, job: JobAndBody["job"]): Promise<string | undefined> {
  let isAfter = false;
  const previous = await findNewest(workspace, ({ name, displayName, experimentName }) => {
    const isAlike = displayName === job.displayName && experimentName === job.experimentName;
    if (isAfter && isAlike) return true;
    isAfter ||= name === job.name;
    return false;
  });
  return previous?.name;
}
