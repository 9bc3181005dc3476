import { equal, match } from "node:assert/strict";
import { assertTranscript } from "../transcript.ts";
import { makeWorld } from "../world.ts";

Deno.test("validate rejects a data asset of type mltable", async (t) => {
  const { ctx, kedroAzureml } = makeWorld();
  const text =
    "raw:\n  type: kedro_azureml_pipeline.datasets.AzureMLAssetDataset\n  azureml_dataset: raw\n  azureml_type: mltable\n" +
    "  dataset: {type: pandas.CSVDataset, filepath: raw.csv}\nsummary:\n  type: json.JSONDataset\n  filepath: s3://bucket/summary.json\n";
  ctx.files.set(`${ctx.cwd}/conf/base/catalog.yml`, new TextEncoder().encode(text));

  await kedroAzureml("validate main");

  await assertTranscript(t, ctx.stdout(), import.meta.url);
});

Deno.test("validate accepts inline credentials in the catalog", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const text =
    "raw:\n  type: pandas.CSVDataset\n  filepath: s3://bucket/raw.csv\n  credentials: {anon: true}\n";
  ctx.files.set(`${ctx.cwd}/conf/base/catalog.yml`, new TextEncoder().encode(text));

  equal(await kedroAzureml("validate main --json"), 0, ctx.stderr());

  match(ctx.stdout(), /"code":"environment.latest"/);
  equal(ctx.stdout().includes("dataset.credentials"), false);
});

const PLACES: readonly { name: string; files: Record<string, string>; says: RegExp }[] = [
  {
    name: "an undefined global",
    files: {
      "conf/base/globals.yml": "folder: data\n",
      "conf/base/catalog.yml": "raw:\n  type: pandas.CSVDataset\n  filepath: ${globals:foldr}/raw.csv\n",
    },
    says:
      /✗ conf\/base\/catalog\.yml:3:13: .*'foldr' not found.*\n {2}hint: Did you mean "\$\{globals:folder\}"\?/,
  },
  {
    name: "an undefined catalog key",
    files: {
      "conf/base/catalog.yml":
        "_root: s3://x\nraw:\n  type: pandas.CSVDataset\n  filepath: ${_rot}/raw.csv\n",
    },
    says: /✗ conf\/base\/catalog\.yml:4:13: .*\n {2}hint: Did you mean "\$\{_root\}"\?/,
  },
  {
    name: "an undefined resolver",
    files: { "conf/base/parameters.yml": "model:\n  when: ${today:}\n" },
    says: /✗ conf\/base\/parameters\.yml:2:9: .*today \[kedro\.parameters\]\n {2}hint: Register `today` in/,
  },
  {
    name: "an undefined runtime parameter",
    files: { "conf/base/parameters.yml": "seed: ${runtime_params:seed}\n" },
    says: /✗ conf\/base\/parameters\.yml:1:7: .*\n {2}hint: Pass it with `--params seed=VALUE`/,
  },
];

for (const { name, files, says } of PLACES) {
  Deno.test(`validate shows where ${name} is used`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    for (const [path, text] of Object.entries(files)) {
      ctx.files.set(`${ctx.cwd}/${path}`, new TextEncoder().encode(text));
    }

    equal(await kedroAzureml("validate main"), 3);

    match(ctx.stdout(), says);
  });
}

Deno.test("validate warns about an allowed code without effect", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("validate main --allow compute.not_found,data.not_found,no.such"), 0);
  const unused = ctx.stderr().match(/(?<=Allowing ")[^"]+(?=" has no effect)/g);
  equal(unused?.join(), "no.such", ctx.stderr());
});
