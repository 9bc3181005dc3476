import { escaped } from "../../core/untrusted.ts";
import type { JobStep } from "./steps.ts";
import { nodeEdges, nodesOfStep } from "./steps.ts";
import type { GroupedNode, JobSpec, Step } from "./job_spec.ts";

/** @internal A Kedro node, in the step that runs it. */
interface GraphNode extends GroupedNode {
  readonly step: Step;
  /** Place of the step in the job, and of the node in a step of several. */
  readonly at: number;
  readonly inner: number | undefined;
}

/** @internal A dependency between two nodes, and the datasets passed between them. */
interface Edge {
  readonly from: GraphNode;
  readonly to: GraphNode;
  readonly datasets: readonly string[];
}

/** Renders a job as a Mermaid flowchart, which GitHub displays; a step of several nodes is a subgraph. */
export function toMermaid(spec: JobSpec): string {
  const nodes = graphNodes(spec);
  const drawn = edges(nodes);
  const id = ({ at, inner }: GraphNode) => inner === undefined ? `s${at}` : `s${at}n${inner}`;
  const draw = (node: GraphNode) => `${id(node)}[${escaped.mermaid(node.name)}]`;
  return [
    "flowchart LR",
    ...spec.steps.flatMap(({ node, nodes: several }, at) => {
      const own = nodes.filter((node) => node.at === at);
      if (several === undefined) return own.map((node) => `  ${draw(node)}`);
      return [
        `  subgraph s${at}[${escaped.mermaid(node)}]`,
        ...own.map((node) => `    ${draw(node)}`),
        "  end",
      ];
    }),
    ...drawn.map(({ from, to, datasets }) =>
      `  ${id(from)} -->|${escaped.mermaid(datasets.join(", "))}| ${id(to)}`
    ),
  ].join("\n") + "\n";
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
export function stepsToMermaid(
  steps: readonly (Omit<JobStep, "nodes"> & { readonly status: string })[],
): string {
  const ids = new Map(steps.map(({ key }, at) => [key, `s${at}`]));
  return [
    "flowchart LR",
    ...steps.map(({ key, label }) => `  ${ids.get(key)}[${escaped.mermaid(label)}]`),
    ...steps.flatMap(({ key, needs }) =>
      needs.filter((need) => ids.has(need)).map((need) => `  ${ids.get(need)} --> ${ids.get(key)}`)
    ),
    ...steps.flatMap(({ key, status }) =>
      COLORS[status] === undefined ? [] : [`  style ${ids.get(key)} ${COLORS[status]}`]
    ),
  ].join("\n") + "\n";
}

function graphNodes({ steps }: JobSpec): GraphNode[] {
  return steps.flatMap((step, at) =>
    nodesOfStep(step).map((node, index) => ({
      ...node,
      step,
      at,
      inner: step.nodes === undefined ? undefined : index,
    }))
  );
}

function edges(nodes: readonly GraphNode[]): Edge[] {
  const byReader = Map.groupBy(nodeEdges(nodes), ({ reader }) => reader);
  return [...byReader].flatMap(([to, all]) =>
    [...Map.groupBy(all, ({ writer }) => writer)].map(([from, ones]) => ({
      from,
      to,
      datasets: ones.map(({ read }) => read),
    }))
  );
}
