import type { Finding, Severity } from "../../azureml/checks/finding.ts";
import { ExitCode, placeText } from "../../core/errors.ts";
import { exitOfFindings } from "../command/exit_status.ts";
import type { Output } from "../command/output.ts";
import type { Validated } from "../../app/check/validate.ts";
import { countText } from "../text/units.ts";

const MARKS: Readonly<Record<Severity, string>> = { error: "✗", warning: "!", note: "·" };

/** Tells what validating found: what must change first, and the count last. */
export function renderValidated(
  { jobs, findings, online }: Validated,
  { strict = false }: { readonly strict?: boolean },
): Output {
  const counts = countsOf(findings);
  const exit = exitOfFindings(findings, strict);
  return {
    data: { ok: exit === ExitCode.Ok, jobs, online, strict, counts, findings },
    text: [...findings.flatMap((one) => findingLines(one, jobs)), summary(jobs, counts, exit)].join("\n") +
      "\n",
    exit,
  };
}

/** @internal How many there are of each. */
interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

function countsOf(findings: readonly Finding[]): Counts {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), notes: count("note") };
}

/** Writes one finding: a mark, where, what, its code; then what is concerned, and what to do. */
export function findingLines(
  { severity, code, message, hint, place, details = [], jobs }: Finding,
  all: readonly string[],
) {
  const where = place === undefined ? "" : `${placeText(place)}: `;
  const isOfAll = jobs === undefined || jobs.length === all.length;
  return [
    `${MARKS[severity]} ${where}${message} [${code}]`,
    ...details.map((detail) => `    ${detail}`),
    ...(isOfAll && all.length !== 1 || jobs === undefined || all.length === 1
      ? []
      : [`    in ${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
}

function summary(jobs: readonly string[], { errors, warnings, notes }: Counts, exit: ExitCode): string {
  const what = jobs.length === 0 ? "The project" : countText(jobs.length, "job");
  const found = [countText(errors, "error"), countText(warnings, "warning"), countText(notes, "note")];
  return `${exit === ExitCode.Ok ? "✓" : "✗"} ${what}: ${found.join(", ")}`;
}
