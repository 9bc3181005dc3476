import { doesNotMatch, equal, match } from "node:assert/strict";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

for (const project of ["disttrain", "spaceflights"]) {
  Deno.test(`inspect prints the pipelines, catalog and parameters of ${project}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld({ project }), ["inspect"]), import.meta.url);
  });
}

for (const line of ["inspect", "inspect --html", "inspect --json"]) {
  Deno.test(`${line} shows a project with unreadable parameters`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    await ctx.fs.writeText(`${ctx.cwd}/conf/base/parameters.yml`, "rate: ${missing}\n");
    equal(await kedroAzureml(line), 0, ctx.stderr());
    match(ctx.stdout(), /Pipeline one |2 pipelines|"one":/);
    match(ctx.stderr(), /Cannot read the parameters of the project: InterpolationKeyError/);
  });
}

Deno.test("inspect warns about an environment without a folder", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("inspect -e prod"), 0, ctx.stderr());
  doesNotMatch(ctx.stdout(), /^Catalog/m);
  match(
    ctx.stderr(),
    /warning: Unknown environment "prod": folder "conf\/prod" not found, so Kedro reads no catalog and no parameters/,
  );
  match(ctx.stderr(), /Choose one with `-e` \(base, local, nocode\), or create the folder "conf\/prod"/);
  equal(await kedroAzureml("inspect --html -e local"), 0, ctx.stderr());
  equal(ctx.stderr().split("Unknown environment").length, 2);
});

Deno.test("inspect names the data asset of a catalog entry", async () => {
  const { ctx, kedroAzureml } = makeWorld({ project: "assetlab" });
  const path = `${ctx.cwd}/conf/base/catalog.yml`;
  const long = `long_${"x".repeat(60)}`;
  await ctx.fs.writeText(
    path,
    `${await ctx.fs.readText(path)}\n${long}:\n  type: json.JSONDataset\n  filepath: data/a.json\n`,
  );
  equal(await kedroAzureml("inspect"), 0, ctx.stderr());
  const catalog = ctx.stdout().split("\nCatalog\n")[1]!.split("\n");
  const row = catalog.find((line) => line.includes("raw-file-asset"))!;
  match(row, /^ {2}[\w.]+ +[\w.]*AzureMLAssetDataset {2}raw-file-asset$/);
  equal(row.indexOf("kedro_azureml"), 2 + 48 + 2);
  equal(catalog.find((line) => line.includes(long)), `  ${long}  json.JSONDataset  data/a.json`);
});
