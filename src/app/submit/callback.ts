import type { SubmittedJob } from "../../azureml/features/submit/submitter.ts";
import { userErrorOf } from "../../core/errors.ts";
import {
  type Callback,
  type CallbackJob,
  type CallbackName,
  findCallback,
} from "../../kedro/find_callback.ts";
import type { Project } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import type { RunResult } from "../run/results.ts";

/** Finds the function to call with each job, before any is sent. @throws {UserError} `callback.not_found`. */
export async function openCallback(
  ctx: AppContext,
  project: Project,
  { onJobScheduled, reading }: {
    readonly onJobScheduled?: CallbackName | undefined;
    readonly reading: ProjectOptions;
  },
): Promise<Callback | undefined> {
  if (onJobScheduled === undefined) return undefined;
  const { kedroPython: python, directory: cwd = ctx.cwd } = reading;
  return await findCallback(ctx, project, onJobScheduled, { python, cwd });
}

/** Calls the function for a job that Azure has accepted; its failure is a result, because the job runs anyway. */
export async function runCallback(
  ctx: AppContext,
  callback: Callback,
  job: SubmittedJob,
): Promise<RunResult> {
  try {
    const printed = await callback.call(callbackJob(job));
    return { type: "callback", job, callback: callback.shown, printed };
  } catch (thrown) {
    const error = userErrorOf(thrown, ctx.signal);
    return { type: "callback_failed", job, callback: callback.shown, error };
  }
}

/** A job with the attribute names of azure-ai-ml. */
function callbackJob({ name, id, status, studioUrl, properties }: SubmittedJob): CallbackJob {
  return {
    name,
    id,
    status,
    studio_url: studioUrl,
    type: "pipeline",
    display_name: properties.displayName ?? null,
    experiment_name: properties.experimentName ?? null,
    description: properties.description ?? null,
    compute: String(properties.computeId).split("/").at(-1)!,
    tags: properties.tags ?? {},
    properties: properties.properties ?? {},
    services: { Studio: { endpoint: studioUrl } },
  };
}
