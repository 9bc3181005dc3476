import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";
import { assertTranscript, folded, transcriptOf } from "../transcript.ts";

const OLD = `azure:
  subscription_id: "11111111-2222-3333-4444-555555555555"
  experiment_name: tiny
  resource_group: rg-golden
  workspace_name: ws-golden
  environment_name: kedro-env@latest
  code_directory: .
  working_directory: /home/kedro_docker
  pipeline_data_passing:
    enabled: true
  temporary_storage:
    account_name: account
    container: container
  compute:
    __default__:
      cluster_name: cpu-cluster
    gpu:
      cluster_name: gpu-cluster
docker:
  image: ~
`;
/** The first versions had one cluster, an image, and no subscription. */
const OLDEST = `azure:
  cluster_name: cpu-cluster
  experiment_name: tiny
  resource_group: rg-golden
  workspace_name: ws-golden
  temporary_storage:
    account_name: account
    container: container
docker:
  image: "acme/kedro:latest"
`;
const CATALOG = `# The data
raw:
  type: kedro_azureml.datasets.AzureMLAssetDataSet
  azureml_dataset: raw
  dataset: { type: pandas.CSVDataSet, filepath: raw.csv }
summary:
  type: json.JSONDataSet
  filepath: abfss://data@account.dfs.core.windows.net/summary.json
  layer: reporting
other:
  type: kedro_azureml.datasets.AzureMLPandasDataSet
  azureml_dataset: other
`;
const TINY = "/home/user/tiny";

const cases: readonly { name: string; line: string; files: Record<string, string> }[] = [
  {
    name: "converts a project of version 0.9",
    line: "migrate",
    files: {
      [`${TINY}/conf/base/azureml.yml`]: OLD,
      [`${TINY}/conf/base/catalog.yml`]: CATALOG,
      [`${TINY}/requirements.txt`]: "kedro-azureml==0.9.0\nkedro~=0.19\nkedro-datasets[pandas]<2\n",
      [`${TINY}/src/tiny/train.py`]: "from kedro_azureml.distributed import distributed_job\n",
      [`${TINY}/ci/run.yml`]: "- kedro azureml run -p training --wait-for-completion\n",
    },
  },
  {
    name: "converts a project of version 0.1",
    line: "migrate --json",
    files: { [`${TINY}/conf/base/azureml.yml`]: OLDEST },
  },
  {
    name: "converts another environment with the image of base",
    line: "migrate",
    files: {
      [`${TINY}/conf/base/azureml.yml`]: OLD.replace("image: ~", "image: acme/kedro:1"),
      [`${TINY}/conf/prod/azureml.yml`]: "azure:\n  environment_name: prod-env:1\n",
      [`${TINY}/conf/test/azureml.yml`]: "azure:\n  environment_name: test-env:1\ndocker:\n  image: ~\n",
    },
  },
  { name: "fails for a project of this plugin", line: "migrate", files: {} },
  {
    name: "names keys without a counterpart",
    line: "migrate",
    files: {
      [`${TINY}/conf/base/azureml.yml`]:
        "azure:\n  region: eastus\n  environment_name: kedro-env@latest\ndocker:\n  image: acme/kedro:1\nextra:\n  a: 1\n",
    },
  },
  {
    name: "names incompatible packages",
    line: "migrate",
    files: {
      [`${TINY}/conf/base/azureml.yml`]: OLD,
      [`${TINY}/pyproject.toml`]: "[tool.kedro]\npackage_name = 'tiny'\nproject_name = 'Tiny'\n" +
        "kedro_init_version = '0.19.9'\nsource_dir = 'src'\n",
      [`${TINY}/environment/conda.yml`]:
        "dependencies:\n  - python=3.10\n  - pip:\n      - kedro~=1.0\n      - kedro-datasets<8\n",
      [`${TINY}/Makefile`]: "run:\n\tkedro azureml init\n\t# kedro azureml run\n\tkedro azureml compile\n" +
        "\tkedro azureml run --pipeline='train'\n",
      [`${TINY}/README.md`]: "kedro azureml run\n",
      [`${TINY}/src/tiny/a.py`]: "import os\n  import kedro_azureml\nimport kedro_azureml_pipeline\n",
      [`${TINY}/data/b.py`]: "import kedro_azureml\n",
      [`${TINY}/notebook.ipynb`]: "kedro azureml run\n",
    },
  },
  {
    name: "converts a project without requirements",
    line: "migrate",
    files: {
      [`${TINY}/conf/base/azureml.yml`]: OLD,
      [`${TINY}/pyproject.toml`]: "[tool.kedro]\npackage_name = 'tiny'\nproject_name = 'Tiny'\n" +
        "kedro_init_version = '1.0.0'\n",
    },
  },
];

async function migrated({ line, files }: (typeof cases)[number]): Promise<string> {
  const world = makeWorld();
  for (const [path, text] of Object.entries(files)) await world.ctx.fs.writeText(path, text);
  return await transcriptOf(world, [line]);
}

for (const one of cases) {
  Deno.test(`migrate ${one.name}`, async (t) => {
    const usual = new Set(one === cases[0] ? [] : (await migrated(cases[0]!)).split("\n"));
    await assertTranscript(t, folded(await migrated(one), usual), import.meta.url);
  });
}

Deno.test("migrate --write keeps the old azureml.yml", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await ctx.fs.writeText(`${TINY}/conf/base/azureml.yml`, OLD);
  await ctx.fs.writeText(`${TINY}/conf/base/catalog.yml`, CATALOG.replace(/ {2}layer.*\nother[^]*/, ""));
  equal(await kedroAzureml("migrate --write"), 0, ctx.stderr());
  match(
    ctx.stdout(),
    /^✓ Wrote 2 files; the old azureml\.yml is kept as azureml\.yml\.kedro-azureml$/m,
  );
  match(ctx.stderr() + ctx.stdout(), /Run `kedro-azureml validate` to check the project\n/);
  equal(await ctx.fs.readText(`${TINY}/conf/base/azureml.yml.kedro-azureml`), OLD);
  equal(await kedroAzureml("validate main"), 0, ctx.stdout() + ctx.stderr());
});

Deno.test("migrate --write replaces an earlier copy of azureml.yml only with --force", async () => {
  const config = `${TINY}/conf/base/azureml.yml`;
  const copy = `${config}.kedro-azureml`;
  const { ctx, kedroAzureml } = makeWorld();
  await ctx.fs.writeText(config, OLD);
  await ctx.fs.writeText(copy, "my notes\n");
  equal(await kedroAzureml("migrate --write"), 2);
  match(ctx.stderr(), /--force/);
  equal(await ctx.fs.readText(config), OLD);
  equal(await kedroAzureml("migrate --write --force"), 0, ctx.stderr());
  equal(await ctx.fs.readText(copy), OLD);
});

Deno.test("migrate --write keeps CRLF line endings", async () => {
  const file = `${TINY}/conf/base/azureml.yml`;
  const { kedroAzureml, ctx } = makeWorld();
  await ctx.fs.writeText(file, OLD.replaceAll("\n", "\r\n"));
  equal(await kedroAzureml("migrate --write"), 0);
  equal(/[^\r]\n/.test(await ctx.fs.readText(file)), false);
});
