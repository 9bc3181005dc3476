import type { Finding } from "../../azureml/features/checks/finding.ts";
import { placeText } from "../../core/errors.ts";
import { folded, othersText } from "../../core/text/similar_messages.ts";
import { markOf } from "./paint.ts";

/**
 * Renders findings, each with a mark, its place, its message and its code, then details, jobs and a hint. If many
 * of one severity have the same cause, only the first is rendered.
 *
 * @param jobs All jobs that were checked; a finding about all of them does not list them.
 */
export function findingLines(findings: readonly Finding[], jobs: readonly string[]): string[] {
  const groups = Map.groupBy(findings, ({ severity }) => severity);
  return [...groups.values()].flatMap((group) =>
    folded(group).flatMap(({ first, others }) => oneFinding(first, jobs, others))
  );
}

function oneFinding(
  { severity, code, message, hint, place, details = [], jobs }: Finding,
  all: readonly string[],
  others: readonly Finding[] = [],
): string[] {
  const where = place === undefined ? "" : `${placeText(place)}: `;
  const isOfAll = jobs === undefined || jobs.length === all.length;
  return [
    `${markOf(severity)} ${where}${message} [${code}]`,
    ...details.map((detail) => `    ${detail}`),
    ...(isOfAll ? [] : [`    in ${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`]),
    ...(others.length === 0 ? [] : [`    ${othersText(others)}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
}
