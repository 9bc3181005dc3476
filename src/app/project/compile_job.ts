import { ownValue } from "../../core/fields.ts";
import type { AppContext } from "../context.ts";
import { compile, type Compiled } from "../../azureml/job/compile/job.ts";
import { UserError } from "../../core/errors.ts";
import { groupSetting } from "./group_setting.ts";
import { withProjectPlace } from "./locate_error.ts";
import type { Overrides, SelectedJobs } from "./select_jobs.ts";

/**
 * Compiles one selected job.
 *
 * @param job Name in azureml.yml.
 * @throws {UserError} as `compile()`, with the place in the project's configuration that causes it.
 */
export async function compileJob(
  ctx: AppContext,
  { session, jobs }: SelectedJobs,
  job: string,
  { displayNames, ...overrides }: Overrides,
): Promise<Compiled> {
  const { config, snapshot, load } = session;
  const groupBy = overrides.groupBy ?? await groupSetting(ctx, { session, jobs }, job);
  try {
    return compile({
      job,
      definition: jobs.get(job)!,
      config: config.azureml,
      place: config.place,
      snapshot,
      mlflowExperimentName: config.experimentName,
    }, {
      ...overrides,
      groupBy,
      params: load.runtimeParams,
      displayName: ownValue(displayNames, job),
    });
  } catch (thrown) {
    throw thrown instanceof UserError ? await withProjectPlace(ctx, session, thrown) : thrown;
  }
}
