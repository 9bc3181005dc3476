import { sendJob } from "../../azureml/submit/send_job.ts";
import { stepsOf } from "../../azureml/write/steps.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun_plan.ts";
import { requireSame } from "../../azureml/compare/require_same.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { chooseEnv } from "../../config/layers/env.ts";
import type { AppContext } from "../context.ts";
import { openBoard } from "../step_board.ts";
import { follow, type FollowingOptions } from "../runs/follow.ts";
import { type JobOptions, rootOf } from "../runs/targets.ts";
import type { JobsFile } from "../records/jobs_file.ts";
import type { RunResult } from "../runs/results.ts";
import { openSentJobs, type SentJobs } from "../records/ledger.ts";

/** How a job is submitted again. */
export interface RerunningOptions extends Omit<JobOptions, "names"> {
  /** What the new job is to be called in Azure ML: the same is then sent once only. */
  readonly as?: string;
  readonly waitForCompletion?: boolean;
  /** Seconds that following may take. */
  readonly timeout?: number;
  readonly cancelOnInterrupt?: boolean;
  /** Where it stands which job was sent. */
  readonly jobsFile?: JobsFile | undefined;
}

/** @internal What is sent, and where to. */
interface Sending {
  readonly workspace: Workspace;
  readonly planned: PlannedRerun;
  /** The job's name in azureml.yml, or what else it goes by. */
  readonly job: string;
}

/** Sends a job that repeats another, and follows it where that is asked for. */
export async function* sendRerun(
  ctx: AppContext,
  sending: Sending,
  options: RerunningOptions,
): AsyncIterable<RunResult> {
  const root = await rootOf(ctx, options);
  const sent = openSentJobs(ctx, { ...options, root, env: chooseEnv(options.env, ctx.env.KEDRO_ENV) });
  try {
    yield* send(ctx, sending, { ...options, sent });
    ctx.signal.throwIfAborted();
  } catch (thrown) {
    await sent.failed(sending.job, thrown);
    throw ctx.signal.aborted ? await sent.interrupted() : thrown;
  } finally {
    await sent.close();
  }
}

async function* send(
  ctx: AppContext,
  { workspace, planned, job }: Sending,
  options: RerunningOptions & { readonly sent: SentJobs },
): AsyncIterable<RunResult> {
  const { sent, as } = options;
  const { body, components, old } = planned;
  const { name, studioUrl, job: taken, wasThere } = await sendJob(workspace, {
    name: as,
    body: async () => body,
    requireSame: (there) => requireSame(workspace, there, { body, components }),
    async beforeSending(named) {
      await sent.sending({ job, ...named }, workspace);
      ctx.report({ type: "rerun", job, ...named });
    },
  });
  const board = openBoard(stepsOf(body));
  const known = { job, name, studioUrl, status: taken.status };
  await sent.accepted({ ...known, board }, workspace);
  const run = { ...known, wasThere, of: old.name, planned };
  yield { type: "rerun", run, workspace: workspace.config };
  if (!options.waitForCompletion) return;
  const onEnd: FollowingOptions["onEnd"] = (end) => sent.ended(end);
  yield { type: "ended", run: await follow(ctx, workspace, { ...options, name, job, board, onEnd }) };
}
