import { sendJob } from "../../azureml/submit/send_job.ts";
import { requireSame } from "../../azureml/runs/job_changes.ts";
import { type PlannedRerun, planRerun } from "../../azureml/submit/rerun.ts";
import { stepsOf } from "../../azureml/job/steps.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { DEFAULT_ENV } from "../../config/conf_folders.ts";
import type { AppContext } from "../context.ts";
import { lastJob } from "../runs/submitted_jobs.ts";
import { openLedger } from "../runs/ledger.ts";
import { type JobsFileOptions, openJobsFile } from "../runs/jobs_file.ts";
import { follow, type RunResult } from "../runs/follow_runs.ts";
import { rootOfProject } from "../runs/names.ts";
import { openRuns, type RunsRequest } from "../runs/targets.ts";
import { requireSingleJob } from "../project/select_jobs.ts";
import { openBoard } from "../../azureml/runs/follow_job.ts";
import type { SendOptions } from "./submit.ts";

/**
 * Submits an earlier run again, with all of its steps or only those that did not complete.
 *
 * @throws {UserError} `job.*`, `rerun.*`, `azure.*`, `file.not_written`.
 */
export async function* rerunJob(
  ctx: AppContext,
  options:
    & RunsRequest
    & JobsFileOptions
    & Pick<SendOptions, "name" | "wait" | "timeoutMs" | "logs" | "cancelOnInterrupt">
    & {
      readonly fromFailed?: boolean | undefined;
      readonly dryRun?: boolean | undefined;
    },
): AsyncIterable<
  | { readonly type: "planned"; readonly planned: PlannedRerun; readonly workspace: WorkspaceConfig }
  | RunResult
> {
  const targets = await openRuns(ctx, options);
  requireSingleJob(targets.length, FROM_FILE);
  const [target] = targets;
  const { workspace, name: asked, job = asked } = target!;
  const planned = await planRerun(workspace, asked, { fromFailed: options.fromFailed ?? false });
  const { cancelOnInterrupt, timeoutMs, logs } = options;
  const { root } = await rootOfProject(ctx, options);
  const remembered = await lastJob(ctx, root, { name: asked });
  if (options.dryRun) return yield { type: "planned", planned, workspace: workspace.config };
  const jobsFile = await openJobsFile(ctx, options);
  const env = remembered?.env ?? options.kedroEnv ?? DEFAULT_ENV;
  const ledger = openLedger(ctx, { cancelOnInterrupt, jobsFile, root, env });
  try {
    const { body, components, old } = planned;
    const { name, studioUrl, job: taken, wasThere } = await sendJob(workspace, {
      name: options.name,
      body: async () => body,
      requireSame: (existing) => requireSame(workspace, existing, { body, components }),
      async beforeSending(named) {
        await ledger.sending({ job, ...named }, workspace);
        ctx.report({ type: "rerun", job, ...named });
      },
    });
    const board = openBoard(stepsOf(body));
    const sent = { job, name, studioUrl, status: taken.status };
    await ledger.accepted({ ...sent, board }, workspace);
    const run = { ...sent, wasThere, of: old.name, planned };
    yield { type: "rerun", run, workspace: workspace.config };
    if (options.wait) {
      const onEnd = ledger.ended;
      const how = { timeoutMs, logs, name, job, board, onEnd };
      yield { type: "ended", run: await follow(ctx, workspace, how) };
    }
    ctx.signal.throwIfAborted();
  } catch (thrown) {
    await ledger.failed(job, thrown);
    throw await ledger.errorOf(thrown);
  } finally {
    await ledger.close();
  }
}

const FROM_FILE = {
  // usage.rerun_several: The file of `--output-file` has several jobs. Name the one to run again.
  code: "usage.rerun_several",
  option: "rerun",
  hint: "Name one of the jobs in the file, such as `rerun main --from FILE`",
} as const;
