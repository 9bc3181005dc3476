import { countText, durationText, firstLines, namesText, numberText, sizeText } from "../../core/format.ts";
import { differ, durationChange, percentText, relativeChange } from "../../core/change.ts";
import { NOT_RUN_AGAIN } from "../../core/runs.ts";
import type { ComparedData } from "../../page/view.ts";
import { command } from "../parse/command.ts";
import { text } from "../parse/field.ts";
import { overwriting, readable, runNames } from "../parse/options.ts";
import { cut, tableText, utcText } from "../text/render.ts";
import { openReadable } from "./job_show.ts";

export const compare = command({
  name: "compare",
  about: "Compare jobs: changes, metrics, durations and statuses",
  examples: [
    ["job compare last~1 last", "Compare the last two jobs of this project"],
    ["job compare main~1 main --html compare.html", "Write the comparison as a page"],
  ],
  needs: ["azure", "earlier jobs"],
  args: runNames("last~1 last"),
  options: {
    ...readable(),
    ...overwriting("--html"),
    html: text("--html <file>", "write the comparison to this HTML file instead of printing it"),
  },
  async run(ctx, typed) {
    const [{ compareRuns, comparisonPage }, { outputPath, refuseOverwrite }] = await Promise.all([
      import("../../app/report/compare.ts"),
      import("../../app/output_files.ts"),
    ]);
    const { html, force, from, rehearsal } = typed;
    const path = html === undefined ? undefined : outputPath(ctx, html);
    if (path !== undefined) await refuseOverwrite(ctx, path, force);
    const options = {
      ...typed,
      names: from === undefined && !rehearsal ? withLast(typed.names) : typed.names,
    };
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
    ...configuration.map(({ file, key, values }) => [key, ...values.map(cell), file]),
    ...changes.map(({ aspect, name, steps = [], values }) => [
      [aspect, name].filter((part) => part !== undefined).join(" "),
      ...aspect === "code" ? values.map((value) => value === values[0] ? "" : "differs") : values.map(cell),
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

function cell(value: string | null | undefined): string {
  return value == null ? "–" : cut(value.replace(/\s+/g, " "), LONGEST);
}
