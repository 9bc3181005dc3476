import { countText } from "../../core/format.ts";
import { asText, maskedPair, maskedText } from "../../core/secrets.ts";
import type { NodeSnapshot, ProjectSnapshot } from "../../kedro/snapshot.ts";
import { firstGraph, inOrder } from "../../page/graph_model.ts";
import { parameterValue } from "../../page/run_view.ts";
import type { PageData, Pair, PipelineView, PortView, StepView } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import { type OutputFile, outputPath, refuseOverwrite } from "../output_files.ts";
import { inspectProject } from "../project/inspect.ts";
import { readSource } from "../project/open.ts";
import { type NodeSources, nodeSources, pageData, withSource, writePageFile } from "./page_file.ts";

/** Writes a project's pipelines to a page. @throws {UserError} `project.*`, `kedro.*`, `file.*`. */
export async function writeProjectPage(
  ctx: AppContext,
  options: Parameters<typeof inspectProject>[1],
  { file, force }: OutputFile,
) {
  const path = outputPath(ctx, file);
  await refuseOverwrite(ctx, path, force);
  const snapshot = await inspectProject(ctx, options);
  const sources = nodeSources(await readSource(ctx, options), snapshot);
  return {
    ...await writePageFile(ctx, path, projectPage(snapshot, ctx.clock.now(), sources)),
    pipelines: snapshot.pipeline_names,
    warnings: snapshot.warnings,
  };
}

export function projectPage(
  snapshot: ProjectSnapshot,
  madeAt: Date,
  sources: NodeSources = new Map(),
): PageData {
  const { project, pipelines, pipeline_names: names, catalog, parameters } = snapshot;
  const types = new Map(Object.entries(catalog).map(([name, { type }]) => [name, shortType(type)]));
  return pageData(`${project.name}, pipelines`, {
    kind: "project",
    name: project.name,
    kedroVersion: project.kedro_version,
    env: project.env,
    pipelines: names.map((name): PipelineView => {
      const { nodes, inputs, outputs } = pipelines[name]!;
      const steps = inOrder(
        stepsOf(nodes, types, parameters).map((step) => withSource(step, sources.get(step.key))),
      );
      return { name, inputs, outputs, steps, graph: firstGraph(steps) };
    }),
    catalog: Object.entries(catalog).map(([name, entry]) => ({
      name,
      type: shortType(entry.type) ?? "",
      path: maskedText(asText(entry.azureml_dataset ?? entry.filepath ?? entry.path ?? "")),
    })),
    parameters: Object.entries(parameters).map(([name, value]) => maskedPair(name, value)),
  }, madeAt);
}

function stepsOf(
  nodes: readonly NodeSnapshot[],
  types: ReadonlyMap<string, string | undefined>,
  parameters: ProjectSnapshot["parameters"],
): readonly StepView[] {
  const makers = new Map(
    nodes.flatMap(({ name, outputs }) => outputs.map((output) => [output, name] as const)),
  );
  const port = (name: string, from: string | undefined): PortView => ({
    name,
    type: types.get(name),
    from,
    value: parameterValue(name, parameters),
  });
  return nodes.map((node) => ({
    key: node.name,
    label: node.name,
    namespace: node.namespace ?? undefined,
    tags: node.tags,
    needs: node.depends_on,
    inputs: node.inputs.map((name) => port(name, makers.get(name))),
    outputs: node.outputs.map((name) => port(name, undefined)),
    facts: factsOf(node),
    variables: [],
  }));
}

function factsOf({ func, namespace, distributed }: NodeSnapshot): readonly Pair[] {
  return [
    ["Function", func],
    ...(namespace === null ? [] : [["Namespace", namespace] as const]),
    ...(distributed === null ? [] : [
      ["Distributed", `${distributed.framework} on ${countText(distributed.num_nodes, "node")}`] as const,
    ]),
  ];
}

/** A short form of a dataset type: `pandas.CSVDataset` for `kedro_datasets.pandas.csv_dataset.CSVDataset`. */
function shortType(type: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  const parts = type.split(".");
  return parts.length > 2 ? `${parts.at(-3)}.${parts.at(-1)}` : type;
}
