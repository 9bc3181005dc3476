import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import type { PageData, ProjectView } from "../../../src/page/view.ts";

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

Deno.test("inspect --html writes only the selected nodes", async () => {
  const { exit, view, out } = await inspected(
    "inspect --html -o /tmp/part.html --nodes clean --json",
    "/tmp/part.html",
  );
  equal(exit, 0);
  deepEqual(view!.pipelines.map(({ steps }) => steps.map(({ key }) => key)), [["clean"]]);
  const { file, sizeBytes, pipelines } = JSON.parse(out);
  deepEqual([file, pipelines, sizeBytes > 1000], ["/tmp/part.html", ["__default__"], true]);
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
