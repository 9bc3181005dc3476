import type { SubmittedJob } from "../../azureml/submit/submit.ts";
import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { type Callback, type CallbackJob, type CallbackName, findCallback } from "../../kedro/callback.ts";
import type { Project } from "../../kedro/project.ts";
import type { Globals } from "../../cli/command/globals.ts";
import type { Output } from "../../cli/command/output.ts";
import { renderCallbackFailed, renderCalledBack } from "../../cli/submit/submit_text.ts";
import { workingFolder } from "../project/open.ts";

/** Which callback a command was given. */
export interface CallbackOptions extends Globals {
  readonly onJobScheduled?: CallbackName;
  readonly python?: string;
}

/**
 * Finds the callback that the options name, before anything is sent.
 *
 * @throws {UserError} `callback.not_found`.
 */
export async function openCallback(
  ctx: Context,
  project: Project,
  options: CallbackOptions,
): Promise<Callback | undefined> {
  if (options.onJobScheduled === undefined) return undefined;
  const python = options.python ?? (ctx.env.KEDRO_AZUREML_PYTHON || undefined);
  return await findCallback(ctx, project, options.onJobScheduled, {
    python,
    cwd: workingFolder(ctx, options),
  });
}

/**
 * Calls back for a job that Azure has taken; that the callback fails does not hide that the job runs.
 */
export async function callBack(ctx: Context, callback: Callback, job: SubmittedJob): Promise<Output> {
  try {
    return renderCalledBack(job, callback.shown, await callback.call(callbackJob(job)));
  } catch (thrown) {
    if (ctx.signal.aborted || !(thrown instanceof UserError)) throw thrown;
    return renderCallbackFailed(job, callback.shown, thrown);
  }
}

/** A job by the names that azure-ai-ml gives its attributes. */
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
