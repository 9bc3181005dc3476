import type { DescribedJob, Fact } from "../../azureml/features/compare/describe.ts";
import { type ComparedFact, comparedFacts } from "../../azureml/features/compare/table.ts";
import { describeSubmitted } from "../../azureml/features/compare/require_same.ts";
import { readJobMetrics, type StepMetrics } from "../../azureml/service/history/job_metrics.ts";
import { getJobRuns, type JobRuns } from "../../azureml/service/history/job_runs.ts";
import { relativeChange } from "../../core/text/numbers.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { type CommitChanges, commitChanges } from "../git/commit_changes.ts";
import type { AppContext } from "../context.ts";
import type { PageTarget } from "../report/run_page.ts";
import { openRuns, rememberedRoot, type RunTargetOptions } from "../run/targets.ts";

/** One of the runs that are compared. */
export interface ComparedRun {
  /** Name in Azure ML. */
  readonly name: string;
  /** Name in azureml.yml, if known. */
  readonly job: string | undefined;
  readonly status: string;
  readonly experiment: string | undefined;
  readonly submittedAt: Date | undefined;
  readonly durationMs: number | undefined;
  /** Git commit that it was submitted from. */
  readonly commit: string | undefined;
}

/** A metric in each run. */
export interface ComparedMetric {
  readonly step: string | undefined;
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  /** Relative change from the first run to the last one; `undefined` if it cannot be computed. */
  readonly change: number | undefined;
}

/** A step in each run. */
export interface ComparedStep {
  readonly label: string;
  readonly statuses: readonly (string | undefined)[];
  readonly durationsMs: readonly (number | undefined)[];
}

/** How runs differ; the first is what the others are compared with. */
export interface ComparedRuns {
  readonly runs: readonly ComparedRun[];
  /** Steps are named by their nodes. */
  readonly facts: readonly ComparedFact[];
  /** What changed between the first commit and the last one; `undefined` if git does not know both. */
  readonly commits: CommitChanges | undefined;
  /** Those that differ first. */
  readonly metrics: readonly ComparedMetric[];
  readonly steps: readonly ComparedStep[];
}

/**
 * Compares runs: by name, `last` or `last~1` for the runs submitted from this project, or the same with the name of a
 * job, such as `main~1`.
 *
 * @throws {UserError} `compare.runs` for fewer than two, `compare.no_run`, `job.not_found`, `azure.*`.
 */
export async function compareRuns(ctx: AppContext, options: RunTargetOptions): Promise<ComparedRuns> {
  return await compareTargets(
    await openRuns(ctx, options),
    async (commits) => commitChanges(ctx, await rememberedRoot(ctx, options), commits),
  );
}

/**
 * Compares runs whose workspaces are open.
 *
 * @param changesBetween Returns what changed between commits (default: that is not known).
 * @throws {UserError} `compare.runs` for fewer than two, `job.not_found`, `azure.*`.
 */
export async function compareTargets(
  targets: readonly PageTarget[],
  changesBetween?: (commits: readonly (string | undefined)[]) => Promise<CommitChanges | undefined>,
): Promise<ComparedRuns> {
  if (targets.length < 2) throw tooFew();
  const read = await Promise.all(targets.map(readRun));
  const labels = new Map(read.flatMap(({ steps }) => steps.map(({ key, label }) => [key, label])));
  return {
    runs: read.map(({ run }) => run),
    facts: comparedFacts(read.map(({ described }) => described)).map((fact) => ({
      ...fact,
      steps: fact.steps.map((key) => labels.get(key) ?? key),
    })),
    commits: await changesBetween?.(read.map(({ run }) => run.commit)),
    metrics: comparedMetrics(read.map(({ metrics }) => metrics)),
    steps: comparedSteps(read.map(({ steps }) => steps)),
  };
}

function tooFew(): UserError {
  return new UserError("Two or more runs are needed to compare them", {
    code: "compare.runs",
    exit: ExitCode.Usage,
    hint: "Pass names of runs, or `last~1 last` for the last two runs of this project",
  });
}

/** @internal A run with what is compared. */
interface ReadRun {
  readonly run: ComparedRun;
  readonly described: Awaited<ReturnType<typeof describeSubmitted>>;
  readonly metrics: readonly StepMetrics[];
  readonly steps: JobRuns["steps"];
}

async function readRun({ workspace, name, job: key, openHistory }: PageTarget): Promise<ReadRun> {
  const { job, body, steps, history } = await getJobRuns(workspace, name, openHistory);
  const [own, described, metrics] = await Promise.all([
    history.run(name),
    describeSubmitted(workspace, body, new Map()),
    readJobMetrics(workspace, { name, steps, history }),
  ]);
  const { createdAt, endedAt } = own;
  return {
    run: {
      name,
      job: key,
      status: job.status,
      experiment: job.experimentName,
      submittedAt: createdAt,
      durationMs: createdAt && endedAt ? endedAt.getTime() - createdAt.getTime() : undefined,
      commit: job.properties["mlflow.source.git.commit"],
    },
    described: withLogged(described, metrics),
    metrics,
    steps,
  };
}

/** Adds the parameters that runs logged to MLflow to the facts of their steps. */
function withLogged(job: DescribedJob, runs: readonly StepMetrics[]): DescribedJob {
  const logged = Map.groupBy(runs, ({ key }) => key);
  const factsOf = (key: string | undefined) =>
    (logged.get(key) ?? []).flatMap(({ nested, params }) =>
      Object.entries(params).map(([name, value]): Fact => ({
        aspect: "logged parameter",
        name: [...nested, name].join(" > "),
        value,
      }))
    );
  return {
    facts: [...job.facts, ...factsOf(undefined)],
    steps: new Map([...job.steps].map(([key, facts]) => [key, [...facts, ...factsOf(key)]])),
  };
}

function comparedMetrics(runs: readonly (readonly StepMetrics[])[]): readonly ComparedMetric[] {
  const rows = new Map<
    string,
    { readonly step: string | undefined; readonly name: string; values: (number | undefined)[] }
  >();
  for (const [at, run] of runs.entries()) {
    for (const { step, nested, metrics } of run) {
      for (const { name, value } of metrics) {
        const where = [...step === undefined ? [] : [step], ...nested].join(" > ");
        const key = JSON.stringify([where, name]);
        const row = rows.get(key) ??
          {
            step: where === "" ? undefined : where,
            name,
            values: Array<number | undefined>(runs.length).fill(undefined),
          };
        row.values[at] = value;
        rows.set(key, row);
      }
    }
  }
  const all = [...rows.values()].map(({ values, ...rest }) => ({
    ...rest,
    values,
    change: relativeChange(values[0], values.at(-1)),
  }));
  const [differing, equal] = [true, false].map((is) =>
    all.filter(({ values }) => isDifferent(values) === is)
  );
  return [...differing!, ...equal!];
}

function isDifferent(values: readonly unknown[]): boolean {
  return values.some((value) => !Object.is(value, values[0]));
}

function comparedSteps(runs: readonly JobRuns["steps"][]): readonly ComparedStep[] {
  const keys = [...new Set(runs.flatMap((steps) => steps.map(({ key }) => key)))];
  return keys.map((key) => {
    const sameSteps = runs.map((steps) => steps.find((step) => step.key === key));
    return {
      label: sameSteps.find((step) => step !== undefined)!.label,
      statuses: sameSteps.map((step) => step?.run?.status),
      durationsMs: sameSteps.map((step) => {
        const { startedAt, endedAt } = step?.run ?? {};
        return startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : undefined;
      }),
    };
  });
}
