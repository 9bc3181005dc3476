import type { JobDifference } from "../../app/submit/diff.ts";
import type { Change } from "../../azureml/runs/job_changes.ts";
import { ExitCode } from "../../core/errors.ts";
import {
  countText,
  differ,
  durationChange,
  durationText,
  firstLines,
  namesText,
  numberText,
  percentText,
  relativeChange,
  sizeText,
} from "../../core/format.ts";
import { gitOf, NOT_RUN_AGAIN } from "../../core/runs.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { ComparedData } from "../../page/view.ts";
import { command } from "../parse/command.ts";
import { flag, text, value } from "../parse/field.ts";
import {
  compiling,
  inWorkspaceForAll,
  jobNames,
  overwriting,
  reading,
  runNames,
  targeted,
} from "../parse/options.ts";
import { nameOfJob } from "../parse/values.ts";
import type { Output } from "../text/output.ts";
import { cut, tableText, utcText } from "../text/render.ts";
import { openReadable } from "./job_show.ts";

export const compare = command({
  name: "compare",
  about: "Compare jobs: changes, metrics, durations and statuses",
  examples: [
    ["job compare last~1 last", "Compare the last two jobs of this project"],
    ["job compare main~1 main --html compare.html", "Write the comparison as a page"],
  ],
  needs: ["azure"],
  args: runNames("last~1 last"),
  options: {
    ...targeted(),
    ...overwriting("--html"),
    html: text("--html <file>", "write the comparison to this HTML file instead of printing it"),
  },
  async run(ctx, typed) {
    const [{ compareRuns, comparisonPage }, { outputPath, refuseOverwrite }] = await Promise.all([
      import("../../app/report/compare.ts"),
      import("../../app/output_files.ts"),
    ]);
    const { html, force, from } = typed;
    const path = html === undefined ? undefined : outputPath(ctx, html);
    if (path !== undefined) await refuseOverwrite(ctx, path, force);
    const options = { ...typed, names: from === undefined ? withLast(typed.names) : typed.names };
    const withTracked = path !== undefined;
    const { tracked, ...data } = await compareRuns(ctx, await openReadable(ctx, options), {
      ...options,
      withTracked,
    });
    if (path === undefined) return { data, text: comparisonText(data, ctx.terminal.outColumns) };
    const { writePageFile } = await import("../../app/report/page_file.ts");
    const written = await writePageFile(
      ctx,
      path,
      comparisonPage({ ...data, tracked }, ctx.clock.now()),
    );
    return {
      data: { ...data, ...written },
      text: `✓ Compared ${countText(data.runs.length, "run")}: wrote ${written.file}, ${
        sizeText(written.sizeBytes)
      }\n`,
    };
  },
});

/** One name is compared with the last run; without names, the last two runs are compared. */
function withLast(names: readonly string[]): readonly string[] {
  return names.length === 0 ? ["last~1", "last"] : names.length === 1 ? [...names, "last"] : names;
}

const LONGEST = 40;
const SHOWN_FILES = 10;

function comparisonText(
  { runs, changes, files = [], configuration = [], metrics, steps, datasets = [] }: ComparedData,
  columns: number | undefined,
): string {
  const letters = runs.map((_, at) => String.fromCharCode(65 + at));
  const head = tableText(
    [
      ["", ...letters],
      ["run", ...runs.map(({ name }) => name)],
      ["job", ...runs.map(({ job }) => job ?? "")],
      ["status", ...runs.map(({ status }) => status)],
      ["submitted", ...runs.map(({ submittedAt }) => submittedAt === undefined ? "" : utcText(submittedAt))],
      ["duration", ...runs.map(({ durationMs }) => durationMs === undefined ? "" : durationText(durationMs))],
      [
        "commit",
        ...runs.map(({ commit, dirty }) =>
          `${commit?.slice(0, 7) ?? (dirty ? "none" : "")}${dirty ? " + changes" : ""}`
        ),
      ],
    ].filter(([, ...cells]) => cells.some((cell) => cell !== "")),
    columns,
  );
  const count = steps.length;
  const changed = [
    ...configuration.map(({ file, key, values }) => [key, ...values.map(short), file]),
    ...changes.map(({ aspect, name, steps = [], values }) => [
      [aspect, name].filter((part) => part !== undefined).join(" "),
      ...aspect === "code" ? values.map((value) => value === values[0] ? "" : "differs") : values.map(short),
      steps.length === 0
        ? ""
        : steps.length === count && count > 1
        ? `all ${count} steps`
        : namesText(steps, 3),
    ]),
  ];
  const ends = (values: readonly (number | null)[]) => percentText(relativeChange(values[0], values.at(-1)));
  const moved = datasets.filter(({ bytes }) => differ(bytes));
  return [
    head,
    metrics.length === 0 ? "" : tableText([
      ["METRIC", ...letters, "CHANGE", "STEP"],
      ...metrics.map(({ step, metric, values, change }) => [
        metric,
        ...values.map((value) => typeof value === "number" ? numberText(value) : value ?? "–"),
        percentText(change),
        step ?? "",
      ]),
    ], columns),
    changed.length === 0
      ? files.length === 0 ? "Nothing was changed in the job.\n" : ""
      : tableText([["CHANGED", ...letters, "WHERE"], ...changed], columns),
    filesText(files, configuration),
    tableText([
      ["STEP", ...letters, "CHANGE"],
      ...steps.map(({ node, statuses, durationsMs }) => [
        node,
        ...statuses.map((status, at) => {
          const tookMs = durationsMs[at] ?? null;
          if (status === NOT_RUN_AGAIN) return "not run again";
          return [status ?? "–", ...tookMs === null ? [] : [durationText(tookMs)]].join(" ");
        }),
        percentText(durationChange(durationsMs[0], durationsMs.at(-1))),
      ]),
    ], columns),
    moved.length === 0 ? "" : tableText([
      ["DATASET", ...letters, "CHANGE", "STEP"],
      ...moved.map(({ step, dataset, bytes }) => [
        dataset,
        ...bytes.map((size) => size === null ? "–" : sizeText(size)),
        ends(bytes),
        step,
      ]),
    ], columns),
  ].filter((part) => part !== "").join("\n");
}

function filesText(files: readonly string[], configuration: readonly { readonly file: string }[]): string {
  const told = new Set(configuration.map(({ file }) => file));
  const rest = files.filter((file) => !told.has(file));
  if (rest.length === 0) return "";
  const names = firstLines(rest.map((file) => `  ${file}`), SHOWN_FILES, "file");
  return `${countText(rest.length, told.size === 0 ? "file" : "other file")} changed:\n${names.join("\n")}\n`;
}

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
  needs: ["azure"],
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
    const { changeText, diffJobs } = await import("../../app/submit/diff.ts");
    const single = against === undefined ? undefined : AGAINST_ONE;
    for await (const result of diffJobs(ctx, { ...typed, single })) {
      if (result.type === "compiled") yield { text: "", warnings: result.warnings };
      else {
        const { isChanged, ...output } = renderDiff(result.difference, changeText);
        yield exitCode && isChanged ? { ...output, exit: ExitCode.Changed } : output;
      }
    }
  },
});

function renderDiff(
  difference: JobDifference,
  textOf: (change: Change) => string,
): Output & { readonly isChanged: boolean } {
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
      ? [`Job ${job} against ${run.name} (${run.status}):`, ...changeLines(difference, textOf)].join("\n") +
        "\n"
      : `No changes in job ${job} since run ${run.name} (${run.status})\n`,
    ...(hasOtherCode && commit !== undefined && {
      next: [`Run \`git diff ${shellWord(commit)}\` to see how the code changed since the run's commit`],
    }),
  };
}

function changeLines(
  { shared, steps: count, code }: JobDifference,
  textOf: (change: Change) => string,
): string[] {
  const told = new Set(code?.configuration.map(({ file }) => file));
  const files = code?.files.filter((file) => !told.has(file)) ?? [];
  const values =
    code?.configuration.map(({ file, key, values: [before, after] }) =>
      `~ ${key}: ${short(before)} → ${short(after)} (${file})`
    ) ?? [];
  const others = shared.filter(({ aspect }) => aspect !== "code" || code === undefined).map((
    { steps, ...change },
  ) =>
    change.aspect === "step"
      ? `${change.before === undefined ? "+" : "-"} step ${steps.join()}`
      : `~ ${where(steps, count)}${textOf(change)}`
  );
  return [
    ...values,
    ...files.length === 0 ? [] : [`~ code: ${namesText(files, SHOWN_FILES, "file")}`],
    ...others,
  ];
}

function short(value: string | null | undefined): string {
  return value == null ? "–" : cut(value.replace(/\s+/g, " "), LONGEST);
}

function where(names: readonly string[], steps: number): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `step ${names[0]}: `;
  if (names.length === steps) return `all ${steps} steps: `;
  return names.length <= 3 ? `steps ${names.join(", ")}: ` : `${names.length} of ${steps} steps: `;
}
