import assert from "node:assert/strict";
import { makeWorld } from "../world.ts";
import { GOLDEN_SEED } from "../../fakes/seed.ts";
import { CONDA, emptyWorkspace } from "./empty_workspace.ts";

const FILE = "environment/environment.yml";

Deno.test("setup --yes creates the missing cluster, environment and data asset", async () => {
  const { kedroAzureml, prepare, catalog, azure, ctx } = emptyWorkspace();
  await prepare();
  assert.equal(await kedroAzureml("setup --yes"), 0, ctx.stderr());
  assert.match(await catalog(), /azureml_dataset: raw\n/);
  assert.match(
    await catalog(),
    /summary:\n {2}type: kedro_azureml_pipeline\.datasets\.AzureMLPipelineDataset\n/,
  );
  assert.match(
    ctx.stdout(),
    /catalog\.yml: raw read from data assets; summary passed on and kept by Azure ML\n/,
  );
  const made = ["computes", "environments/versions", "data/versions"].map((kind) =>
    azure.resources(kind).map(({ id }) => id.split("/workspaces/ws-golden/")[1])
  );
  assert.deepEqual(made, [["computes/cpu-cluster"], ["environments/kedro-env/versions/1"], [
    "data/raw/versions/1",
  ]]);
  assert.equal(azure.resources("data/versions")[0]!.properties.dataType, "uri_file");
  assert.equal((azure.resources("computes")[0] as unknown as { location: string }).location, "eastus");
  const writes = () =>
    azure.requests.filter(({ method, url }) => method === "PUT" && url.includes("/workspaces/"));
  const before = writes().length;
  assert.equal(await kedroAzureml("setup --yes"), 0);
  assert.match(ctx.stdout(), /Nothing is missing/);
  assert.equal(writes().length, before);
  assert.equal(await kedroAzureml("submit main"), 0, ctx.stderr());
});

Deno.test("setup asks before it creates anything", async () => {
  const refused = emptyWorkspace({ answers: ["n"] });
  await refused.prepare();
  assert.equal(await refused.kedroAzureml("setup"), 2);
  assert.match(refused.ctx.stderr(), /Apply these 5 changes\? \[y\/N\] /);
  assert.match(
    refused.ctx.stderr(),
    /`--yes` to apply it without a question, or `--dry-run` to see the plan/,
  );
  assert.equal(await refused.kedroAzureml("setup --json"), 2);
  assert.ok(refused.ctx.stderr().includes('"setup.not_confirmed"'));
  assert.deepEqual(refused.azure.resources("computes"), []);
  const agreed = emptyWorkspace({ answers: ["y"] });
  await agreed.prepare();
  assert.equal(await agreed.kedroAzureml("setup"), 0, agreed.ctx.stderr());
  assert.equal(agreed.azure.resources("computes").length, 1);
});

Deno.test("setup --storage-access gives a new cluster an identity", async () => {
  const { kedroAzureml, prepare, azure, ctx } = emptyWorkspace();
  await prepare();
  assert.equal(await kedroAzureml("setup --yes --storage-access"), 3);
  assert.match(
    ctx.stderr(),
    /role Storage Blob Data Contributor of compute cpu-cluster on storage account \w+: Ask an owner to run `az role assignment create --assignee "\$\(az ml compute show --name cpu-cluster .*--query identity\.principal_id --output tsv\)" --role "Storage Blob Data Contributor" --scope \/subscriptions\/.*\/storageAccounts\/\w+`\n/,
  );
  const { identity } = azure.resources("computes")[0] as unknown as { identity: { principalId: string } };
  assert.equal(await kedroAzureml("setup --yes --storage-access --json"), 3);
  assert.ok(ctx.stdout().includes(`--assignee ${identity.principalId} --role`), ctx.stdout());
  assert.deepEqual(azure.requests.filter(({ url }) => url.includes("roleAssignments/")), []);
});

for (
  const [what, changes, options, expected, there] of [
    [
      "all computes of two jobs in one workspace",
      {
        "  one:\n": "  one:\n    compute: gpu\n",
        "execution:": "  gpu: {cluster_name: gpu-cluster}\nexecution:",
      },
      "-j main -j one",
      ["compute cpu-cluster", "compute gpu-cluster", "environment kedro-env 1"],
      [],
    ],
    [
      "nothing for serverless compute and a curated environment",
      { "cpu-cluster": "serverless", "kedro-env@latest": "AzureML-sklearn-1.5@latest" },
      "main --storage-access",
      [],
      ["compute serverless"],
    ],
    [
      "the environment version of jobs",
      { "kedro-env@latest": "kedro-env:3" },
      "main",
      ["compute cpu-cluster", "environment kedro-env 3"],
      [],
    ],
  ] as const
) {
  Deno.test(`setup plans ${what}`, async () => {
    const { kedroAzureml, prepare, ctx, edit } = emptyWorkspace();
    await prepare();
    await edit("conf/base/azureml.yml", ...Object.entries(changes));
    assert.equal(await kedroAzureml(`setup --dry-run --json ${options}`), 0, ctx.stderr());
    const { create, present } = JSON.parse(ctx.stdout()) as {
      readonly present: readonly string[];
      readonly create: readonly {
        readonly kind: string;
        readonly name?: string;
        readonly version?: string;
      }[];
    };
    const plan = create.filter(({ kind }) => !/catalog$/.test(kind)).map(({ kind, name, version }) =>
      [kind, name, version].filter(Boolean).join(" ")
    );
    assert.deepEqual([plan, present], [[...expected, "data raw 1"], there]);
  });
}

Deno.test("setup creates resources in a job's own workspace", async () => {
  const { kedroAzureml, ctx, edit } = makeWorld();
  const definition =
    '  staging: {subscription_id: "99999999-2222-3333-4444-555555555555", resource_group: rg-staging, name: ws-staging}\n';
  await edit(
    "conf/base/azureml.yml",
    ["  main:\n", "  main:\n    workspace: staging\n"],
    ["compute:\n", `${definition}compute:\n`],
  );
  const [staging, golden] = ["Workspace ws-staging in eastus", "Workspace ws-golden in eastus"];
  for (
    const [options, workspaces] of [
      ["", [staging, golden]],
      [" -w __default__", [golden]],
      [" -w staging", [staging]],
    ] as const
  ) {
    const before = ctx.stdout().length;
    await kedroAzureml(`setup -j main -j one --dry-run --no-catalog${options}`);
    assert.deepEqual(ctx.stdout().slice(before).match(/^Workspace .*/gm), workspaces);
  }
});

Deno.test("setup suggests deleting a failed cluster", async () => {
  const computes = [{ name: "cpu-cluster", provisioningState: "Failed" as const }];
  const { kedroAzureml, azure, ctx } = makeWorld({ emulator: { seed: { ...GOLDEN_SEED, computes } } });
  assert.equal(await kedroAzureml("setup --yes --no-catalog"), 3);
  assert.match(ctx.stderr(), /compute cpu-cluster, which failed .*: Delete it in Azure ML studio/);
  assert.doesNotMatch(ctx.stdout(), /= compute cpu-cluster/);
  assert.deepEqual(azure.requests.filter(({ method }) => method === "PUT"), []);
});

Deno.test("setup --catalog-only sends no request", async () => {
  const { kedroAzureml, catalog, azure, ctx, edit } = emptyWorkspace();
  await edit("conf/base/azureml.yml", [/ws-golden/g, "<workspace>"], [/kedro-env/g, "<environment>"]);
  assert.equal(await kedroAzureml("setup --catalog-only --yes"), 0, ctx.stderr());
  assert.match(
    ctx.stdout(),
    /The catalog \(nothing is created in Azure\)\n {2}\+ conf\/laptop\/catalog\.yml: .*\n {2}~ conf\/base\/catalog\.yml: raw read from data assets; summary/,
  );
  assert.match(await catalog(), /AzureMLAssetDataset[^]*AzureMLPipelineDataset/);
  assert.deepEqual(azure.requests, []);
  assert.equal(await kedroAzureml("setup --catalog-only --yes"), 0, ctx.stderr());
  assert.match(ctx.stdout(), /The catalog \(nothing is created in Azure\)\n {2}Nothing is missing\.\n$/);
});

Deno.test("setup --catalog-only names a file that does not exist", async () => {
  const { kedroAzureml, ctx } = emptyWorkspace();
  for (const path of ctx.files.keys()) if (/\/data\/.*\.csv$/.test(path)) ctx.files.delete(path);
  assert.equal(await kedroAzureml("setup --catalog-only --yes"), 0, ctx.stderr());
  assert.match(
    ctx.stdout(),
    /! conf\/base\/catalog\.yml: "raw" stays .* data\/\S+ does not exist: Add the file/,
  );
});

Deno.test("setup does not change the catalog if broken code leaves out a pipeline", async () => {
  const { kedroAzureml, catalog, ctx, edit } = emptyWorkspace();
  const before = await catalog();
  await edit("src/tiny/pipeline_registry.py", [
    /$/,
    `
from kedro.framework.project import find_pipelines
registered = register_pipelines
register_pipelines = lambda: {**registered(), "__default__": sum(find_pipelines().values())}
`,
  ]);
  await ctx.fs.writeText(`${ctx.cwd}/src/tiny/pipelines/__init__.py`, "");
  await ctx.fs.writeText(`${ctx.cwd}/src/tiny/pipelines/prep/__init__.py`, "from .nodse import clean\n");
  assert.equal(await kedroAzureml("setup --catalog-only --yes"), 3);
  assert.match(
    ctx.stderr(),
    /left out the pipelines of "tiny\.pipelines\.prep".*\n.*prep\/__init__\.py:1\nhint: Correct it\n/,
  );
  assert.equal(await catalog(), before);
});

Deno.test("setup creates the other resources after a failure", async () => {
  const { kedroAzureml, azure, ctx } = emptyWorkspace();
  assert.equal(await kedroAzureml("setup --yes --no-catalog"), 3);
  assert.equal(azure.resources("computes").length, 1);
  assert.match(ctx.stderr(), /environment kedro-env@latest: Run `kedro-azureml init --environment`/);
  assert.equal(await kedroAzureml("setup --yes --no-catalog --json"), 3);
  assert.equal(await kedroAzureml("setup --yes --no-catalog"), 3);
  assert.doesNotMatch(ctx.stdout(), /Nothing is missing/);
  assert.ok(ctx.stderr().includes('"setup.incomplete"'));
});

Deno.test("data push suggests a data asset for a misspelled name", async () => {
  const { errorOf } = makeWorld({ project: "assetlab" });
  const { message, hint } = await errorOf("data push raw-flie-asset", 2);
  assert.match(
    `${message} ${hint}`,
    /\(did you mean "raw-file-asset"\?\) Run `kedro-azureml data push raw-file-asset`$/,
  );
});

Deno.test("data push rejects an invalid name before any request", async () => {
  const { kedroAzureml, ctx, azure } = emptyWorkspace();
  for (const name of ["bad.name!", "-x", "x".repeat(256)]) {
    assert.equal(await kedroAzureml(`data push --json -- ${name} data/01_raw/raw.csv`), 2, name);
    assert.ok(ctx.stderr().includes('"data.name"'));
  }
  assert.equal(azure.requests.length, 0);
});

Deno.test("data push rejects secret-like files unless --allow data.secret is given", async () => {
  const { kedroAzureml, errorOf, ctx, azure } = emptyWorkspace();
  await ctx.fs.writeText(`${ctx.cwd}/data/in/credentials.yml`, "db:\n  password: hunter2\n");
  await ctx.fs.writeText(`${ctx.cwd}/data/in/.env`, "TOKEN=x\n");
  await ctx.fs.writeText(`${ctx.cwd}/data/in/a.csv`, "a\n");
  const { code, details, message } = await errorOf("data push in data/in", 3);
  assert.equal(code, "data.secret");
  assert.match([message, ...details].join(), /credentials\.yml" looks like credentials/);
  assert.match([message, ...details].join(), /\.env" looks like a file of environment variables/);
  assert.deepEqual(azure.resources("data"), []);
  assert.equal(await kedroAzureml("data push in data/in --allow data.secret"), 0, ctx.stderr());
});

Deno.test("setup uploads no secret-like files", async () => {
  const { kedroAzureml, prepare, catalog, ctx, azure } = emptyWorkspace();
  await prepare();
  const file = "data/of us/credentials.csv";
  await ctx.fs.writeText(`${ctx.cwd}/${file}`, "id\n1\n");
  const before = await catalog();
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/catalog.yml`, before.replace("data/01_raw/raw.csv", file));
  const hint = "run `kedro-azureml data push raw 'data/of us/credentials.csv' --allow data.secret`";
  for (const line of ["setup --yes", "setup --yes"]) {
    assert.equal(await kedroAzureml(line), 3);
    assert.match(ctx.stdout(), /! data asset raw\S* \("credentials\.csv" looks like credentials\)/, line);
    assert.ok(ctx.stderr().includes(hint), line);
    assert.deepEqual(azure.resources("data/versions"), []);
    assert.ok(!azure.requests.some(({ url }) => url.includes("credentials.csv")));
  }
  assert.equal(await kedroAzureml(["data", "push", "raw", file, "--allow", "data.secret"]), 0, ctx.stderr());
  assert.equal(await kedroAzureml("setup --yes"), 0, ctx.stderr());
});

Deno.test("setup and data push do not upload the project's own folder", async () => {
  for (const root of [".", "data/.."]) {
    const { kedroAzureml, ctx, azure } = await withFolder(root);
    assert.equal(await kedroAzureml("setup --yes"), 3);
    assert.match(ctx.stdout(), /! data asset all\S* \(its folder holds the whole project\)/);
    assert.equal(await kedroAzureml("data push all --allow data.secret"), 3);
    assert.match(ctx.stderr(), new RegExp(`"${root}" holds the whole project and must not be uploaded`));
    assert.deepEqual(azure.resources("data/versions"), []);
  }
});

/** A world whose catalog reads a data asset from a folder, and whose terminal may answer. */
async function withFolder(root: string, answer?: string) {
  const world = emptyWorkspace(answer === undefined ? {} : { answers: [answer] });
  await world.prepare();
  const type = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";
  const entry = `raw:\n  type: ${type}\n  azureml_dataset: all\n  root_dir: ${root}\n  dataset:\n` +
    "    type: pandas.CSVDataset\n    filepath: raw.csv\n";
  await world.edit("conf/base/catalog.yml", [/^raw:\n(?: .*\n)+/m, entry]);
  return world;
}

/** A world whose catalog reads a data asset from a folder outside the project. */
async function withOutside(root: string, answer?: string) {
  const world = await withFolder(root, answer);
  const { ctx } = world;
  for (const name of ["raw.csv", "tax.pdf"]) await ctx.fs.writeText(`/home/user/papers/${name}`, "a,b\n");
  return world;
}

Deno.test("data push and setup upload a folder outside the project only with --allow-outside", async () => {
  for (const root of ["/home/user/papers", "../papers"]) {
    const { kedroAzureml, errorOf, ctx, azure } = await withOutside(root);
    const error = await errorOf("data push all --allow data.outside", 3);
    assert.deepEqual([error.code, error.message, error.hint], [
      "data.outside",
      '"/home/user/papers" is outside the project, and is not uploaded',
      "Add `--allow-outside /home/user/papers` if it is the data that is meant",
    ]);
    assert.equal(await kedroAzureml("setup --yes"), 3);
    assert.match(ctx.stdout(), /! data asset all\S* \("\/home\/user\/papers" is outside the project\)/);
    assert.deepEqual(azure.resources("data/versions"), []);
    assert.ok(!azure.requests.some(({ url }) => url.includes("tax.pdf")));
    assert.equal(await kedroAzureml("data push all --allow-outside ../papers"), 0, ctx.stderr());
    assert.match(ctx.stdout(), /✓ Uploaded \/home\/user\/papers \(2 files, 8 bytes\) as data asset all:1\n/);
  }
  const { kedroAzureml, ctx } = await withOutside("../papers");
  assert.equal(await kedroAzureml("setup --yes --allow-outside /home/user/papers"), 0, ctx.stderr());
  assert.match(ctx.stdout(), /✓ Uploaded \/home\/user\/papers as data asset all:1\n/);
});

Deno.test("data push asks before it uploads a folder outside the project", async () => {
  for (const [answer, exit] of [["", 3], ["n", 3], ["y", 0]] as const) {
    const { kedroAzureml, ctx } = await withOutside("../papers", answer);
    const question = 'Upload "/home/user/papers", which is outside the project? [y/N] ';
    assert.equal(await kedroAzureml("data push all"), exit, ctx.stderr());
    assert.equal(ctx.stderr().split(question).length, 2, ctx.stderr());
    assert.equal(await kedroAzureml("data push all ../papers"), 0, ctx.stderr());
    assert.equal(ctx.stderr().split(question).length, 2, "the question is asked once");
  }
});

Deno.test("data push fails for a link to a file outside the project", async () => {
  const { errorOf, ctx, azure } = await withOutside("data/01_raw");
  const { realPath } = ctx.fs;
  const link = `${ctx.cwd}/data/link.csv`;
  await ctx.fs.writeText(link, "a,b\n");
  ctx.fs.realPath = async (path) => path === link ? "/home/user/papers/raw.csv" : await realPath(path);
  for (const typed of ["data/link.csv", link]) {
    assert.equal((await errorOf(`data push l ${typed}`, 3)).code, "data.outside");
  }
  assert.deepEqual(azure.resources("data/versions"), []);
});

/** A world whose catalog reads the files `raw.csv` and the folder `images` from data assets. */
async function withAssets() {
  const world = emptyWorkspace();
  const { ctx } = world;
  const type = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";
  const entry = (asset: string, kind: string, file: string) =>
    `{type: ${type}, azureml_dataset: ${asset}, azureml_type: ${kind}, root_dir: data/01_raw, ` +
    `dataset: {type: pandas.CSVDataset, filepath: ${file}}}\n`;
  await ctx.fs.writeText(
    `${ctx.cwd}/conf/base/catalog.yml`,
    `raw: ${entry("my-raw", "uri_file", "raw.csv")}images: ${entry("my-images", "uri_folder", "a.csv")}`,
  );
  await ctx.fs.writeText(`${ctx.cwd}/data/other/other.csv`, "a\n");
  const refused = async (line: string) => {
    const { code, message, hint } = await world.errorOf(line, 2);
    return [code, message, hint];
  };
  return { ...world, refused };
}

Deno.test("data push suggests the data asset for the name of a dataset", async () => {
  const { refused, kedroAzureml, ctx, azure } = await withAssets();
  assert.deepEqual(await refused("data push raw"), [
    "data.dataset_name",
    '"raw" is a dataset; its data asset is "my-raw"',
    "Run `kedro-azureml data push my-raw`",
  ]);
  assert.equal(
    (await refused("data push raw data/01_raw/raw.csv"))[2],
    "Run `kedro-azureml data push my-raw data/01_raw/raw.csv`",
  );
  assert.deepEqual(azure.resources("data"), []);
  assert.equal(
    await kedroAzureml("data push raw data/01_raw/raw.csv --allow data.dataset_name"),
    0,
    ctx.stderr(),
  );
  assert.equal(await kedroAzureml("data push my-raw"), 0, ctx.stderr());
  Object.assign(ctx, { cwd: `${ctx.cwd}/conf` });
  assert.equal(await kedroAzureml("data push my-raw"), 0, ctx.stderr());
});

Deno.test("data push rejects a folder for a data asset of one file", async () => {
  const { refused, kedroAzureml, ctx, azure } = await withAssets();
  assert.deepEqual(await refused("data push my-raw data/other"), [
    "data.kind",
    'Data asset "my-raw" is a uri_file for dataset "raw", and "data/other" is a folder',
    'Pass a file, or set `azureml_type: uri_folder` for "raw" in the catalog',
  ]);
  assert.deepEqual(await refused("data push my-raw data/other/other.csv"), [
    "data.kind",
    'Dataset "raw" reads the file "raw.csv" of data asset "my-raw", and "data/other/other.csv" has another name',
    'Rename it to "raw.csv", or change the `filepath` of "raw" in the catalog',
  ]);
  assert.match(
    (await refused("data push my-images data/other/other.csv"))[1]!,
    /uri_folder for dataset "images", and .* is a file$/,
  );
  assert.deepEqual(azure.resources("data"), []);
  assert.equal(await kedroAzureml("data push my-images data/other"), 0, ctx.stderr());
  assert.equal(
    await kedroAzureml("data push my-raw data/other/other.csv --allow data.kind"),
    0,
    ctx.stderr(),
  );
});

Deno.test("data push registers a file as uri_file, a folder as uri_folder", async () => {
  const { printed, ctx, azure } = await withAssets();
  await ctx.fs.writeText(`${ctx.cwd}/data/more/a.csv`, "ab");
  await ctx.fs.writeText(`${ctx.cwd}/data/more/b/c.csv`, "c");
  for (
    const [name, path, type, files, sizeBytes] of [
      ["some", "data/more/a.csv", "uri_file", 1, 2],
      ["all", "data/more", "uri_folder", 2, 3],
    ] as const
  ) {
    const pushed = JSON.parse(await printed(`data push ${name} ${path} --json`));
    assert.deepEqual(pushed, { name, version: "1", type, files, sizeBytes, unchanged: false });
    const stored = azure.resources("data/versions").find(({ id }) => id.includes(`/data/${name}/`));
    assert.equal(stored!.properties.dataType, type);
  }
});

Deno.test("environment push warns if azureml.yml names another environment", async () => {
  const { kedroAzureml, ctx, prepare } = emptyWorkspace();
  await prepare();
  const config = `${ctx.cwd}/conf/base/azureml.yml`;
  const text = await ctx.fs.readText(config);
  const warningFor = async (environment: string) => {
    await ctx.fs.writeText(config, text.replace(/environment: .*/, `environment: "${environment}"`));
    const before = ctx.stderr().length;
    assert.equal(await kedroAzureml("environment push --json"), 0, ctx.stderr());
    const said = ctx.stderr().slice(before);
    const warnings = said.split("\n").filter(Boolean).map((line) => JSON.parse(line).warning);
    return warnings.find((warning) => warning?.code === "environment.unused");
  };
  const line = text.slice(0, text.indexOf("environment:")).split("\n").length;
  const unused = (message: string, column = 16) => ({
    code: "environment.unused",
    message,
    hint: "Set `execution.environment: kedro-env@latest` in azureml.yml",
    place: { file: "conf/base/azureml.yml", line, column, key: "execution.environment" },
  });
  assert.deepEqual(
    await warningFor("other@latest"),
    unused('Jobs use environment "other@latest", not kedro-env:1'),
  );
  assert.deepEqual(
    await warningFor("kedro-env:7"),
    unused('Jobs use environment "kedro-env:7", not kedro-env:1'),
  );
  assert.deepEqual(
    await warningFor(""),
    unused("Jobs use no environment of azureml.yml, so they do not use kedro-env:1"),
  );
  for (const used of ["kedro-env", "kedro-env@latest", "azureml:kedro-env@latest", "kedro-env:1"]) {
    assert.equal(await warningFor(used), undefined, used);
  }
  await ctx.fs.writeText(`${ctx.cwd}/environment/conda.yml`, `${CONDA}      - pandas\n`);
  assert.equal(
    (await warningFor("kedro-env:1"))?.message,
    'Jobs use environment "kedro-env:1", not kedro-env:2',
  );
  assert.equal(await warningFor("kedro-env:2"), undefined);
});

Deno.test("environment push registers a new version only if its files have changed", async () => {
  const { kedroAzureml, printed, ctx, prepare } = emptyWorkspace();
  assert.equal(await kedroAzureml("environment push --json"), 3);
  assert.ok(ctx.stderr().includes('"environment.no_file"'));
  await prepare();
  const push = async () => {
    const { version, unchanged } = JSON.parse(await printed("environment push --json"));
    return [version, unchanged];
  };
  assert.deepEqual(await push(), ["1", false]);
  assert.deepEqual(await push(), ["1", true]);
  await ctx.fs.writeText(`${ctx.cwd}/environment/conda.yml`, `${CONDA}      - pandas\n`);
  assert.deepEqual(await push(), ["2", false]);
  const definition = await ctx.fs.readText(`${ctx.cwd}/${FILE}`);
  await ctx.fs.writeText(`${ctx.cwd}/${FILE}`, definition.replace("img:1", "img:2"));
  assert.deepEqual(await push(), ["3", false]);
});

const PATH_HINT = "Correct the path; it is relative to the folder of this file";
const PIP_HINT = "Write the packages themselves in its place";
const LIST_HINT = "Write one, with `dependencies`";
const OUTSIDE_HINT = "If it is the file that is meant, add `--allow-outside /home/user`";
const SECRET_HINT = "Name a conda file; everyone in the workspace can read it";
const CREDENTIALS = "../conf/local/credentials.yml";
const outside = (file: string) => `conda_file "${file}" is outside the project, and is not sent`;
const only = (file: string) =>
  `${file} installs "-r requirements.txt", but this file is the only one that Azure ML gets`;
for (
  const [written, message, hint, file, line] of [
    ["conda_file: gone.yml", `conda_file "gone.yml" is not a file`, PATH_HINT, FILE, 3],
    ["conda_file: ../data", `conda_file "../data" is not a file`, PATH_HINT, FILE, 3],
    ["conda_file: {dependencies: [{pip: [-r requirements.txt]}]}", only(FILE), PIP_HINT, FILE, 3],
    ["conda_file: c/conda.yml", only("environment/c/conda.yml"), PIP_HINT, "environment/c/conda.yml", 2],
    ["conda_file: c/notes.txt", `conda_file "c/notes.txt" is not a conda file`, LIST_HINT, FILE, 3],
    [
      "conda_file: ../.dbt/profiles.yml",
      `conda_file "../.dbt/profiles.yml" is not a conda file`,
      LIST_HINT,
      FILE,
      3,
    ],
    ["conda_file: /home/user/diary.yml", outside("/home/user/diary.yml"), OUTSIDE_HINT, FILE, 3],
    ["conda_file: ../../diary.yml", outside("../../diary.yml"), OUTSIDE_HINT, FILE, 3],
    [
      `conda_file: ${CREDENTIALS}`,
      `conda_file "${CREDENTIALS}" is a file of secrets, and is not sent`,
      SECRET_HINT,
      FILE,
      3,
    ],
  ] as const
) {
  Deno.test(`environment push rejects ${written}`, async () => {
    const { errorOf, ctx, azure } = emptyWorkspace();
    await ctx.fs.writeText(
      `${ctx.cwd}/environment/c/conda.yml`,
      "dependencies:\n- pip: [-r requirements.txt]\n",
    );
    await ctx.fs.writeText(`${ctx.cwd}/environment/c/notes.txt`, "- a\n");
    await ctx.fs.writeText(`${ctx.cwd}/.dbt/profiles.yml`, "db: {word: hunter}\n");
    await ctx.fs.writeText("/home/user/diary.yml", "salary: 1\n");
    await ctx.fs.writeText(`${ctx.cwd}/conf/local/credentials.yml`, "db: {word: hunter}\n");
    await ctx.fs.writeText(`${ctx.cwd}/${FILE}`, `name: e\nimage: img:1\n${written}\n`);
    const { code, place, ...error } = await errorOf("environment push", 3);
    assert.deepEqual([code, error.message, error.hint, place?.file, place?.line], [
      "environment.definition",
      message,
      hint,
      file,
      line,
    ]);
    assert.deepEqual(azure.resources("environments/versions"), []);
  });
}

Deno.test("environment push suggests `az ml environment create` for a build", async () => {
  const { errorOf, ctx } = emptyWorkspace();
  await ctx.fs.writeText(`${ctx.cwd}/${FILE}`, "name: e\nbuild:\n  path: ../docker\n");
  const error = await errorOf("environment push", 3);
  assert.deepEqual([error.code, error.message, error.hint, error.place?.line], [
    "environment.definition",
    `${FILE} builds its image from a folder, and only an \`image\` can be registered`,
    `Run \`az ml environment create --file ${FILE}\``,
    2,
  ]);
});

for (
  const [written, place] of [
    ["conda_file: conda.yml", ["environment/conda.yml", 2]],
    ["conda_file: {dependencies: [{pip: [--extra-index-url https://me:hunter22@pypi.test/]}]}", [FILE, 3]],
  ] as const
) {
  Deno.test(`environment push rejects a password in ${written}`, async () => {
    const { kedroAzureml, errorOf, ctx, azure } = emptyWorkspace();
    const conda = (comment: string) =>
      `dependencies:\n- pip: ["--extra-index-url https://me:hunter22@pypi.test/"]${comment}\n`;
    await ctx.fs.writeText(`${ctx.cwd}/environment/conda.yml`, conda(""));
    await ctx.fs.writeText(`${ctx.cwd}/${FILE}`, `name: e\nimage: img:1\n${written}\n`);
    const error = await errorOf("environment push", 3);
    assert.deepEqual([error.code, error.place?.file, error.place?.line], ["environment.secret", ...place]);
    assert.equal(
      error.message,
      `${place[0]} contains a password in a URL, which everyone in the workspace could read`,
    );
    assert.equal(
      error.hint,
      "Remove it; for a private feed of packages, use a connection of the workspace. " +
        "If it is no secret, end its line with `# secretlint-disable-line`",
    );
    assert.deepEqual(azure.resources("environments/versions"), []);
    if (place[0] === FILE) return;
    await ctx.fs.writeText(`${ctx.cwd}/environment/conda.yml`, conda(" # secretlint-disable-line"));
    assert.equal(await kedroAzureml("environment push"), 0, ctx.stderr());
  });
}

Deno.test("setup says that a cluster named GPU gets no GPU", async () => {
  const { kedroAzureml, prepare, ctx, edit } = emptyWorkspace();
  await prepare();
  await edit("conf/base/azureml.yml", [/cpu-cluster/g, "GPU-large"]);
  await kedroAzureml("setup --dry-run");
  assert.match(
    ctx.stdout(),
    /GPU-large: 0 to 4 machines of Standard_DS3_v2, which have no GPU \(see `--vm-size`\); /,
  );
  const before = ctx.stdout().length;
  await kedroAzureml("setup --dry-run --vm-size standard_nc6s_v3");
  await kedroAzureml("setup --dry-run --vm-size Standard_ND96asr_v4");
  await kedroAzureml("setup --dry-run --vm-size Standard_NC6s_v3 --min-nodes 2");
  assert.deepEqual(ctx.stdout().slice(before).match(/GPU-large: .*/g), [
    "GPU-large: 0 to 4 machines of standard_nc6s_v3; costs nothing while no job runs",
    "GPU-large: 0 to 4 machines of Standard_ND96asr_v4; costs nothing while no job runs",
    "GPU-large: 2 to 4 machines of Standard_NC6s_v3; 2 machines always run and cost money",
  ]);
});
