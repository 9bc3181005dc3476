import type { AppContext } from "../../app/context.ts";
import { changeText, diffJobs, type JobDifference } from "../../app/diff/diff.ts";
import type { CodeChanges, FileChange } from "../../azureml/features/compare/code_changes.ts";
import type { Change } from "../../azureml/features/compare/changes.ts";
import { ExitCode } from "../../core/errors.ts";
import { checkRequest, type CheckTyped } from "../command/requests.ts";
import type { Output } from "../command/output.ts";
import { countText } from "../../core/text/numbers.ts";
import { sizeText } from "../text/units.ts";

/** `--against` names the run to compare one job with. */
const AGAINST_ONE = {
  code: "usage.against_several",
  option: "--against",
  hint: "Compare each job separately, or omit `--against`",
};

/** What is typed for `diff`. */
interface DiffTyped extends CheckTyped {
  readonly against?: string;
  readonly patch?: boolean;
  readonly exitCode?: boolean;
}

/** Shows what would change in jobs since their last runs; with `exitCode`, changes set the exit code. */
export async function* diff(
  ctx: AppContext,
  typed: DiffTyped,
): AsyncIterable<Output> {
  const { against, patch, exitCode } = typed;
  const { jobs, ...request } = await checkRequest(ctx, typed);
  const single = against === undefined ? undefined : AGAINST_ONE;
  for await (const result of diffJobs(ctx, { ...request, jobs: { ...jobs, single }, against, patch })) {
    if (result.type === "checked") yield { data: undefined, text: "", warnings: result.warnings };
    else {
      const { isChanged, ...output } = renderDiff(result.difference);
      yield exitCode && isChanged ? { ...output, exit: ExitCode.Changed } : output;
    }
  }
}

/** Renders the changes since a run. */
function renderDiff(difference: JobDifference): Output & { readonly isChanged: boolean } {
  const { job, run, code } = difference;
  const isSameCode = code !== undefined && "files" in code && code.files.length === 0;
  const isShown = ({ aspect }: Change) => aspect !== "code" || code === undefined;
  const changes = difference.changes.filter(isShown);
  const isChanged = changes.length > 0 || code !== undefined && !isSameCode;
  const lines = [...changeLines({ ...difference, changes }), ...codeLines(code)];
  return {
    isChanged,
    data: {
      job,
      against: { name: run.name, status: run.status, studioUrl: run.studioUrl },
      changed: isChanged,
      changes,
      code: isSameCode ? undefined : code,
    },
    ...(difference.doubt && { warnings: [difference.doubt] }),
    text: isChanged
      ? [`Job ${job} against ${run.name} (${run.status}):`, ...lines].join("\n") + "\n"
      : `No changes in job ${job} since run ${run.name} (${run.status})\n`,
  };
}

/** Renders changes; one that several steps share becomes a single line. */
function changeLines({ changes, steps }: Pick<JobDifference, "changes" | "steps">): string[] {
  const shared = new Map<string, Change[]>();
  for (const change of changes) {
    const { step: _, ...rest } = change;
    const key = JSON.stringify(rest);
    shared.set(key, [...shared.get(key) ?? [], change]);
  }
  return [...shared.values()].map((group) => {
    const { step: _, ...change } = group[0]!;
    if (change.aspect === "step") return `${change.before === undefined ? "+" : "-"} step ${group[0]!.step}`;
    return `~ ${where(group, steps)}${changeText(change)}`;
  });
}

function where(group: readonly Change[], steps: number): string {
  const names = group.flatMap(({ step }) => step ?? []);
  if (names.length === 0) return "";
  if (names.length === 1) return `step ${names[0]}: `;
  if (names.length === steps) return `all ${steps} steps: `;
  return names.length <= 3 ? `steps ${names.join(", ")}: ` : `${names.length} of ${steps} steps: `;
}

function codeLines(code: CodeChanges | undefined): string[] {
  if (code === undefined) return [];
  if ("reason" in code) return [`~ code: changed, but the changed files are unknown: ${code.reason}`];
  if (code.files.length === 0) return [];
  return [`~ code: ${countText(code.files.length, "file")}`, ...code.files.flatMap(fileLines)];
}

function fileLines({ name, beforeBytes, afterBytes, patch }: FileChange): string[] {
  const sign = beforeBytes === undefined ? "+" : afterBytes === undefined ? "-" : "~";
  const sizes = [beforeBytes, afterBytes].filter((bytes) => bytes !== undefined).map(sizeText);
  const head = `  ${sign} ${name}, ${[...new Set(sizes)].join(" → ")}`;
  return patch === undefined ? [head] : [head, ...patch.trimEnd().split("\n").map((line) => `      ${line}`)];
}
