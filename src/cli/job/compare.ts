import { type ComparedRuns, compareRuns } from "../../app/job/compare.ts";
import type { AppContext } from "../../app/context.ts";
import type { RunTargetOptions } from "../../app/run/targets.ts";
import { runsRequest, type RunsTyped } from "../command/requests.ts";
import type { Output } from "../command/output.ts";
import { numberData, numberText } from "../text/metrics.ts";
import { cut, tableText } from "../text/table.ts";
import { durationText } from "../../core/text/duration.ts";
import { countText, utcText } from "../text/units.ts";

/** Compares runs of jobs. */
export async function jobCompare(
  ctx: AppContext,
  typed: RunsTyped & Omit<RunTargetOptions, "names">,
): Promise<Output> {
  const compared = await compareRuns(ctx, runsRequest(typed));
  return { data: dataOf(compared), text: comparisonText(compared) };
}

/** Longest value of a parameter or setting. */
const LONGEST = 40;
const SHOWN_FILES = 10;

/** Renders runs side by side, as columns A, B and so on; what changed comes first. */
function comparisonText({ runs, facts, files, metrics, steps }: ComparedRuns): string {
  const letters = runs.map((_, at) => String.fromCharCode(65 + at));
  const head = tableText([
    ["", ...letters],
    ["run", ...runs.map(({ name }) => name)],
    ["job", ...runs.map(({ job }) => job ?? "")],
    ["status", ...runs.map(({ status }) => status)],
    ["submitted", ...runs.map(({ submittedAt }) => submittedAt === undefined ? "" : utcText(submittedAt))],
    ["duration", ...runs.map(({ durationMs }) => durationMs === undefined ? "" : durationText(durationMs))],
    ["commit", ...runs.map(({ commit }) => commit?.slice(0, 7) ?? "")],
  ].filter(([, ...cells]) => cells.some((cell) => cell !== "")));
  const count = steps.length;
  const changes = facts.map(({ aspect, name, steps, values }) => [
    [aspect, name].filter((part) => part !== undefined).join(" "),
    ...values.map((value) => value === undefined ? "–" : cut(value.replace(/\s+/g, " "), LONGEST)),
    steps.length === 0 ? "" : steps.length === count && count > 1 ? `all ${count} steps` : stepsText(steps),
  ]);
  return [
    head,
    changes.length === 0
      ? "Nothing was changed in the job.\n"
      : tableText([["CHANGED", ...letters, "STEP"], ...changes]),
    filesText(files),
    metrics.length === 0 ? "" : tableText([
      ["METRIC", ...letters, "CHANGE", "STEP"],
      ...metrics.map(({ step, name, values, change }) => [
        name,
        ...values.map((value) => value === undefined ? "–" : numberText(value)),
        changeText(change),
        step ?? "",
      ]),
    ]),
    tableText([
      ["STEP", ...letters],
      ...steps.map(({ label, statuses, durationsMs }) => [
        label,
        ...statuses.map((status, at) =>
          [status ?? "–", ...durationsMs[at] === undefined ? [] : [durationText(durationsMs[at])]].join(" ")
        ),
      ]),
    ]),
  ].filter((part) => part !== "").join("\n");
}

function stepsText(steps: readonly string[]): string {
  const rest = steps.length - 3;
  return steps.slice(0, 3).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function filesText(files: ComparedRuns["files"]): string {
  if (files === undefined || files.length === 0) return "";
  const rest = files.length - SHOWN_FILES;
  const shown = files.slice(0, SHOWN_FILES).map((file) => `  ${file}\n`).join("");
  return `${countText(files.length, "file")} changed between the commits:\n${shown}${
    rest > 0 ? `  and ${rest} more\n` : ""
  }`;
}

/** The relative change with its direction, such as `▲ 3.1 %`. */
function changeText(change: number | undefined): string {
  if (change === undefined) return "";
  if (change === 0) return "=";
  const percent = Math.abs(change) * 100;
  return `${change > 0 ? "▲" : "▼"} ${
    percent >= 100 ? Math.round(percent) : Number(percent.toPrecision(2))
  } %`;
}

function dataOf({ runs, facts, files, metrics, steps }: ComparedRuns): unknown {
  const numbers = (values: readonly (number | undefined)[]) =>
    values.map((value) => value === undefined ? null : numberData(value));
  return {
    runs,
    changes: facts.map(({ steps, values, ...fact }) => ({
      ...fact,
      ...(steps.length > 0 && { steps }),
      values: values.map((value) => value ?? null),
    })),
    ...(files && { files }),
    metrics: metrics.map(({ step, name, values, change }) => ({
      ...(step !== undefined && { step }),
      metric: name,
      values: numbers(values),
      ...(change !== undefined && { change }),
    })),
    steps: steps.map(({ label, statuses, durationsMs }) => ({
      node: label,
      statuses: statuses.map((status) => status ?? null),
      durationsMs: numbers(durationsMs),
    })),
  };
}
