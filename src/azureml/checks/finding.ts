import { ExitCode, type Place, placeText, UserError, type Warning } from "../../core/errors.ts";

/** How much something matters: an error stops a submit, a warning does under `--strict`, a note never does. */
export type Severity = "error" | "warning" | "note";

/** One thing that a check found. */
export interface Finding {
  readonly severity: Severity;
  /** Stable, for scripts: `area.what_is_the_case`. */
  readonly code: string;
  /** A sentence that does not name the job. */
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  /** One line for each thing that is concerned. */
  readonly details?: readonly string[];
  /** Names in azureml.yml of the jobs that it is about; absent where it is about all. */
  readonly jobs?: readonly string[];
  /** Exit status of a command that stops because of it; {@linkcode ExitCode.Config} where absent. */
  readonly exit?: ExitCode;
}

/** An error as findings: one for each problem where it lists several. */
export function findingsOf(error: UserError): Finding[] {
  const { code, message, hint, place, details, exit, data } = error;
  const problems = Array.isArray(data.problems) ? data.problems as readonly Problem[] : [];
  if (problems.length === 0) return [{ severity: "error", code, message, hint, place, details, exit }];
  return problems.map((one) => ({
    severity: "error",
    code: one.code ?? code,
    message: `${one.key}: ${one.problem}`,
    place: one.place,
    exit,
  }));
}

/** @internal What the errors about azureml.yml list. */
interface Problem {
  readonly code?: string;
  readonly key: string;
  readonly problem: string;
  readonly place: Place;
}

/** A warning of another part of the work as a finding. */
export function findingOf(warning: Warning): Finding {
  return { severity: "warning", ...warning };
}

/** A finding as a warning; what is concerned goes into its message. */
export function toWarning({ code, message, hint, place, details = [] }: Finding): Warning {
  return {
    code,
    message: [message, ...details.map((detail) => `  ${detail}`)].join("\n"),
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && { place }),
  };
}

/** Merges equal findings of several jobs; errors first, then warnings, then notes, each in the order found. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const finding of findings) {
    const { jobs, ...rest } = finding;
    const key = JSON.stringify(rest);
    const before = found.get(key);
    const all = [...before?.jobs ?? [], ...jobs ?? []];
    found.set(key, all.length === 0 ? rest : { ...rest, jobs: [...new Set(all)] });
  }
  const order: readonly Severity[] = ["error", "warning", "note"];
  return order.flatMap((severity) => [...found.values()].filter((one) => one.severity === severity));
}

/** Turns errors whose codes were passed to `--allow` into warnings. */
export function downgradeAllowed(codes: readonly string[]): (finding: Finding) => Finding {
  return (finding) =>
    finding.severity === "error" && codes.includes(finding.code)
      ? { ...finding, severity: "warning" }
      : finding;
}

/** Turns warnings that a command does not accept into errors, unless `--allow` names them. */
export function upgradeForbidden(
  codes: readonly string[],
  { allow = [] }: { readonly allow?: readonly string[] },
): (finding: Finding) => Finding {
  return (finding) =>
    finding.severity === "warning" && codes.includes(finding.code) && !allow.includes(finding.code)
      ? { ...finding, severity: "error" }
      : finding;
}

/**
 * The error of a command that findings stop; `undefined` if none of them does.
 *
 * @param action What cannot be done, such as `submit`.
 * @param options.strict Whether warnings stop it too.
 */
export function findingsError(
  action: string,
  findings: readonly Finding[],
  { strict = false }: { readonly strict?: boolean } = {},
): UserError | undefined {
  const stopping = findings.filter(({ severity }) =>
    severity === "error" || (strict && severity === "warning")
  );
  const [first] = stopping;
  if (first === undefined) return undefined;
  if (stopping.length === 1) return single(action, first);
  return new UserError(`Cannot ${action}: ${stopping.length} problems found`, {
    code: "validate.problems",
    exit: first.exit ?? ExitCode.Config,
    details: stopping.flatMap(lines),
    hint: "Fix them, then run `kedro-azureml validate`",
    data: { problems: stopping },
  });
}

function single(action: string, { code, message, hint, place, details, jobs, exit }: Finding): UserError {
  const [job] = jobs ?? [];
  const what = jobs?.length === 1 ? `${action} job "${job}"` : action;
  const isWhole = message.startsWith("Cannot ");
  return new UserError(isWhole ? message : `Cannot ${what}: ${uncapitalized(message)}`, {
    code,
    exit: exit ?? ExitCode.Config,
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && { place }),
    ...(details !== undefined && { details }),
  });
}

function lines({ code, message, hint, place, details = [], jobs }: Finding): string[] {
  const where = place === undefined ? "" : `${placeText(place)} `;
  const who = jobs === undefined ? "" : ` in ${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`;
  return [
    `${where}${message} (${code}${who})`,
    ...details.map((detail) => `  ${detail}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
}

/** A sentence as the second half of another one; names and abbreviations at its start stay as they are. */
function uncapitalized(text: string): string {
  return /^[A-Z][a-z]* (?!ML\b)/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
