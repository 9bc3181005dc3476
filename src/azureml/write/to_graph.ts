import type { JobStep } from "./steps.ts";
import type { JobSpec } from "../job_spec.ts";

/** A dependency between two steps, and the datasets passed between them. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly datasets: readonly string[];
}

/** Renders a job's steps as a Mermaid flowchart, which GitHub and GitLab display. */
export function toMermaid(spec: JobSpec): string {
  const ids = new Map(spec.steps.map(({ key }, at) => [key, `s${at}`]));
  return [
    "flowchart LR",
    ...spec.steps.map(({ key, node }) => `  ${ids.get(key)}[${quoted(node)}]`),
    ...edges(spec).map(({ from, to, datasets }) =>
      `  ${ids.get(from)} -->|${quoted(datasets.join(", "))}| ${ids.get(to)}`
    ),
  ].join("\n") + "\n";
}

/** Quotes text so that neither Mermaid nor the page that displays it interprets anything in it. */
function quoted(text: string): string {
  const plain = text.replace(/\s+/g, " ").replaceAll("&", "#amp;").replaceAll('"', "#quot;");
  return `"${plain.replaceAll("<", "#lt;").replaceAll("`", "#96;")}"`;
}

/** Style of a step by its status; other statuses have none. */
const COLORS: Readonly<Record<string, string>> = {
  Completed: "fill:#dafbe1,stroke:#1a7f37,color:#000",
  Failed: "fill:#ffebe9,stroke:#cf222e,color:#000",
  NotResponding: "fill:#ffebe9,stroke:#cf222e,color:#000",
  Canceled: "fill:#eaeef2,stroke:#57606a,color:#000",
  Running: "fill:#ddf4ff,stroke:#0969da,color:#000",
};

/** Renders steps as a Mermaid flowchart, colored by status. */
export function stepsToMermaid(steps: readonly (JobStep & { readonly status: string })[]): string {
  const ids = new Map(steps.map(({ key }, at) => [key, `s${at}`]));
  return [
    "flowchart LR",
    ...steps.map(({ key, label }) => `  ${ids.get(key)}[${quoted(label)}]`),
    ...steps.flatMap(({ key, needs }) =>
      needs.filter((one) => ids.has(one)).map((one) => `  ${ids.get(one)} --> ${ids.get(key)}`)
    ),
    ...steps.flatMap(({ key, status }) =>
      COLORS[status] === undefined ? [] : [`  style ${ids.get(key)} ${COLORS[status]}`]
    ),
  ].join("\n") + "\n";
}

/** Renders a job's steps in Graphviz's DOT language. */
export function toDot(spec: JobSpec): string {
  const quoted = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return [
    `digraph ${quoted(spec.job)} {`,
    "  rankdir=LR;",
    "  node [shape=box];",
    ...spec.steps.map(({ key, node }) => `  ${quoted(key)} [label=${quoted(node)}];`),
    ...edges(spec).map(({ from, to, datasets }) =>
      `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(datasets.join(", "))}];`
    ),
    "}",
  ].join("\n") + "\n";
}

function edges({ steps }: JobSpec): Edge[] {
  return steps.flatMap((step) => {
    const datasets = new Map<string, string[]>();
    for (const { dataset, from } of step.inputs) {
      if (from.kind === "step") datasets.set(from.step, [...datasets.get(from.step) ?? [], dataset]);
    }
    return [...datasets].map(([from, names]) => ({ from, to: step.key, datasets: names }));
  });
}
