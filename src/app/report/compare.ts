import {
  codeOf,
  comparedFacts,
  type ComponentSpecs,
  describeRun,
  readComponents,
} from "../../azureml/runs/job_changes.ts";
import { RERUN_OF } from "../../azureml/submit/rerun.ts";
import { readJobMetrics } from "../../azureml/runs/metrics.ts";
import { type OpenRun, openRun } from "../../azureml/runs/open_run.ts";
import { onceEach } from "../../core/async.ts";
import { bytesOf, numberData } from "../../core/format.ts";
import { differ, relativeChange } from "../../core/change.ts";
import { ExitCode, inQuotes, UserError } from "../../core/errors.ts";
import { gitOf, NOT_RUN_AGAIN } from "../../core/runs.ts";
import { fields, ownValue, textOf } from "../../core/json.ts";
import {
  type CodeChanges,
  codeChanges,
  openUploadedCode,
  parametersIn,
  withFileValues,
} from "../../azureml/runs/code_changes.ts";
import { commitChanges } from "../git.ts";
import type { AppContext } from "../context.ts";
import { datasetNames } from "../../page/run_view.ts";
import type { ComparedData, CompareView, PageData } from "../../page/view.ts";
import { pageData } from "./page_file.ts";
import { openResults, type readWritten } from "../runs/step_results.ts";
import { readTracked } from "./tracked.ts";
import { rootOfProject } from "../runs/names.ts";
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
  options: RunsRequest & {
    /** Whether what they logged is read for the page, too. */
    readonly withTracked: boolean;
  },
): Promise<Comparison> {
  if (targets.length === 1 && options.names.length > 1) throw sameRun(options.names, targets[0]!.name);
  return await compareTargets(targets, {
    withTracked: options.withTracked,
    onUnread: ({ code, message }) =>
      ctx.report({ type: "warnings", warnings: [{ code, message: `A result is not compared: ${message}` }] }),
    changesBetween: async (commits) => commitChanges(ctx, (await rootOfProject(ctx, options)).root, commits),
  });
}

/** A comparison, and with `withTracked` what the runs logged. */
type Comparison = ComparedData & Pick<CompareView, "tracked">;

export type ChangesBetween = (commits: readonly (string | undefined)[]) => Promise<CodeChanges | undefined>;

/**
 * Compares runs whose workspaces are open.
 *
 * @param options.changesBetween Used if the code that was uploaded cannot be read (default: nothing is known then).
 * @throws {UserError} `compare.runs` for fewer than two, `job.not_found`, `azure.*`.
 */
export async function compareTargets(
  targets: readonly RunTarget[],
  { changesBetween, withTracked, onUnread }: {
    readonly changesBetween?: ChangesBetween | undefined;
    /** Called for results that cannot be read, which are left out. */
    readonly onUnread?: (error: UserError) => void;
    readonly withTracked: boolean;
  },
): Promise<Comparison> {
  if (targets.length < 2) throw tooFew({ areKept: targets.some(({ isKept }) => isKept) });
  const runs = await Promise.all(
    targets.map(async ({ workspace, name, job, openHistory }) =>
      namedRun(await openRun(workspace, name, openHistory), job, onUnread)
    ),
  );
  const [data, tracked] = await Promise.all([
    compareOpen(runs, changesBetween),
    withTracked ? Promise.all(runs.map(loggedBy)) : undefined,
  ]);
  return { ...data, ...(tracked && { tracked }) };
}

type NamedRun = ReturnType<typeof namedRun>;

/** A run to compare. @param job The name of its job in azureml.yml, if known. */
export function namedRun(
  opened: OpenRun,
  job: string | undefined,
  onUnread?: (error: UserError) => void,
) {
  return { opened, job, ...openResults(opened, { ...(onUnread && { onUnread }) }) };
}

export async function compareOpen(
  runs: readonly NamedRun[],
  changesBetween?: ChangesBetween,
): Promise<ComparedData> {
  const read = await Promise.all(runs.map(readRun));
  const labels = new Map(read.flatMap(({ steps }) => steps.map(({ key, label }) => [key, label])));
  const openCode = onceEach(
    ({ workspace, described }: ReadRun) => openUploadedCode(workspace, codeOf(described)),
    ({ workspace, described }) => `${workspace.id} ${codeOf(described)}`,
  );
  const changed = await changedCode(read, openCode, changesBetween);
  const facts = await completed(comparedFacts(read.map(({ described }) => described)), read, openCode);
  const datasets = comparedSizes(read.map(({ sizes }) => sizes));
  const isLeftOut = (key: string, { described, rerunOf }: ReadRun) =>
    !described.steps.has(key) &&
    read.some(({ run, described }) => run.name === rerunOf && described.steps.has(key));
  const ran = ({ aspect, steps }: typeof facts[number]) =>
    aspect !== "step" ||
    read.some((run) => !run.described.steps.has(steps[0]!) && !isLeftOut(steps[0]!, run));
  return {
    runs: read.map(({ run }) => run),
    // The name of a version of the code says nothing.
    changes: facts.filter(({ aspect }) => aspect !== "code" || changed === undefined).filter(ran)
      .map(({ aspect, name, steps, values }) => ({
        aspect,
        name,
        ...(steps.length > 0 && { steps: steps.map((key) => labels.get(key) ?? key) }),
        values: values.map((value) => value ?? null),
      })),
    ...changed,
    metrics: comparedMetrics(read.map(({ metrics }) => metrics)),
    steps: comparedSteps(read, isLeftOut),
    ...(datasets.length > 0 && { datasets }),
  };
}

type ReadRun = Awaited<ReturnType<typeof readRun>>;

/** Opens the code that a run was submitted with, once for runs of the same code. */
type OpenCode = (run: ReadRun) => ReturnType<typeof openUploadedCode>;

/** Adds to runtime parameters what the files of runs without them say. */
async function completed(
  facts: ReturnType<typeof comparedFacts>,
  read: readonly ReadRun[],
  openCode: OpenCode,
): Promise<typeof facts> {
  const isPartial = ({ aspect, values }: typeof facts[number]) =>
    aspect === "parameter" && values.includes(undefined);
  if (!facts.some(isPartial)) return facts;
  const codes = await Promise.all(read.map(openCode));
  const known = await Promise.all(codes.map(onceEach(parametersIn)));
  return facts.map((fact) => {
    if (!isPartial(fact)) return fact;
    const hasSteps = (at: number) => fact.steps.every((step) => read[at]!.described.steps.has(step));
    const inFiles = (at: number) => hasSteps(at) ? known[at]!.get(fact.name!) : undefined;
    return { ...fact, values: withFileValues(fact.values, inFiles) };
  });
}

/** What differs in the code: in what was uploaded, else between the commits. */
async function changedCode(
  read: readonly ReadRun[],
  openCode: OpenCode,
  changesBetween: ChangesBetween | undefined,
): Promise<CodeChanges | undefined> {
  const names = read.map(({ described }) => codeOf(described));
  if (names[0] !== undefined && names.every((name) => name === names[0])) {
    return { files: [], configuration: [] };
  }
  const codes = await Promise.all(read.map(openCode));
  const found = codes.filter((code) => code !== undefined);
  return found.length === codes.length
    ? await codeChanges(found)
    : await changesBetween?.(read.map(({ run }) => run.commit));
}

function sameRun(names: readonly string[], run: string): UserError {
  const typed = [...new Set(names)];
  return tooFew({
    message: `${inQuotes(typed, " and ")} ${
      typed.length === 1 ? "is only one run" : "are the same run"
    }: ${run}`,
  });
}

function tooFew(
  { message = "Two or more runs are needed to compare them", areKept = false }: {
    readonly message?: string;
    readonly areKept?: boolean;
  },
): UserError {
  return new UserError(message, {
    // compare.runs: A comparison needs at least two runs. Pass their names, or `last~1 last`.
    code: "compare.runs",
    exit: ExitCode.Usage,
    hint: areKept
      ? "Run `kedro-azureml rehearse --keep DIR` for each, with the same folder, then `kedro-azureml job compare --from DIR`"
      : "Pass names of runs, or `last~1 last` for the last two runs of this project",
  });
}

type Sizes = ReadonlyMap<string, { readonly step: string; readonly dataset: string; readonly bytes: number }>;

async function readRun({ opened, job: key, written, results: readResults }: NamedRun) {
  const { workspace, name, job, steps } = opened;
  const logged = readJobMetrics(workspace, opened);
  const components = readComponents(workspace, opened.body);
  const [own, described, metrics, results, sizes] = await Promise.all([
    opened.own(),
    components.then((known) => describeRun(opened, known, logged)),
    logged,
    readResults(),
    Promise.all([written(), components]).then(([all, known]) => sizesOf(opened, all, known)),
  ]);
  const { createdAt, endedAt } = own;
  const { commit, isDirty } = gitOf(job.properties);
  return {
    workspace,
    sizes,
    run: {
      name,
      job: key,
      status: job.status,
      experiment: job.experimentName,
      submittedAt: createdAt?.toISOString(),
      durationMs: createdAt && endedAt ? endedAt.getTime() - createdAt.getTime() : undefined,
      commit,
      dirty: isDirty || undefined,
    },
    described,
    rerunOf: job.tags[RERUN_OF],
    metrics: [...metrics, ...results],
    steps,
  };
}

function comparedMetrics(
  runs: readonly Awaited<ReturnType<typeof readRun>>["metrics"][],
): ComparedData["metrics"] {
  const rows = new Map<
    string,
    { readonly step: string; readonly metric: string; values: (number | undefined)[] }
  >();
  for (const [at, run] of runs.entries()) {
    for (const { step, nested, metrics } of run) {
      const where = placeText(step, ...nested);
      for (const { name, value } of metrics) {
        const key = JSON.stringify([where, name]);
        const row = rows.get(key) ?? { step: where, metric: name, values: runs.map(() => undefined) };
        row.values[at] = value;
        rows.set(key, row);
      }
    }
  }
  const [moved, same] = [true, false].map((is) =>
    [...rows.values()].filter(({ values }) => differ(values) === is)
  );
  return [...moved!, ...same!].map(
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

/** @param isLeftOut Whether a run is a rerun without this step, which had completed before. */
function comparedSteps(
  runs: readonly ReadRun[],
  isLeftOut: (key: string, run: ReadRun) => boolean,
): ComparedData["steps"] {
  const keys = [...new Set(runs.flatMap(({ steps }) => steps.map(({ key }) => key)))];
  return keys.map((key) => {
    const sameSteps = runs.map(({ steps }) => steps.find((step) => step.key === key));
    return {
      node: sameSteps.find((step) => step !== undefined)!.label,
      statuses: sameSteps.map((step, at) =>
        step?.run?.status ?? (isLeftOut(key, runs[at]!) ? NOT_RUN_AGAIN : null)
      ),
      durationsMs: sameSteps.map((step) => {
        const { startedAt, endedAt } = step?.run ?? {};
        return startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : null;
      }),
    };
  });
}

/** The sizes of what steps wrote, by step and dataset. */
function sizesOf(
  { body }: OpenRun,
  written: Awaited<ReturnType<typeof readWritten>>,
  components: ComponentSpecs,
): Sizes {
  return new Map(written.map(({ key, label, name, files }) => {
    const { componentId } = fields(ownValue(fields(body.properties.jobs), key));
    const names = datasetNames(textOf(components.get(String(componentId))?.command)).outputs;
    const dataset = names.get(name) ?? name;
    return [JSON.stringify([label, dataset]), { step: label, dataset, bytes: bytesOf(files) }];
  }));
}

function comparedSizes(runs: readonly Sizes[]): NonNullable<ComparedData["datasets"]> {
  return [...new Map(runs.flatMap((sizes) => [...sizes]))].map(([key, { step, dataset }]) => ({
    step,
    dataset,
    bytes: runs.map((sizes) => sizes.get(key)?.bytes ?? null),
  }));
}

/** What each run logged, for the page. */
async function loggedBy(
  { opened, results }: NamedRun,
): Promise<NonNullable<CompareView["tracked"]>[number]> {
  const tracked = await readTracked(opened, { withFiles: true, results: await results() });
  const labels = new Map(opened.steps.map(({ key, label }) => [key, label]));
  return [...tracked].flatMap(([key, views]) =>
    views.map((view) => ({ ...view, label: placeText(labels.get(key ?? ""), view.nested) }))
  );
}

/** Where something was logged, such as `train > fold 1`; empty for the job itself. */
function placeText(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" > ");
}

export function comparisonPage(compared: Comparison, madeAt: Date): PageData {
  const title = compared.runs.map(({ name }) => name).join(" and ");
  return pageData(title, { kind: "compare", ...compared }, madeAt);
}
