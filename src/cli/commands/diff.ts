import type { JobDifference } from "../../app/submit/diff.ts";
import { changeText, valueChangeText } from "../../core/change.ts";
import { ExitCode } from "../../core/errors.ts";
import { namesText } from "../../core/format.ts";
import { gitOf } from "../../core/runs.ts";
import { shellWord } from "../../core/untrusted.ts";
import { command } from "../parse/command.ts";
import { flag, value } from "../parse/field.ts";
import { compiling, inWorkspaceForAll, jobNames, reading } from "../parse/options.ts";
import { nameOfJob } from "../parse/values.ts";
import type { Output } from "../text/output.ts";

const AGAINST_ONE = {
  // usage.against_several: `--against` takes one job. Compare each job separately.
  code: "usage.against_several",
  option: "--against",
  hint: "Compare each job separately, or omit `--against`",
};

export const diff = command({
  name: "diff",
  about: "Show what changed since a job's last run",
  examples: [
    ["diff main", "Show what changed since the last run"],
    ["diff main --against brave_fox_1234567890", "Compare with an earlier run"],
  ],
  needs: ["azure", "earlier jobs"],
  args: jobNames(),
  options: {
    against: value(
      "--against <run>",
      "run to compare with, by its name in Azure ML (default: the last run)",
      nameOfJob,
    ),
    exitCode: flag("--exit-code", "exit with code 9 if there are changes"),
    ...inWorkspaceForAll,
    ...compiling,
    ...reading,
  },
  async *run(ctx, typed) {
    const { against, exitCode } = typed;
    const { diffJobs } = await import("../../app/submit/diff.ts");
    const single = against === undefined ? undefined : AGAINST_ONE;
    for await (const result of diffJobs(ctx, { ...typed, single })) {
      if (result.type === "compiled") yield { text: "", warnings: result.warnings };
      else {
        const { isChanged, ...output } = renderDiff(result.difference);
        yield exitCode && isChanged ? { ...output, exit: ExitCode.Changed } : output;
      }
    }
  },
});

function renderDiff(difference: JobDifference): Output & { readonly isChanged: boolean } {
  const { job, run, changes, code } = difference;
  const isChanged = changes.length > 0;
  const { commit } = gitOf(run.properties);
  const hasOtherCode = changes.some(({ aspect, before }) => aspect === "code" && before !== undefined);
  return {
    isChanged,
    data: {
      job,
      against: { name: run.name, status: run.status, studioUrl: run.studioUrl, commit },
      changed: isChanged,
      changes,
      ...code,
    },
    ...(difference.doubt && { warnings: [difference.doubt] }),
    text: isChanged
      ? [`Job ${job} against ${run.name} (${run.status}):`, ...changeLines(difference)].join("\n") +
        "\n"
      : `No changes in job ${job} since run ${run.name} (${run.status})\n`,
    ...(hasOtherCode && commit !== undefined && {
      next: [`Run \`git diff ${shellWord(commit)}\` to see how the code changed since the run's commit`],
    }),
  };
}

function changeLines({ shared, steps: count, code }: JobDifference): string[] {
  const told = new Set(code?.configuration.map(({ file }) => file));
  const files = code?.files.filter((file) => !told.has(file)) ?? [];
  const values =
    code?.configuration.map(({ file, key, values: [before, after] }) =>
      `~ ${valueChangeText(key, before ?? undefined, after ?? undefined)} (${file})`
    ) ?? [];
  const others = shared.filter(({ aspect }) => aspect !== "code" || code === undefined).map((
    { steps, ...change },
  ) =>
    change.aspect === "step"
      ? `${change.before === undefined ? "+" : "-"} step ${steps.join()}`
      : `~ ${where(steps, count)}${changeText(change)}`
  );
  return [
    ...values,
    ...files.length === 0 ? [] : [`~ code: ${namesText(files, 10, "file")}`],
    ...others,
  ];
}

function where(names: readonly string[], steps: number): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `step ${names[0]}: `;
  if (names.length === steps) return `all ${steps} steps: `;
  return names.length <= 3 ? `steps ${names.join(", ")}: ` : `${names.length} of ${steps} steps: `;
}
