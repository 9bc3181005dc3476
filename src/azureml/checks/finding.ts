import { folded, hanging, othersText } from "../../core/document.ts";
import {
  ExitCode,
  hintLines,
  inQuotes,
  type Place,
  placeText,
  UserError,
  type Warning,
} from "../../core/errors.ts";
import { compareText } from "../../core/text_match.ts";
import { LEFT_OUT } from "../../kedro/snapshot.ts";

/**
 * How serious a finding is. An error is certain to fail; a warning fails unless something holds that cannot be seen from
 * here; a note is what a person may want to know. An error stops a submit, a warning does so if the command is strict.
 */
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

/** Whether a finding stops a command: an error, and with `strict` a warning, too. */
function stops({ severity }: Pick<Finding, "severity">, strict: boolean): boolean {
  return severity === "error" || (strict && severity === "warning");
}

/** The exit code of a command that only reports findings, which are sorted by severity. */
export function exitCodeForFindings(
  findings: readonly Pick<Finding, "severity" | "exit">[],
  strict: boolean,
): ExitCode {
  const first = findings.find((finding) => stops(finding, strict));
  return first === undefined ? ExitCode.Ok : first.exit ?? ExitCode.Config;
}

/** Converts an error to findings: one for each problem that it lists, else a single one. */
export function errorToFindings(error: UserError): Finding[] {
  const { code, message, hint, place, details, exit, data } = error;
  const problems = Array.isArray(data.problems)
    ? data.problems as readonly (Finding | {
      readonly code?: string;
      readonly key: string;
      readonly problem: string;
      readonly place: Place;
    })[]
    : [];
  if (problems.length === 0) return [{ severity: "error", code, message, hint, place, details, exit }];
  return problems.map((problem) =>
    "message" in problem ? problem : ({
      severity: "error",
      code: problem.code ?? code,
      message: `${problem.key}: ${problem.problem}`,
      place: problem.place,
      exit,
    })
  );
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

/**
 * Merges equal findings of several jobs; errors first, then warnings, then notes, each by file and line, but first what
 * others may follow from.
 */
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
function byPlace({ place: one, code }: Finding, { place: other, code: otherCode }: Finding): number {
  if (code !== otherCode && [code, otherCode].includes(LEFT_OUT)) return code === LEFT_OUT ? -1 : 1;
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined);
  }
  if (one.file !== other.file) return compareText(one.file, other.file);
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

export function downgradeAllowed(codes: readonly string[]): (finding: Finding) => Finding {
  return (finding) =>
    finding.severity === "error" && codes.includes(finding.code)
      ? { ...finding, severity: "warning" }
      : finding;
}

/** Whether a note is about money or data: what a job does in another way than with the plugin. */
export function isDifference({ code }: Pick<Finding, "code">): boolean {
  return code.startsWith("plugin.");
}

const MARKS: Readonly<Record<Severity, string>> = { error: "✗", warning: "!", note: "·" };

/**
 * Renders findings, each with a mark, its place, its message and its code, then details, jobs and a hint. Of those with
 * the same cause, only the first is rendered; a hint that several have stands below the last of them.
 *
 * @param jobs All jobs that were checked; a finding about all of them does not list them.
 */
export function findingLines(findings: readonly Finding[], jobs: readonly string[]): string[] {
  const groups = Map.groupBy(findings, ({ severity }) => severity);
  return [...groups.values()].flatMap(folded).flatMap(({ first, others, hint }) => [
    ...oneFinding(first, jobs, others),
    ...hintLines(hint).map((line) => `  ${line}`),
  ]);
}

function oneFinding(first: Finding, all: readonly string[], others: readonly Finding[]): string[] {
  const { severity, code, message, place, details = [], jobs } = first;
  const where = place === undefined ? "" : `${placeText(place)}: `;
  const isOfAll = jobs === undefined || jobs.length === all.length;
  return [
    `${MARKS[severity]} ${where}${hanging(message, "    ")} [${code}]`,
    ...details.map((detail) => `    ${detail}`),
    ...(isOfAll ? [] : [`    in ${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`]),
    ...(others.length === 0 ? [] : [`    ${othersText(first, others)}`]),
  ];
}

/** Code of an error that lists several findings. */
// validate.problems: A check found several problems. Fix those that it lists.
export const PROBLEMS = "validate.problems";

/**
 * The error of a command that findings stop; `undefined` if none of them does.
 *
 * @param action The verb for the error, such as `submit`.
 * @param options.strict Whether warnings stop it, too.
 * @param options.jobs All jobs that were checked.
 */
export function findingsError(
  action: string,
  findings: readonly Finding[],
  { strict = false, jobs = [] }: {
    readonly strict?: boolean | undefined;
    readonly jobs?: readonly string[];
  } = {},
): UserError | undefined {
  const stopping = findings.filter((finding) => stops(finding, strict));
  const [first] = stopping;
  if (first === undefined) return undefined;
  if (stopping.length === 1) return single(action, first);
  return new UserError(`Cannot ${action}: ${stopping.length} problems found`, {
    code: PROBLEMS,
    exit: first.exit ?? ExitCode.Config,
    details: findingLines(stopping, jobs),
    hint: `Fix them, and run the command again, or \`kedro-azureml validate${
      first.exit === ExitCode.Rejected ? " --online" : ""
    }\` with its options`,
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

/** Makes a sentence the second half of another one; names and abbreviations at its start keep their case. */
function uncapitalized(text: string): string {
  return /^(?!Kedro )[A-Z][a-z]* (?!ML\b)/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
