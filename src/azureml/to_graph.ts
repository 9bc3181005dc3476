import type { JobSpec } from "./job_spec.ts";

/** Which step needs which, and the datasets that go between them. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly datasets: readonly string[];
}

/** The steps of a job as a Mermaid flowchart, which GitHub and GitLab draw. Pure. */
export function toMermaid(spec: JobSpec): string {
  const ids = new Map(spec.steps.map(({ key }, at) => [key, `s${at}`]));
  const quoted = (text: string) => `"${text.replaceAll("&", "#amp;").replaceAll('"', "#quot;")}"`;
  return [
    "flowchart LR",
    ...spec.steps.map(({ key, node }) => `  ${ids.get(key)}[${quoted(node)}]`),
    ...edges(spec).map(({ from, to, datasets }) =>
      `  ${ids.get(from)} -->|${quoted(datasets.join(", "))}| ${ids.get(to)}`
    ),
  ].join("\n") + "\n";
}

/** The steps of a job in Graphviz' language. Pure. */
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
