import { randomNumbers } from "../../../fakes/random_numbers.ts";
import { node } from "../../../fakes/plain_job.ts";
import type { CatalogEntry, NodeSnapshot, PipelineSnapshot } from "../../../../src/kedro/snapshot.ts";

/** A pipeline with its catalog. */
export interface RandomPipeline {
  readonly pipeline: PipelineSnapshot;
  readonly catalog: Readonly<Record<string, CatalogEntry>>;
}

/** Returns a dataset's name without its format. */
export function plain(dataset: string): string {
  return dataset.replace(/@.*/, "");
}

/** Creates a pipeline with nodes in Kedro's order: topological, and by name among those that are ready. */
export function pipelineFrom(nodes: readonly NodeSnapshot[]): PipelineSnapshot {
  const written = new Set(nodes.flatMap(({ outputs }) => outputs.map(plain)));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(plain)));
  const ordered: NodeSnapshot[] = [];
  const there = new Set<string>();
  for (let left = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1)); left.length > 0;) {
    const ready = left.filter(({ inputs }) =>
      inputs.every((one) => !written.has(plain(one)) || there.has(plain(one)))
    );
    if (ready.length === 0) throw new Error("a circle");
    ready.forEach(({ outputs }) => outputs.forEach((one) => there.add(plain(one))));
    ordered.push(...ready);
    left = left.filter((node) => !ready.includes(node));
  }
  const all = (pick: "inputs" | "outputs") => [...new Set(nodes.flatMap((node) => node[pick]))].sort();
  return {
    nodes: ordered,
    inputs: all("inputs").filter((one) => !written.has(plain(one))),
    outputs: all("outputs").filter((one) => !read.has(plain(one))),
  };
}

/** Creates up to 30 nodes with tags, namespaces, computes, formats, data assets and parameters. */
export function randomPipeline(seed: number): RandomPipeline {
  const random = randomNumbers(seed);
  const below = (count: number) => Math.floor(random() * count);
  const some = <T>(items: readonly T[]) => items[below(items.length)]!;
  const isRare = (share: number) => random() < share;
  const catalog: Record<string, CatalogEntry> = {
    root_csv: { type: "pandas.CSVDataset", filepath: "data/root.csv" },
    root_asset: { type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset", azureml_dataset: "root" },
  };
  const roots = ["root_csv", "root_asset", "params:rate", "parameters"];
  const datasets: string[] = [];
  // A short reach makes long chains, a long one makes wide graphs.
  const reach = 1 + below(8);
  const nodes = Array.from({ length: 1 + below(30) }, (_, at): NodeSnapshot => {
    const recent = datasets.slice(-reach);
    const inputs = Array.from({ length: below(4) }, () => {
      if (recent.length === 0 || isRare(0.25)) return some(roots);
      const dataset = isRare(0.2) ? some(datasets) : some(recent);
      return isRare(0.15) && dataset.includes("@") ? `${plain(dataset)}@other` : dataset;
    });
    const namespace = isRare(0.5) ? null : some(["a", "b", "a.x", "a.y", "b.x.deep"]);
    const name = `${namespace === null ? "" : `${namespace}.`}n${below(1000)}_${at}`;
    const outputs = Array.from({ length: below(4) }, (_, index) => {
      const dataset = `${some(["d", "D", "e.f", "g-h"])}${at}_${index}${isRare(0.1) ? "@one" : ""}`;
      if (isRare(0.15)) catalog[dataset] = assetNamed(dataset.replace(/[@.]/g, "-"));
      return dataset;
    });
    datasets.push(...outputs);
    const tags = [
      ...isRare(0.2) ? ["gpu"] : isRare(0.1) ? ["big"] : [],
      ...isRare(0.3) ? ["deterministic"] : [],
      ...isRare(0.6) ? [`stage${some([".", ":"])}${some(["one", "two", "three"])}`] : [],
    ].sort();
    const distributed = isRare(0.07) ? { framework: "PyTorch", num_nodes: 2, processes_per_node: 1 } : null;
    return node({ name, inputs, outputs, tags, namespace, distributed });
  });
  return { pipeline: pipelineFrom(nodes), catalog };
}

function assetNamed(name: string): CatalogEntry {
  return { type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset", azureml_dataset: name };
}
