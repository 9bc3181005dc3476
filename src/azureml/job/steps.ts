import { UserError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { sortedByNeeds } from "../../core/graph.ts";
import { type Fields, fields, textOf } from "../../core/json.ts";
import { bindingOf, groupedNodes, MLFLOW_NODE_NAME } from "../../core/runs.ts";
import { withoutTranscoding } from "../../kedro/snapshot.ts";
import type { GroupedNode, JobSpec, Step } from "./job_spec.ts";
import { escaped } from "../../core/untrusted.ts";
import { nearest, suggestion } from "../../core/suggest.ts";
import { nodeOfKey, normalizedName } from "./names.ts";

/** A step of a submitted job, as far as the job's body describes it. */
export interface JobStep {
  readonly key: string;
  /** Name for display: its Kedro node, if the job says so. */
  readonly label: string;
  /** Name of the compute that it runs on, if it has its own. */
  readonly compute: string | undefined;
  /** Keys of the steps that it depends on. */
  readonly needs: readonly string[];
  /** The Kedro nodes that it runs in sequence; absent if it runs one. */
  readonly nodes?: readonly string[] | undefined;
}

/** The steps of a job in graph order. */
export function stepsOf({ properties }: { readonly properties: Fields }): readonly JobStep[] {
  const nodes = Object.entries(fields(properties.jobs));
  const keys = new Set(nodes.map(([key]) => key));
  return inGraphOrder(nodes.map(([key, node]) => toStep(key, fields(node), keys)));
}

/** Sorts steps: none is before one that it depends on, else they are in the order of their names and numbers. */
function inGraphOrder(all: readonly JobStep[]): readonly JobStep[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  const steps = new Map(
    all.toSorted((one, other) => compare(one.label, other.label)).map((step) => [step.key, step]),
  );
  // Azure ML accepts no cycle; if a body has one anyway, its steps are last.
  const { sorted, cyclic } = sortedByNeeds(steps.keys(), (key) => steps.get(key)!.needs);
  return [...sorted, ...cyclic].map((key) => steps.get(key)!);
}

function toStep(
  key: string,
  { display_name: name, computeId, inputs, environment_variables: variables }: Fields,
  keys: ReadonlySet<string>,
): JobStep {
  const bound = Object.values(fields(inputs)).flatMap((input) => bindingOf(fields(input).value).step ?? []);
  const needs = [...new Set(bound)].filter((key) => keys.has(key));
  return {
    key,
    label: textOf(name) || textOf(fields(variables)[MLFLOW_NODE_NAME]) || nodeOfKey(key),
    compute: textOf(computeId)?.split("/").at(-1) || undefined,
    needs,
    nodes: groupedNodes(variables),
  };
}

/** The steps of a job that was compiled here, labeled with their Kedro nodes. */
export function stepsOfSpec({ steps }: JobSpec): readonly JobStep[] {
  return inGraphOrder(steps.map(({ key, node, nodes, compute, inputs }) => ({
    ...nodes !== undefined && { nodes: nodes.map(({ name }) => name) },
    key,
    label: node,
    compute,
    needs: [...new Set(inputs.flatMap(({ from }) => from.kind === "step" ? [from.step] : []))],
  })));
}

/** A dataset that one node of a job writes and another reads. */
export interface NodeEdge<N extends GroupedNode> {
  readonly writer: N;
  readonly reader: N;
  /** The dataset's name as it is written, and as it is read: `table@spark` and `table@pandas` are one dataset. */
  readonly written: string;
  readonly read: string;
}

export function nodesOfStep(step: Step): readonly GroupedNode[] {
  if (step.nodes !== undefined) return step.nodes;
  const [inputs, outputs] = [step.inputs, step.outputs].map((ports) => ports.map(({ dataset }) => dataset));
  return [{ name: step.node, inputs: inputs!, outputs: outputs! }];
}

/** The datasets that go from node to node, by the node that reads; each once for a node. */
export function nodeEdges<N extends GroupedNode>(nodes: readonly N[]): NodeEdge<N>[] {
  const written = new Map(
    nodes.flatMap((writer) =>
      writer.outputs.map((dataset) => [withoutTranscoding(dataset), { writer, written: dataset }] as const)
    ),
  );
  return nodes.flatMap((reader) =>
    [...new Set(reader.inputs)].flatMap((read) => {
      const writer = written.get(withoutTranscoding(read));
      return writer === undefined ? [] : [{ ...writer, reader, read }];
    })
  );
}

interface GraphNode extends GroupedNode {
  readonly step: Step;
  /** Place of the step in the job, and of the node in a step of several. */
  readonly at: number;
  readonly inner: number | undefined;
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

function edges(nodes: readonly GraphNode[]) {
  const byReader = Map.groupBy(nodeEdges(nodes), ({ reader }) => reader);
  return [...byReader].flatMap(([to, all]) =>
    [...Map.groupBy(all, ({ writer }) => writer)].map(([from, ones]) => ({
      from,
      to,
      datasets: ones.map(({ read }) => read),
    }))
  );
}

/** Finds a step by its key, its label or a node that it runs; else by another spelling of its key or label. */
export function stepNamed(steps: readonly JobStep[], name: string): JobStep | undefined {
  const alike = normalizedName(name);
  return steps.find(({ key, label }) => [key, label].includes(name)) ??
    steps.find(({ nodes }) => nodes?.includes(name)) ??
    steps.find(({ key }) => normalizedName(key) === alike) ??
    steps.find(({ label }) => normalizedName(label) === alike);
}

/** Finds a step by its node or key. @throws {UserError} `job.no_step`, which lists the existing steps. */
export function requireStep<T extends JobStep>(steps: readonly T[], name: string, stepName: string): T {
  const step = stepNamed(steps, stepName);
  if (step !== undefined) return steps.find(({ key }) => key === step.key)!;
  const labels = steps.map(({ label }) => label);
  const meant = labels.find((label) => label.endsWith(`.${stepName}`)) ?? nearest(stepName, labels);
  throw new UserError(`Job "${name}" has no step "${stepName}"${suggestion(meant)}`, {
    // job.no_step: The job has no such step. Use one of those that the message lists.
    code: "job.no_step",
    exit: ExitCode.Usage,
    details: [`steps: ${labels.join(", ")}`],
    hint: "Pass one of them to `--step`",
  });
}
