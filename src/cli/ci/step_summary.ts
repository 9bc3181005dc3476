import { redact } from "../../core/text/redact.ts";
import type { SummarizedJob } from "../../app/context.ts";
import { markOf } from "../text/paint.ts";
import { countText, numberText } from "../../core/text/numbers.ts";
import { durationText } from "../../core/text/duration.ts";

/** GitHub does not render Mermaid graphs with more characters or edges. */
const LONGEST_GRAPH = 45_000;
const MOST_EDGES = 400;

/** Renders jobs and their results in Markdown, each with its graph and its steps. */
export function renderSummary(
  jobs: readonly SummarizedJob[],
  { graph }: { readonly graph: boolean },
): string {
  return jobs.map((job) => `${jobText(job, graph)}\n`).join("\n");
}

function jobText(job: SummarizedJob, graph: boolean): string {
  const { name, status, studioUrl, workspace, steps, durationMs } = job;
  const took = durationMs === undefined ? "" : ` after ${durationText(durationMs)}`;
  return [
    `### ${markOf(status)} Job ${cell(job.job)}: ${cell(status)}${took}`,
    `[${cell(name)}](<${studioUrl.replace(/[<>\s]/g, encodeURIComponent)}>) in workspace ${
      cell(workspace.name)
    }`,
    ...(graph ? graphOf(job) : []),
    ...(steps.some(({ startedAt }) => startedAt !== undefined) ? [tableOf(steps)] : []),
    ...(job.metrics.length === 0 ? [] : [metricsOf(job.metrics)]),
    ...steps.flatMap(({ label, reason, nodes }) => {
      const node = nodes?.find(({ status }) => status === "Failed");
      const where = `Step ${cell(label)} failed${node === undefined ? "" : ` in node ${cell(node.name)}`}:`;
      return reason === undefined ? [] : [where, fenced(reason)];
    }),
  ].join("\n\n");
}

function graphOf({ graph: text, steps }: SummarizedJob): string[] {
  const edges = steps.reduce((sum, { needs }) => sum + needs.length, 0);
  return text.length > LONGEST_GRAPH || edges > MOST_EDGES ? [] : ["```mermaid\n" + text + "```"];
}

function tableOf(steps: SummarizedJob["steps"]): string {
  const rows = steps.flatMap(({ label, status, startedAt, endedAt, compute, nodes = [] }) => {
    const took = startedAt && endedAt ? durationText(endedAt.getTime() - startedAt.getTime()) : "";
    return [
      `| ${markOf(status)} ${cell(label)} | ${cell(status)} | ${took} | ${cell(compute ?? "")} |`,
      ...nodes.map((node) => {
        const took = node.durationMs === undefined ? "" : durationText(node.durationMs);
        return `| ${markOf(node.status)} ↳ ${cell(node.name)} | ${cell(node.status)} | ${took} | |`;
      }),
    ];
  });
  return ["| step | outcome | duration | compute |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** Number of metrics in a summary. */
const SHOWN_METRICS = 20;

function metricsOf(metrics: SummarizedJob["metrics"]): string {
  const rows = metrics.slice(0, SHOWN_METRICS).map(({ step, name, value }) =>
    `| ${cell(name)} | ${numberText(value)} | ${cell(step ?? "")} |`
  );
  const rest = metrics.length - SHOWN_METRICS;
  const table = ["| metric | value | step |", "| --- | ---: | --- |", ...rows].join("\n");
  return rest > 0 ? `${table}\n\nand ${countText(rest, "more metric")}` : table;
}

/** Escapes text for a cell of a Markdown table. */
function cell(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]()#|~!]/g, "\\$&").replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;").replaceAll("@", "&#64;");
}

/** Puts text in a code fence that is longer than any fence inside it. */
function fenced(text: string): string {
  const longest = Math.max(3, ...[...text.matchAll(/~+/g)].map(([run]) => run.length + 1));
  const fence = "~".repeat(longest);
  return `${fence}text\n${redact(text).trimEnd()}\n${fence}`;
}
