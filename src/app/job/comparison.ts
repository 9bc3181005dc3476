import { numberData } from "../../core/text/numbers.ts";
import type { ComparedData } from "../../page/comparison.ts";
import type { PageData } from "../../page/view.ts";
import { pageData } from "../report/page_file.ts";
import type { ComparedRuns } from "./compare.ts";

/** Compared runs as JSON. Pure. */
export function comparedData({ runs, facts, commits, metrics, steps }: ComparedRuns): ComparedData {
  const numbers = (values: readonly (number | undefined)[]) =>
    values.map((value) => value === undefined ? null : numberData(value));
  return {
    runs: runs.map((run) => ({ ...run, submittedAt: run.submittedAt?.toISOString() })),
    changes: facts.map(({ steps, values, ...fact }) => ({
      ...fact,
      ...(steps.length > 0 && { steps }),
      values: values.map((value) => value ?? null),
    })),
    ...commits,
    metrics: metrics.map(({ step, name, values, change }) => ({
      ...(step !== undefined && { step }),
      metric: name,
      values: numbers(values),
      ...(change !== undefined && { change }),
    })),
    steps: steps.map(({ label, statuses, durationsMs }) => ({
      node: label,
      statuses: statuses.map((status) => status ?? null),
      durationsMs: numbers(durationsMs),
    })),
  };
}

/** Builds the page of compared runs. Pure. */
export function comparisonPage(compared: ComparedData, madeAt: Date): PageData {
  const title = compared.runs.map(({ name }) => name).join(" and ");
  return pageData(title, { kind: "compare", ...compared }, madeAt);
}
