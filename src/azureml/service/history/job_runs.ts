import { ExitCode, UserError } from "../../../core/errors.ts";
import { didYouMean } from "../../../core/text/suggest.ts";
import { getJobBody, type Job } from "../runs/run.ts";
import { type JobStep, stepNamed, stepsOf } from "../../job/steps.ts";
import { openRunHistory, type RunHistory, type StepRun } from "./run_history.ts";
import type { JobBody } from "../../job/write/job_body.ts";
import { stepsOfRuns } from "./match_runs.ts";
import type { Workspace } from "../client/workspace.ts";

/** A job, its steps in graph order, and their runs so far. */
export interface JobRuns {
  readonly job: Job;
  /** What was submitted. */
  readonly body: JobBody;
  readonly steps: readonly (JobStep & { readonly run: StepRun | undefined })[];
  readonly history: RunHistory;
}

/**
 * Reads a job with the current state of its steps; if a step has several runs, the last one counts.
 *
 * @param open Returns the run history (default: it is looked up).
 * @throws {UserError} `job.not_found`, `azure.*`, `network.*`, `run_history.not_found`.
 */
export async function getJobRuns(
  workspace: Workspace,
  name: string,
  open: () => Promise<RunHistory> = () => openRunHistory(workspace),
): Promise<JobRuns> {
  const [{ job, body }, history] = await Promise.all([getJobBody(workspace, name), open()]);
  const steps = stepsOf(body);
  const runs = await history.children(name);
  const belongs = stepsOfRuns(steps, runs);
  const byStep = new Map(runs.map((run) => [belongs.get(run)?.key ?? run.id, run]));
  const strays = runs.filter(({ id }) => byStep.has(id)).map(asStep);
  return {
    job,
    body,
    history,
    steps: [...steps, ...strays].map((step) => ({ ...step, run: byStep.get(step.key) })),
  };
}

/** Converts a run that belongs to no step in the job's body to a step of its own. */
function asStep({ id, step, compute }: StepRun): JobStep {
  return { key: id, label: step, compute, needs: [] };
}

/** Finds a step by its node or key. @throws {UserError} `job.no_step`, which lists the existing steps. */
export function requireStep<T extends JobStep>(steps: readonly T[], name: string, stepName: string): T {
  const step = stepNamed(steps, stepName);
  if (step !== undefined) return steps.find(({ key }) => key === step.key)!;
  const labels = steps.map(({ label }) => label);
  throw new UserError(`Job "${name}" has no step "${stepName}"${didYouMean(stepName, labels)}`, {
    code: "job.no_step",
    exit: ExitCode.Usage,
    details: [`steps: ${labels.join(", ")}`],
    hint: "Pass one of them to `--step`",
  });
}
