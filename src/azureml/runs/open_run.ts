import { once } from "../../core/async.ts";
import { reasonOf } from "../../core/python_log.ts";
import { isFailed } from "../../core/runs.ts";
import { transferLimit } from "../client/pace.ts";
import type { Workspace } from "../client/workspace.ts";
import { runAdvice } from "../errors/step_advice.ts";
import type { JobBody } from "../job/body.ts";
import { failedNode } from "../job/compile/command.ts";
import { type JobStep, requireStep, stepsOf } from "../job/steps.ts";
import { normalizedName } from "../job/names.ts";
import { openRunHistory, producerOf, type RunFailure, type RunHistory, type StepRun } from "./history.ts";
import { getJobBody, type Job } from "./jobs.ts";

export interface RunStep extends JobStep {
  readonly run: StepRun | undefined;
}

/** A job in Azure ML and what can be read of it; the requests for that are sent when it is asked for. */
export interface OpenRun {
  readonly workspace: Workspace;
  readonly name: string;
  readonly job: Job;
  readonly body: JobBody;
  /** In graph order; runs that belong to no step are last. */
  readonly steps: readonly RunStep[];
  readonly history: RunHistory;
  /** Finds a step by its node or key. @throws {UserError} `job.no_step`, which lists the existing steps. */
  step(name: string): RunStep;
  own(): Promise<StepRun>;
  /** Why a step failed; without one, why the job did. */
  failure(step?: RunStep): Promise<Failure>;
  /** Why each failed step failed; why the job did, if no step failed. */
  failures(): Promise<readonly StepFailure[]>;
  /** URLs of the logs that a step, or the job itself, has so far, by name; each URL expires after a while. */
  logFiles(step?: RunStep): Promise<Readonly<Record<string, string>>>;
}

/** Why a step failed, and what to do about it, if known. */
export interface StepFailure {
  readonly step: string;
  /** The node that failed, of a step that runs several. */
  readonly node?: string | undefined;
  readonly reason?: string | undefined;
  /** Where the project raised the exception. */
  readonly place?: string | undefined;
  readonly hint?: string | undefined;
}

/** Why a step failed, with all that Azure ML says about it. */
type Failure = RunFailure & StepFailure;

/** Says why, where and on which node a run failed, and what to do about it. */
export function explained(
  failure: RunFailure,
  { compute, workspace }: { readonly compute: string | undefined; readonly workspace: Workspace },
): Omit<StepFailure, "step"> {
  const { cause, logTail } = failure;
  return {
    node: failedNode(logTail),
    reason: reasonOf(failure),
    place: cause?.place,
    hint: runAdvice(failure, { compute, workspace: workspace.config }),
  };
}

/**
 * Opens a job with the current state of its steps; if a step has several runs, the last one counts.
 *
 * @param open Returns the run history (default: it is looked up).
 * @throws {UserError} `job.not_found`, `azure.*`, `network.*`, `run_history.not_found`.
 */
export async function openRun(
  workspace: Workspace,
  name: string,
  open: () => Promise<RunHistory> = () => openRunHistory(workspace),
): Promise<OpenRun> {
  const [{ job, body }, history] = await Promise.all([getJobBody(workspace, name), open()]);
  const planned = stepsOf(body);
  const runs = await history.children(name);
  const belongs = stepsOfRuns(planned, runs);
  const byStep = new Map(runs.map((run) => [belongs.get(run)?.key ?? run.id, run]));
  const strays = runs.filter(({ id }) => byStep.has(id)).map(asStep);
  const steps = [...planned, ...strays].map((step): RunStep => ({ ...step, run: byStep.get(step.key) }));
  return runOf({ workspace, name, job, body, steps, history });
}

export function runOf(
  parts: Pick<OpenRun, "workspace" | "name" | "job" | "body" | "steps" | "history">,
): OpenRun {
  const { workspace, name, job, steps, history } = parts;
  const ofJob = { label: name, run: undefined };

  async function failure({ label, run }: Pick<RunStep, "label" | "run"> = ofJob): Promise<Failure> {
    const failure = await history.failure(run?.id ?? name);
    return { ...failure, step: label, ...explained(failure, { compute: run?.compute, workspace }) };
  }

  return {
    ...parts,
    step: (stepName) => requireStep(steps, name, stepName),
    own: once(() => history.run(name)),
    failure,
    async failures() {
      const failed = steps.filter(({ run }) => run !== undefined && isFailed(run.status));
      const all = failed.length === 0 && job.status === "Failed" ? [ofJob] : failed;
      const limit = transferLimit();
      return await Promise.all(all.map((one) =>
        limit(async () => {
          const { step, node, reason, place, hint } = await failure(one);
          return { step, node, reason, place, hint };
        })
      ));
    },
    async logFiles(step) {
      if (step === undefined) return await history.logFiles(name);
      return step.run === undefined ? {} : await history.logFiles(producerOf(step.run));
    },
  };
}

/** Converts a run that belongs to no step in the job's body to a step of its own. */
function asStep({ id, step, compute }: StepRun): JobStep {
  return { key: id, label: step, compute, needs: [] };
}

/** Runs with equal names, and how many of these names match each step. */
interface Claim<R> {
  readonly runs: readonly R[];
  readonly fits: ReadonlyMap<JobStep, number>;
}

/**
 * Finds the steps that runs belong to. Run history names a step by its display name, its component's name, or its
 * key, so any of a run's names may match. Runs with equal names are attempts of the same step.
 *
 * The label of one step may be the key of another: `load.data` has the key `load_data`, and a node `load_data` beside
 * it has `load_data_1`. Therefore runs that match only one step are assigned first, and no step is assigned twice.
 */
export function stepsOfRuns<R extends Pick<StepRun, "names">>(
  steps: readonly JobStep[],
  runs: readonly R[],
): ReadonlyMap<R, JobStep> {
  const [exact, alike] = [(text: string) => text, normalizedName].map((of) => indexed(steps, of));
  const stepOf = new Map<R, JobStep>();
  let claims = [...Map.groupBy(runs, ({ names }) => JSON.stringify(names)).values()].map((same): Claim<R> => {
    const names = same[0]!.names.filter((name): name is string => Boolean(name));
    const fits = count(names.flatMap((name) => exact!.get(name) ?? []));
    return {
      runs: same,
      fits: fits.size > 0 ? fits : count(names.flatMap((name) => alike!.get(normalizedName(name)) ?? [])),
    };
  });
  for (;;) {
    claims = claims.filter(({ runs, fits }) => fits.size > 0 && !stepOf.has(runs[0]!));
    if (claims.length === 0) return stepOf;
    const sure = claims.filter(({ fits }) => fits.size === 1);
    const taken = new Set<JobStep>();
    for (const claim of sure.length > 0 ? sure : [clearest(claims)]) {
      const [step] = [...claim.fits].sort((one, other) => other[1] - one[1])[0]!;
      if (taken.has(step)) continue;
      taken.add(step);
      for (const run of claim.runs) stepOf.set(run, step);
    }
    claims = claims.map((claim) => without(claim, taken));
  }
}

function indexed(steps: readonly JobStep[], of: (text: string) => string): ReadonlyMap<string, JobStep[]> {
  const index = new Map<string, JobStep[]>();
  for (const step of steps) {
    for (const name of new Set([of(step.key), of(step.label)])) {
      index.set(name, [...index.get(name) ?? [], step]);
    }
  }
  return index;
}

function count(steps: readonly JobStep[]): Map<JobStep, number> {
  return new Map([...Map.groupBy(steps, (step) => step)].map(([step, { length }]) => [step, length]));
}

function clearest<R>(claims: readonly Claim<R>[]): Claim<R> {
  const best = ({ fits }: Claim<R>) => Math.max(...fits.values());
  return claims.reduce((claim, other) => best(other) > best(claim) ? other : claim);
}

function without<R>({ runs, fits }: Claim<R>, taken: ReadonlySet<JobStep>): Claim<R> {
  return { runs, fits: new Map([...fits].filter(([step]) => !taken.has(step))) };
}
