import { type ComparedFact, comparedFacts } from "../../azureml/features/compare/table.ts";
import { describeSubmitted } from "../../azureml/features/compare/require_same.ts";
import { readJobMetrics, type StepMetrics } from "../../azureml/service/history/job_metrics.ts";
import { getJobRuns, type JobRuns } from "../../azureml/service/history/job_runs.ts";
import { relativeChange } from "../../core/text/numbers.ts";
import { withoutSecrets } from "../../core/env_vars.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { findCheckout } from "../git/checkout.ts";
import { findGit } from "../git/find_git.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
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
  readonly facts: readonly ComparedFact[];
  /** Files that changed between the first commit and the last one; `undefined` if git does not know both. */
  readonly files: readonly string[] | undefined;
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
  const names = options.from === undefined ? withLast(options.names) : options.names;
  const targets = await openRuns(ctx, { ...options, names });
  return await compareTargets(targets, (commits) => changedFiles(ctx, options, commits));
}

/**
 * Compares runs whose workspaces are open.
 *
 * @param filesOf Returns the files that changed between commits (default: that is not known).
 * @throws {UserError} `compare.runs` for fewer than two, `job.not_found`, `azure.*`.
 */
export async function compareTargets(
  targets: readonly PageTarget[],
  filesOf?: (commits: readonly (string | undefined)[]) => Promise<ComparedRuns["files"]>,
): Promise<ComparedRuns> {
  if (targets.length < 2) throw tooFew();
  const read = await Promise.all(targets.map(readRun));
  return {
    runs: read.map(({ run }) => run),
    facts: comparedFacts(read.map(({ described }) => described)),
    files: await filesOf?.(read.map(({ run }) => run.commit)),
    metrics: comparedMetrics(read.map(({ metrics }) => metrics)),
    steps: comparedSteps(read.map(({ steps }) => steps)),
  };
}

/** One name is compared with the last run; without names, the last two runs are compared. */
function withLast(names: readonly string[]): readonly string[] {
  return names.length === 0 ? ["last~1", "last"] : names.length === 1 ? [...names, "last"] : names;
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
    described,
    metrics,
    steps,
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
    const found = runs.map((steps) => steps.find((step) => step.key === key));
    return {
      label: found.find((step) => step !== undefined)!.label,
      statuses: found.map((step) => step?.run?.status),
      durationsMs: found.map((step) => {
        const { startedAt, endedAt } = step?.run ?? {};
        return startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : undefined;
      }),
    };
  });
}

const COMMIT = /^[0-9a-f]{40}$/;

/** The files that differ between the first and the last commit, if the project's repository has both. */
export async function changedFiles(
  ctx: AppContext,
  options: ProjectOptions,
  commits: readonly (string | undefined)[],
): Promise<readonly string[] | undefined> {
  const [first, last] = [commits[0], commits.at(-1)];
  if (!COMMIT.test(first ?? "") || !COMMIT.test(last ?? "")) return undefined;
  if (first === last) return [];
  const checkout = await findCheckout(ctx.fs, await rememberedRoot(ctx, options));
  const git = checkout && await findGit(ctx, checkout);
  if (git === undefined) return undefined;
  const { status, stdout } = await ctx.exec(
    git.program,
    ["-C", checkout!.top, "diff", "--name-only", "--no-ext-diff", "--no-textconv", "-z", first!, last!, "--"],
    { env: { ...withoutSecrets(ctx.env), PATH: git.path, GIT_OPTIONAL_LOCKS: "0" }, clearEnv: true },
  );
  return status === 0 ? stdout.split("\0").filter((path) => path !== "") : undefined;
}
