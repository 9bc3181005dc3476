import type { MainMetric } from "../../azureml/service/history/job_metrics.ts";
import { countText, numberData, numberText } from "../../core/text/numbers.ts";
import { tableText } from "./table.ts";

/** Number of metrics that are printed where they are not the subject. */
const SHOWN = 8;

/** A metric for `--json`. */
export function metricData({ step, name, value }: MainMetric): unknown {
  return { ...(step !== undefined && { step }), metric: name, value: numberData(value) };
}

/**
 * Renders the first metrics of a job as a table; empty if there are none.
 *
 * @param job Name for the command that prints all of them; without it, only their number is printed.
 */
export function mainMetricsText(metrics: readonly MainMetric[], job?: string): string {
  const rows = metrics.slice(0, SHOWN).map(({ step, name, value }) => [
    `  ${name}`,
    numberText(value),
    step ?? "",
  ]);
  const rest = metrics.length - SHOWN;
  const more = job === undefined ? "" : `: \`kedro-azureml job metrics ${job}\``;
  return tableText(rows) + (rest > 0 ? `  and ${countText(rest, "more metric")}${more}\n` : "");
}
