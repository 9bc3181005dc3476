import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import type { PageData, ProjectView } from "../../../src/page/view.ts";
import { projectPage } from "../../../src/app/report/project_page.ts";
import { VERSION } from "../../../src/core/version.ts";
import { makeWorld } from "../world.ts";

/** Runs `inspect` and returns the page and the output. */
async function inspected(line: string, path = "/home/user/tiny/pipelines.html") {
  const { ctx, kedroAzureml } = makeWorld();
  const exit = await kedroAzureml(line);
  const html = new TextDecoder().decode(ctx.files.get(path));
  const json = /id="data">(.*?)<\/script>/s.exec(html)?.[1];
  const view = json === undefined ? undefined : (JSON.parse(json) as PageData).view as ProjectView;
  return { exit, html, view, out: ctx.stdout(), err: ctx.stderr() };
}

Deno.test("inspect --html writes the pipelines as a page", async () => {
  const { exit, view, out, err } = await inspected("inspect --html");
  equal(exit, 0, err);
  equal(/^✓ Wrote \d+ pipelines? to pipelines\.html, [\d.]+ KiB\n$/.test(out), true, out);
  const pipeline = view!.pipelines.find(({ name }) => name === "__default__")!;
  const count = pipeline.steps.find(({ label }) => label === "count")!;
  deepEqual(count.needs, ["clean"]);
  equal(count.status, undefined);
  equal(count.source, "src/tiny/pipeline_registry.py:9");
  equal(count.code, 'def count(cleaned):\n    return {"rows": len(cleaned)}');
  deepEqual(count.inputs.filter(({ from }) => from !== undefined).map(({ from }) => from), ["clean"]);
  const clean = pipeline.steps.find(({ label }) => label === "clean")!;
  deepEqual(clean.inputs.map(({ name, type }) => [name, type]), [["raw", "pandas.CSVDataset"]]);
  equal(pipeline.graph.at.length, pipeline.steps.length);
  equal(view!.catalog.length > 0, true);
});

Deno.test("inspect --html shortens the types of datasets", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const catalog = `${ctx.cwd}/conf/base/catalog.yml`;
  const more =
    "own: {type: shop.data.sets.Own}\nshort: {type: pandas.CSVDataset}\nmemory: {type: MemoryDataset}\n";
  await ctx.fs.writeText(catalog, `${await ctx.fs.readText(catalog)}${more}`);
  equal(await kedroAzureml("inspect --html"), 0, ctx.stderr());
  const html = new TextDecoder().decode(ctx.files.get(`${ctx.cwd}/pipelines.html`));
  const view = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view as ProjectView;
  const types = Object.fromEntries(view.catalog.map(({ name, type }) => [name, type]));
  deepEqual([types.own, types.short, types.memory], ["data.Own", "pandas.CSVDataset", "MemoryDataset"]);
});

Deno.test("inspect shows the folder of a dataset with a path, also on the page", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const catalog = `${ctx.cwd}/conf/base/catalog.yml`;
  const more = "parts: {type: partitions.PartitionedDataset, path: data/parts, dataset: pandas.CSVDataset}\n";
  await ctx.fs.writeText(catalog, `${await ctx.fs.readText(catalog)}${more}`);
  equal(await kedroAzureml("inspect"), 0, ctx.stderr());
  match(ctx.stdout(), /parts +partitions\.PartitionedDataset {2}data\/parts\n/);
  equal(await kedroAzureml("inspect --html"), 0, ctx.stderr());
  const html = new TextDecoder().decode(ctx.files.get(`${ctx.cwd}/pipelines.html`));
  const view = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view as ProjectView;
  equal(view.catalog.find(({ name }) => name === "parts")!.path, "data/parts");
});

Deno.test("inspect --html -o writes the selected nodes to the given file", async () => {
  const { exit, view, out } = await inspected(
    "inspect --html -o /tmp/part.html --nodes clean --json",
    "/tmp/part.html",
  );
  equal(exit, 0);
  deepEqual(view!.pipelines.map(({ steps }) => steps.map(({ key }) => key)), [["clean"]]);
  const { file, sizeBytes, pipelines } = JSON.parse(out);
  deepEqual([file, pipelines, sizeBytes > 1000], ["/tmp/part.html", ["__default__"], true]);
});

Deno.test("inspect -o fails without --html", async () => {
  const { exit, err } = await inspected("inspect -o x.html");
  equal(exit, 2);
  equal(
    err,
    "error: `--output` needs `--html`\nhint: Add `--html` to write a page, or redirect standard output\n",
  );
});

Deno.test("inspect --html masks secrets of parameters and URLs", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const parameters = `${ctx.cwd}/conf/base/parameters.yml`;
  const before = new TextDecoder().decode(ctx.files.get(parameters) ?? new Uint8Array());
  ctx.files.set(
    parameters,
    new TextEncoder().encode(`${before}\ndb:\n  password: hush\n  url: https://u:hush@host/\n`),
  );
  equal(await kedroAzureml("inspect --html"), 0, ctx.stderr());
  doesNotMatch(new TextDecoder().decode(ctx.files.get(`${ctx.cwd}/pipelines.html`)), /hush/);
});

Deno.test("inspect shows only the nodes that match its filters", async () => {
  const kept = {
    "--from-nodes count": ["count"],
    "--to-nodes clean": ["clean"],
    "--from-inputs cleaned": ["count"],
    "--to-outputs cleaned": ["clean"],
  };
  for (const [filter, nodes] of Object.entries(kept)) {
    const { out, err, exit } = await inspected(`inspect --json ${filter}`);
    equal(exit, 0, err);
    const { nodes: found } = JSON.parse(out).pipelines.__default__;
    deepEqual(found.map(({ name }: { name: string }) => name), nodes, filter);
  }
  for (const filter of ["--tags none", "--namespaces none"]) {
    const { out, err } = await inspected(`inspect --json ${filter}`);
    equal(/"nodes":\[\{/.test(out), false, err);
  }
});

Deno.test("projectPage() has all that a snapshot says of nodes, datasets and parameters", () => {
  const node = {
    func: "shop.nodes:clean",
    namespace: null,
    tags: ["gpu"],
    depends_on: [],
    distributed: null,
  };
  const nodes = [
    { ...node, name: "clean", inputs: ["raw", "params:rate"], outputs: ["cleaned"] },
    {
      ...node,
      name: "eu.train",
      func: "shop.nodes:train",
      namespace: "eu",
      tags: [],
      depends_on: ["clean"],
      distributed: { framework: "pytorch", num_nodes: 2 },
      inputs: ["cleaned"],
      outputs: ["model"],
    },
  ];
  const snapshot = {
    project: { name: "Shop", kedro_version: "1.2.0", env: "prod" },
    pipeline_names: ["__default__"],
    pipelines: { __default__: { nodes, inputs: ["raw", "params:rate"], outputs: ["model"] } },
    catalog: {
      raw: {
        type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset",
        azureml_dataset: "rides",
        filepath: "x",
      },
      cleaned: { type: "kedro_datasets.pandas.csv_dataset.CSVDataset", filepath: "data/c.csv", path: "y" },
      model: { type: "MemoryDataset" },
    },
    parameters: { rate: 0.5, password: "hush" },
  } as unknown as Parameters<typeof projectPage>[0];
  const { view, ...data } = projectPage(snapshot, new Date(5));
  deepEqual(data, { title: "Shop, pipelines", madeAt: 5, program: `kedro-azureml ${VERSION}` });
  const { pipelines: [pipeline], ...project } = view as ProjectView;
  deepEqual(project, {
    kind: "project",
    name: "Shop",
    kedroVersion: "1.2.0",
    env: "prod",
    catalog: [
      { name: "raw", type: "kedro_azureml_pipeline.AzureMLAssetDataset", path: "rides" },
      { name: "cleaned", type: "pandas.CSVDataset", path: "data/c.csv" },
      { name: "model", type: "MemoryDataset", path: "" },
    ],
    parameters: [["rate", "0.5"], ["password", "***"]],
  });
  const { graph, ...rest } = pipeline!;
  equal(graph.at.length, 2);
  const cleaned = { name: "cleaned", type: "pandas.CSVDataset", value: undefined };
  deepEqual(rest, {
    name: "__default__",
    inputs: ["raw", "params:rate"],
    outputs: ["model"],
    steps: [
      {
        key: "clean",
        label: "clean",
        namespace: undefined,
        tags: ["gpu"],
        needs: [],
        inputs: [
          {
            name: "raw",
            type: "kedro_azureml_pipeline.AzureMLAssetDataset",
            from: undefined,
            value: undefined,
          },
          { name: "params:rate", type: undefined, from: undefined, value: "0.5" },
        ],
        outputs: [{ ...cleaned, from: undefined }],
        facts: [["Function", "shop.nodes:clean"]],
        variables: [],
      },
      {
        key: "eu.train",
        label: "eu.train",
        namespace: "eu",
        tags: [],
        needs: ["clean"],
        inputs: [{ ...cleaned, from: "clean" }],
        outputs: [{ name: "model", type: "MemoryDataset", from: undefined, value: undefined }],
        facts: [["Function", "shop.nodes:train"], ["Namespace", "eu"], ["Distributed", "pytorch on 2 nodes"]],
        variables: [],
      },
    ],
  });
});
