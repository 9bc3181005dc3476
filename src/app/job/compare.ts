import { comparedFacts, describeRun } from "../../azureml/runs/compare.ts";
import { readJobMetrics, type StepMetrics } from "../../azureml/runs/metrics.ts";
import { openRun, type RunStep } from "../../azureml/runs/run.ts";
import { numberData, relativeChange } from "../../core/format.ts";
import { ExitCode, inQuotes, UserError } from "../../core/errors.ts";
import { type CommitChanges, commitChanges } from "../git.ts";
import type { AppContext } from "../context.ts";
import type { ComparedData } from "../../page/view.ts";
import type { PageData } from "../../page/view.ts";
import { pageData } from "../report/page_file.ts";
import { rememberedRoot } from "../runs/names.ts";
import type { RunsRequest, RunTarget } from "../runs/targets.ts";

/**
 * Compares runs.
 *
 * @param request What was typed for them.
 * @throws {UserError} `compare.runs` for fewer than two, `job.not_found`, `azure.*`.
 */
export async function compareRuns(
  ctx: AppContext,
  targets: readonly RunTarget[],
  options: RunsRequest,
): Promise<ComparedData> {
  if (targets.length === 1 && options.names.length > 1) throw sameRun(options.names, targets[0]!.name);
  return await compareTargets(
    targets,
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
  targets: readonly RunTarget[],
  changesBetween?: (commits: readonly (string | undefined)[]) => Promise<CommitChanges | undefined>,
): Promise<ComparedData> {
  if (targets.length < 2) throw tooFew();
  const read = await Promise.all(targets.map(readRun));
  const labels = new Map(read.flatMap(({ steps }) => steps.map(({ key, label }) => [key, label])));
  return {
    runs: read.map(({ run }) => run),
    changes: comparedFacts(read.map(({ described }) => described)).map(({ aspect, name, steps, values }) => ({
      aspect,
      name,
      ...(steps.length > 0 && { steps: steps.map((key) => labels.get(key) ?? key) }),
      values: values.map((value) => value ?? null),
    })),
    ...await changesBetween?.(read.map(({ run }) => run.commit)),
    metrics: comparedMetrics(read.map(({ metrics }) => metrics)),
    steps: comparedSteps(read.map(({ steps }) => steps)),
  };
}

function sameRun(names: readonly string[], run: string): UserError {
  const typed = [...new Set(names)];
  return new UserError(
    `${inQuotes(typed, " and ")} ${typed.length === 1 ? "is only one run" : "are the same run"}: ${run}`,
    {
      // compare.runs: A comparison needs at least two runs. Pass their names, or `last~1 last`.
      code: "compare.runs",
      exit: ExitCode.Usage,
      hint: "Pass the name of another run, or `last~1 last` for the last two runs of this project",
    },
  );
}

function tooFew(): UserError {
  return new UserError("Two or more runs are needed to compare them", {
    code: "compare.runs",
    exit: ExitCode.Usage,
    hint: "Pass names of runs, or `last~1 last` for the last two runs of this project",
  });
}

async function readRun({ workspace, name, job: key, openHistory }: RunTarget) {
  const opened = await openRun(workspace, name, openHistory);
  const { job, steps } = opened;
  const logged = readJobMetrics(workspace, opened);
  const [own, described, metrics] = await Promise.all([
    opened.own(),
    describeRun(opened, new Map(), logged),
    logged,
  ]);
  const { createdAt, endedAt } = own;
  return {
    run: {
      name,
      job: key,
      status: job.status,
      experiment: job.experimentName,
      submittedAt: createdAt?.toISOString(),
      durationMs: createdAt && endedAt ? endedAt.getTime() - createdAt.getTime() : undefined,
      commit: job.properties["mlflow.source.git.commit"],
      dirty: job.properties["azureml.git.dirty"] === "True" || undefined,
    },
    described,
    metrics,
    steps,
  };
}

function comparedMetrics(runs: readonly (readonly StepMetrics[])[]): ComparedData["metrics"] {
  const rows = new Map<
    string,
    { readonly step: string; readonly metric: string; values: (number | undefined)[] }
  >();
  for (const [at, run] of runs.entries()) {
    for (const { step, nested, metrics } of run) {
      const where = [...step === undefined ? [] : [step], ...nested].join(" > ");
      for (const { name, value } of metrics) {
        const key = JSON.stringify([where, name]);
        const row = rows.get(key) ?? { step: where, metric: name, values: runs.map(() => undefined) };
        row.values[at] = value;
        rows.set(key, row);
      }
    }
  }
  const isDifferent = ({ values }: { readonly values: readonly unknown[] }) =>
    values.some((value) => !Object.is(value, values[0]));
  const all = [...rows.values()];
  return [...all.filter(isDifferent), ...all.filter((row) => !isDifferent(row))].map(
    ({ step, metric, values }) => {
      const change = relativeChange(values[0], values.at(-1));
      return {
        ...(step !== "" && { step }),
        metric,
        values: values.map((value) => value === undefined ? null : numberData(value)),
        ...(change !== undefined && { change }),
      };
    },
  );
}

function comparedSteps(runs: readonly (readonly RunStep[])[]): ComparedData["steps"] {
  const keys = [...new Set(runs.flatMap((steps) => steps.map(({ key }) => key)))];
  return keys.map((key) => {
    const sameSteps = runs.map((steps) => steps.find((step) => step.key === key));
    return {
      node: sameSteps.find((step) => step !== undefined)!.label,
      statuses: sameSteps.map((step) => step?.run?.status ?? null),
      durationsMs: sameSteps.map((step) => {
        const { startedAt, endedAt } = step?.run ?? {};
        return startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : null;
      }),
    };
  });
}

export function comparisonPage(compared: ComparedData, madeAt: Date): PageData {
  const title = compared.runs.map(({ name }) => name).join(" and ");
  return pageData(title, { kind: "compare", ...compared }, madeAt);
}
