import { sendJob } from "../../azureml/features/submit/send_job.ts";
import { requireSame } from "../../azureml/features/compare/require_same.ts";
import { type PlannedRerun, planRerun } from "../../azureml/features/rerun/plan.ts";
import { stepsOf } from "../../azureml/job/write/steps.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { DEFAULT_ENV } from "../../config/layers/settings.ts";
import type { AppContext } from "../context.ts";
import { openJobsFile } from "../records/jobs_file.ts";
import { openLedger, type SubmissionLedger } from "../records/ledger.ts";
import { follow, type FollowRequest } from "../run/follow_run.ts";
import type { RunResult } from "../run/results.ts";
import { openRuns, rememberedRoot, type RunTargetOptions } from "../run/targets.ts";
import { openBoard } from "../step_board.ts";
import type { OutputOptions } from "../project/output_files.ts";

/** Options of `rerun`. */
export interface RerunOptions extends RunTargetOptions, OutputOptions {
  /** Whether to run only the steps that did not complete. */
  readonly fromFailed?: boolean;
  /** Whether to show what would be sent, without sending it. */
  readonly dryRun?: boolean;
  /** Name of the new run in Azure ML; submitting the same run again under this name is a no-op. */
  readonly as?: string;
  /** File to write the submitted job to. */
  readonly outputFile?: string;
  /** How to follow the run; absent if it is not followed. */
  readonly follow?: FollowRequest;
  readonly cancelOnInterrupt?: boolean;
}

/** What `rerun` yields: with `dryRun` the plan, else the events of the new run. */
export type RerunResult =
  | { readonly type: "planned"; readonly planned: PlannedRerun; readonly workspace: WorkspaceConfig }
  | RunResult;

/**
 * Submits an earlier run again, with all of its steps or only those that did not complete.
 *
 * @throws {UserError} `job.*`, `rerun.*`, `azure.*`, `file.not_written`.
 */
export async function* rerunJob(ctx: AppContext, options: RerunOptions): AsyncIterable<RerunResult> {
  const [target] = await openRuns(ctx, options);
  const { workspace, name, job = name } = target!;
  const planned = await planRerun(workspace, name, { fromFailed: options.fromFailed ?? false });
  if (options.dryRun) return yield { type: "planned", planned, workspace: workspace.config };
  const jobsFile = await openJobsFile(ctx, options.outputFile, options);
  const root = await rememberedRoot(ctx, options);
  const env = options.kedroEnv ?? DEFAULT_ENV;
  const ledger = openLedger(ctx, { ...options, jobsFile, root, env });
  try {
    yield* send(ctx, { workspace, planned, job }, { ...options, ledger });
    ctx.signal.throwIfAborted();
  } catch (thrown) {
    await ledger.failed(job, thrown);
    throw ctx.signal.aborted ? await ledger.interrupted() : thrown;
  } finally {
    await ledger.close();
  }
}

interface RerunInputs {
  readonly workspace: Workspace;
  readonly planned: PlannedRerun;
  /** Name in azureml.yml, or the name of the earlier run if that is unknown. */
  readonly job: string;
}

async function* send(
  ctx: AppContext,
  { workspace, planned, job }: RerunInputs,
  options: RerunOptions & { readonly ledger: SubmissionLedger },
): AsyncIterable<RunResult> {
  const { ledger, as } = options;
  const { body, components, old } = planned;
  const { name, studioUrl, job: taken, wasThere } = await sendJob(workspace, {
    name: as,
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
  if (options.follow === undefined) return;
  const onEnd = ledger.ended;
  yield { type: "ended", run: await follow(ctx, workspace, { ...options.follow, name, job, board, onEnd }) };
}
