import { jobName } from "../../azureml/jobs/name.ts";
import { stepsOf } from "../../azureml/write/steps.ts";
import { findJobBody, type JobAndBody, putJob, studioUrl } from "../../azureml/jobs/job.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun_plan.ts";
import { requireSame } from "../../azureml/compare/require_same.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { chooseEnv } from "../../config/layers/env.ts";
import type { AppContext } from "../context.ts";
import { openBoard } from "../step_board.ts";
import { follow, type FollowRunOptions } from "../runs/follow.ts";
import { rememberedRoot, type RunTargetOptions } from "../runs/targets.ts";
import type { JobsFile } from "../records/jobs_file.ts";
import type { RunResult } from "../runs/results.ts";
import { openLedger, type SubmissionLedger } from "../records/ledger.ts";

/** How a job is submitted again. */
export interface SendRerunOptions extends Omit<RunTargetOptions, "names"> {
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
  options: SendRerunOptions,
): AsyncIterable<RunResult> {
  const root = await rememberedRoot(ctx, options);
  const sent = openLedger(ctx, { ...options, root, env: chooseEnv(options.env, ctx.env.KEDRO_ENV) });
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
  options: SendRerunOptions & { readonly sent: SubmissionLedger },
): AsyncIterable<RunResult> {
  const { sent, as } = options;
  const { body, components, old } = planned;
  const accept = (there: JobAndBody) => requireSame(workspace, there, { body, components });
  const there = as === undefined ? undefined : await findJobBody(workspace, as);
  if (there !== undefined) await accept(there);
  const name = as ?? jobName(ctx.random);
  const known = { job, name, studioUrl: studioUrl(workspace, name) };
  if (there === undefined) {
    await sent.sending(known, workspace);
    ctx.report({ type: "rerun", ...known });
  }
  const taken = there?.job ?? await putJob(workspace, name, body, as === undefined ? {} : { accept });
  const board = openBoard(stepsOf(body));
  const { status } = taken;
  const link = { studioUrl: taken.studioUrl ?? known.studioUrl };
  await sent.accepted({ ...known, ...link, status, board }, workspace);
  const wasThere = there !== undefined;
  const run = { ...known, ...link, status, wasThere, of: old.name, planned };
  yield { type: "rerun", run, workspace: workspace.config };
  if (!options.waitForCompletion) return;
  const onEnd: FollowRunOptions["onEnd"] = (end) => sent.ended(end);
  yield { type: "ended", run: await follow(ctx, workspace, { ...options, name, job, board, onEnd }) };
}
