import { folded, othersText } from "../../core/document.ts";
import { ExitCode, inQuotes, type Place, placeText, UserError, type Warning } from "../../core/errors.ts";
import { compareText } from "../../core/names.ts";

/** How serious a finding is: an error stops a submit, a warning does so if the command is strict, a note never does. */
export type Severity = "error" | "warning" | "note";

export interface Finding {
  readonly severity: Severity;
  /** Stable identifier for scripts, such as `code.large`: area, dot, problem. */
  readonly code: string;
  /** A sentence that does not name the job. */
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  /** One line for each affected item. */
  readonly details?: readonly string[];
  /** Names in azureml.yml of the affected jobs; absent if it affects all. */
  readonly jobs?: readonly string[];
  /** Exit code of a command that stops because of it (default: {@linkcode ExitCode.Config}). */
  readonly exit?: ExitCode;
}

/** Converts an error to findings: one for each problem that it lists, else a single one. */
export function errorToFindings(error: UserError): Finding[] {
  const { code, message, hint, place, details, exit, data } = error;
  const problems = Array.isArray(data.problems) ? data.problems as readonly Problem[] : [];
  if (problems.length === 0) return [{ severity: "error", code, message, hint, place, details, exit }];
  return problems.map((problem) => ({
    severity: "error",
    code: problem.code ?? code,
    message: `${problem.key}: ${problem.problem}`,
    place: problem.place,
    exit,
  }));
}

/** @internal A problem listed in an error about azureml.yml. */
interface Problem {
  readonly code?: string;
  readonly key: string;
  readonly problem: string;
  readonly place: Place;
}

export function warningToFinding(warning: Warning): Finding {
  return { severity: "warning", ...warning };
}

/** Converts a finding to a warning; details become part of the message. */
export function findingToWarning({ code, message, hint, place, details = [] }: Finding): Warning {
  return {
    code,
    message: [message, ...details.map((detail) => `  ${detail}`)].join("\n"),
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && { place }),
  };
}

/** Cuts the texts of a finding as those of an error: they may contain values of any length. */
function cutTexts(finding: Finding): Finding {
  const { message, hint, details } = new UserError(finding.message, finding);
  return {
    ...finding,
    message,
    ...(finding.hint !== undefined && { hint }),
    ...(finding.details !== undefined && { details }),
  };
}

/** Merges equal findings of several jobs; errors first, then warnings, then notes, each by file and line. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const { jobs, ...rest } = cutTexts(finding);
    const key = JSON.stringify(rest);
    const { jobs: before } = merged.get(key) ?? { jobs: [] };
    merged.set(key, before && jobs ? { ...rest, jobs: [...new Set([...before, ...jobs])] } : rest);
  }
  const order: readonly Severity[] = ["error", "warning", "note"];
  const sorted = [...merged.values()].sort(byPlace);
  return order.flatMap((severity) => sorted.filter((finding) => finding.severity === severity));
}

/** Compares findings by file, line and column; those without a place come last, in the order found. */
function byPlace({ place: one }: Finding, { place: other }: Finding): number {
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined);
  }
  if (one.file !== other.file) return compareText(one.file, other.file);
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

/** Turns errors with allowed codes into warnings. */
export function downgradeAllowed(codes: readonly string[]): (finding: Finding) => Finding {
  return (finding) =>
    finding.severity === "error" && codes.includes(finding.code)
      ? { ...finding, severity: "warning" }
      : finding;
}

/**
 * The error of a command that findings stop; `undefined` if none of them does.
 *
 * @param action The verb for the error, such as `submit`.
 * @param options.strict Whether warnings stop it, too.
 */
export function findingsError(
  action: string,
  findings: readonly Finding[],
  { strict = false }: { readonly strict?: boolean | undefined } = {},
): UserError | undefined {
  const stopping = findings.filter(({ severity }) =>
    severity === "error" || (strict && severity === "warning")
  );
  const [first] = stopping;
  if (first === undefined) return undefined;
  if (stopping.length === 1) return single(action, first);
  return new UserError(`Cannot ${action}: ${stopping.length} problems found`, {
    // validate.problems: `validate` found several problems. Fix those that it lists.
    code: "validate.problems",
    exit: first.exit ?? ExitCode.Config,
    details: folded(stopping).flatMap(({ first, others }) => lines(first, others)),
    hint: "Fix them, then run `kedro-azureml validate`",
    data: { problems: stopping },
  });
}

const MOST_NAMED = 3;

function single(action: string, { code, message, hint, place, details, jobs, exit }: Finding): UserError {
  const names = jobs === undefined
    ? ""
    : jobs.length > MOST_NAMED
    ? ` ${jobs.length} jobs`
    : ` job${jobs.length === 1 ? "" : "s"} ${inQuotes(jobs)}`;
  const isWhole = message.startsWith("Cannot ");
  return new UserError(isWhole ? message : `Cannot ${action}${names}: ${uncapitalized(message)}`, {
    code,
    exit: exit ?? ExitCode.Config,
    hint,
    place,
    details,
  });
}

function lines(
  { code, message, hint, place, details = [], jobs }: Finding,
  others: readonly Finding[],
): string[] {
  const where = place === undefined ? "" : `${placeText(place)} `;
  const who = jobs === undefined ? "" : ` in ${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`;
  return [
    `${where}${message} (${code}${who})`,
    ...details.map((detail) => `  ${detail}`),
    ...(others.length === 0 ? [] : [`  ${othersText(others)}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
}

/** Makes a sentence the second half of another one; names and abbreviations at its start keep their case. */
function uncapitalized(text: string): string {
  return /^[A-Z][a-z]* (?!ML\b)/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
