import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { parseIgnoreFile } from "../../../src/azureml/job/code/ignore.ts";
import { init as initCommand } from "../../../src/cli/commands/init.ts";
import type { CommandContext } from "../../../src/cli/parse/command.ts";
import type { Output } from "../../../src/cli/text/output.ts";
import { environmentFiles } from "../../../src/app/setup/environment.ts";
import { loadConfig } from "../../../src/config/azureml_yml.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { fakeContext } from "../../fakes/context.ts";
import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { projectOf } from "../../kedro/reader/read.ts";

const PROJECT = {
  "/project/pyproject.toml":
    '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\nsource_dir = "src"\n',
  "/project/src/shop/settings.py": "",
  "/project/conf/base/catalog.yml": "",
  "/project/conf/local/.gitkeep": "",
};

/** What `init` prints first. @param typed By the names of its options, and `environment` as typed. */
async function init(
  ctx: CommandContext,
  { environment, ...typed }: Readonly<Record<string, unknown>>,
): Promise<Output> {
  type Run = (ctx: CommandContext, typed: Readonly<Record<string, unknown>>) => AsyncIterable<Output>;
  const { run } = initCommand as unknown as { readonly run: Run };
  for await (const output of run(ctx, { ...typed, named: environment })) return output;
  throw new Error("init yielded nothing");
}

Deno.test("init writes the values of its options to azureml.yml", async () => {
  const ctx = fakeContext({ files: PROJECT });
  const output = await init(openCommandContext(ctx, {}), {
    subscriptionId: SUBSCRIPTION_ID,
    resourceGroup: "rg",
    workspace: "ws",
    compute: "cpu",
    environment: 'env "odd" ${x} $& \\ é',
  });
  assert.deepEqual(output.data, {
    written: ["conf/base/azureml.yml", ".amlignore"],
    kept: [],
  });
  const { azureml } = await loadConfig(ctx, {
    root: "/project",
    env: "local",
    settings: DEFAULT_LOADER_SETTINGS,
  });
  assert.deepEqual(azureml.workspace.__default__, {
    subscription_id: SUBSCRIPTION_ID,
    resource_group: "rg",
    name: "ws",
  });
  assert.equal(azureml.compute.__default__!.cluster_name, "cpu");
  assert.deepEqual(azureml.execution, {
    environment: 'env "odd" ${x} $& \\ é',
    code_directory: ".",
    working_directory: null,
  });
  assert.deepEqual(Object.keys(azureml.jobs), ["main"]);
  assert.equal(output.text.includes("<…>"), false);
});

for (
  const [typed, code] of [
    [{ subscriptionId: "My subscription" }, "workspace.subscription_id"],
    [{ resourceGroup: "rg." }, "workspace.name"],
    [{ workspaceName: "ws!" }, "workspace.name"],
    [{ compute: "cpu.cluster" }, "compute.name"],
  ] as const
) {
  Deno.test(`init rejects the name ${Object.values(typed)[0]}`, async () => {
    const ctx = fakeContext({ files: PROJECT });
    await assert.rejects(init(openCommandContext(ctx, {}), typed), { code });
    assert.equal(ctx.files.has("/project/conf/base/azureml.yml"), false);
  });
}

Deno.test("init --rehearse writes nothing into a project with an old Kedro", async () => {
  const conda = "dependencies: [{pip: [kedro~=1.0.0]}]\n";
  const ctx = fakeContext({ files: { ...PROJECT, "/project/environment/conda.yml": conda } });
  const before = [...ctx.files.keys()];
  await assert.rejects(init(openCommandContext(ctx, {}), { rehearse: true }), {
    code: "environment.kedro_version",
    message:
      "kedro~=1.0.0 in environment/conda.yml cannot run kedro-azureml-pipeline==0.1.0, which needs Kedro 1.2",
  });
  assert.deepEqual([...ctx.files.keys()], before);
});

Deno.test("init --rehearse writes nothing into a project with broken code", async () => {
  const ctx = projectOf("from kedro.framework.project import find_pipelines as register_pipelines\n", {
    "src/shop/pipelines/__init__.py": "",
    "src/shop/pipelines/prep/__init__.py": "def create_pipeline()\n",
  });
  const inProject = () => [...ctx.files.keys()].filter((path) => path.startsWith("/shop/"));
  const before = inProject();
  await assert.rejects(init(openCommandContext(ctx, {}), { rehearse: true, directory: "/shop" }), {
    code: "kedro.pipeline_left_out",
    place: { file: "src/shop/pipelines/prep/__init__.py", line: 1 },
    details: ["Nothing was written"],
  });
  assert.deepEqual(inProject(), before);
});

Deno.test("init -e local writes to conf/local", async () => {
  const ctx = fakeContext({ files: PROJECT });
  await init(openCommandContext(ctx, {}), { env: "local" });
  assert(ctx.files.has("/project/conf/local/azureml.yml"));
  await assert.rejects(init(openCommandContext(ctx, {}), { env: "lcoal" }), {
    code: "init.no_folder",
  });
});

Deno.test("init writes azureml.yml with the path of its schema in a project with .vscode", async () => {
  const ctx = fakeContext({ files: { ...PROJECT, "/project/.vscode/settings.json": "{}" } });
  await init(openCommandContext(ctx, {}), {});
  const [first] = (await ctx.fs.readText("/project/conf/base/azureml.yml")).split("\n");
  const path = first!.match(/^# yaml-language-server: \$schema=(.+)$/)![1]!;
  const text = await ctx.fs.readText(join("/project/conf/base", path));
  assert.match(text, /^\{\n {2}"/, "it is indented");
  const schema = JSON.parse(text);
  assert.deepEqual(Object.keys(schema.properties), [
    "workspace",
    "compute",
    "execution",
    "schedules",
    "notifications",
    "jobs",
  ]);
});

const KEDRO = "kedro~=1.2";
const PLUGIN = "kedro-azureml-pipeline==0.1.0";
for (
  const [what, { python = "", dependencies = [], files = {} }, version, packages, left] of [
    ["only Kedro and the plugin without requirements", {}, "3.11", [KEDRO, PLUGIN], []],
    ["the lower bound of the Python version", { python: "~=3.12" }, "3.12", [KEDRO, PLUGIN], []],
    ["a Python supported by the plugin", { python: "<4,>= 3.9" }, "3.11", [KEDRO, PLUGIN], []],
    [
      "the project's own versions of Kedro and the plugin",
      { dependencies: ["Kedro==1.4", "kedro_azureml.pipeline==0.2"] },
      "3.11",
      ["Kedro==1.4", "kedro_azureml.pipeline==0.2"],
      [],
    ],
    [
      "a Kedro supported by the plugin for a project without its own",
      { dependencies: ["kedro[jupyter]"] },
      "3.11",
      [PLUGIN, "kedro[jupyter]~=1.2"],
      [],
    ],
    [
      "azureml-mlflow with kedro-mlflow",
      { dependencies: ["kedro-mlflow"] },
      "3.11",
      [KEDRO, PLUGIN, "kedro-mlflow", "azureml-mlflow>=1.62"],
      [],
    ],
    [
      "files included by requirements",
      {
        files: {
          "requirements.txt": "# all\r\n--requirement=more/a.txt\r\n\r\na[x]>=1 # why\r\n",
          "more/a.txt": "-r b.txt\n/wheels/a.whl\n",
          "more/b.txt":
            "b#1\ng @ https://pypi.test/g.zip#sha1=1\nfile:c.whl\n--index-url https://pypi.test\n-c c.txt\n",
          "src/requirements.txt": "--requirement more.txt\nd\n../e\nb>=3\n",
          "src/more.txt": "f\n-r ../../outside.txt\n-r ../conf/local/credentials.json",
          "conf/local/credentials.json": "user\npassword",
          "../outside.txt": "user\npassword",
        },
      },
      "3.11",
      [
        KEDRO,
        PLUGIN,
        "b>=3",
        "g @ https://pypi.test/g.zip#sha1=1",
        "--index-url https://pypi.test",
        "a[x]>=1",
        "f",
        "d",
      ],
      [
        "file:c.whl",
        "-c c.txt",
        "/wheels/a.whl",
        "-r ../outside.txt",
        "-r conf/local/credentials.json",
        "../e",
      ],
    ],
    [
      "the package indexes of uv.toml",
      {
        files: {
          "pyproject.toml": `[project]
dependencies = ["acme-lib"]
[tool.uv]
index-url = "https://uv.test"
[[tool.poetry.source]]
name = "PyPI"
[[tool.poetry.source]]
url = "https://poetry.test"
`,
          "../pyproject.toml":
            '[tool.uv.workspace]\n[tool.uv.sources]\nacme_lib = { workspace = true }\n[[tool.uv.index]]\nurl = "https://all.test"\n',
          "uv.toml": '[[index]]\nurl = "https://toml.test"\n[pip]\nno-index = true\n',
        },
      },
      "3.11",
      [
        KEDRO,
        PLUGIN,
        "--extra-index-url https://all.test",
        "--no-index",
        "--extra-index-url https://toml.test",
        "--extra-index-url https://poetry.test",
      ],
      ["acme-lib"],
    ],
    [
      "the package indexes of pyproject.toml",
      {
        files: {
          "pyproject.toml": `[project]
dependencies = ["acme-core>=1", "acme_lib", "c"]
[tool.uv.sources]
acme-lib = { path = "../lib" }
[[tool.uv.index]]
url = "https://uv.test"
default = true
[[tool.uv.index]]
url = "https://other.test"
explicit = true
[[tool.poetry.source]]
url = "https://poetry.test"
[[tool.poetry.source]]
url = "https://second.test"
[tool.uv.pip]
extra-index-url = "https://flat.test"
[[tool.pdm.source]]
name = "pypi"
url = "https://pdm.test"
`,
          "requirements.txt":
            '-ihttps://i.test\n--index "https://index.test"\n--index-url ${INDEX}\n--no-index\n-f ./wheels\n--pypi-url https://pypi.test\n-r "more.txt"\n' +
            "-r https://r.test/r.txt\n-r gone.txt\n",
          "more.txt": "--extra-index-url = https://more.test\nh==1 --hash=sha256:ab\n",
        },
      },
      "3.11",
      [
        KEDRO,
        PLUGIN,
        "--index-url https://uv.test",
        "--extra-index-url https://flat.test",
        "--index-url https://poetry.test",
        "--extra-index-url https://second.test",
        "--index-url https://pdm.test",
        "acme-core>=1",
        "c",
        "-ihttps://i.test",
        '--index "https://index.test"',
        "--index-url ${INDEX}",
        "--no-index",
        "--pypi-url https://pypi.test",
        "--extra-index-url = https://more.test",
        "h==1",
        "-r https://r.test/r.txt",
      ],
      ["acme_lib", "-f ./wheels", "-r gone.txt", "--hash"],
    ],
  ] as readonly (readonly [
    string,
    {
      readonly python?: string;
      readonly dependencies?: readonly string[];
      readonly files?: Readonly<Record<string, string>>;
    },
    string,
    readonly string[],
    readonly string[],
  ])[]
) {
  Deno.test(`init --environment writes ${what}`, async () => {
    const project = `[project]\nrequires-python = "${python}"\ndependencies = ${
      JSON.stringify(dependencies)
    }\n`;
    const all = { "pyproject.toml": project, ...files };
    const ctx = fakeContext({
      files: Object.fromEntries(
        Object.entries(all).map(([path, text]) => [new URL(path, "file:///shop/project/").pathname, text]),
      ),
    });
    const { name, files: made, skipped } = await environmentFiles(
      ctx,
      {
        root: "/shop/project",
        packageName: "My_Shop.V2",
      } as Parameters<typeof environmentFiles>[1],
    );
    assert.equal(name, "my-shop-v2-env");
    assert.deepEqual(parse(made["environment/conda.yml"]!), {
      name,
      channels: ["conda-forge"],
      dependencies: [`python=${version}`, "pip", { pip: packages }],
    });
    assert.deepEqual(skipped, left);
  });
}

Deno.test("init --environment reads no uv workspace of another user, unless the project is also theirs", async () => {
  const workspace = '[tool.uv.workspace]\n[[tool.uv.index]]\nurl = "https://theirs.test"\n';
  const { fs } = fakeContext({
    files: { "/tmp/pyproject.toml": workspace, "/tmp/shop/pyproject.toml": "[project]\n" },
  });
  const made = async (theirs: readonly string[]) => {
    const stat = async (path: string) => ({ ...(await fs.stat(path))!, isForeign: theirs.includes(path) });
    const project = { root: "/tmp/shop", packageName: "shop" } as Parameters<typeof environmentFiles>[1];
    const { requirements } = await environmentFiles({ fs: { ...fs, stat } }, project);
    return requirements.filter((text) => text.includes("theirs"));
  };
  assert.deepEqual(await made(["/tmp/pyproject.toml"]), []);
  assert.deepEqual(await made(["/tmp/pyproject.toml", "/tmp/shop/pyproject.toml"]), [
    "--extra-index-url https://theirs.test",
  ]);
});

Deno.test("init --overwrite keeps azureml.yml and .amlignore", async () => {
  const mine = ["conf/base/azureml.yml", ".amlignore"];
  const files = Object.fromEntries([...mine, ".vscode/azureml.schema.json"].map((path) => [path, "mine"]));
  const ctx = fakeContext({
    files: {
      ...PROJECT,
      ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`/project/${path}`, text])),
    },
  });
  const output = await init(openCommandContext(ctx, {}), { overwrite: true });
  assert.deepEqual(output.data, {
    written: [".vscode/azureml.schema.json"],
    kept: ["conf/base/azureml.yml", ".amlignore"],
  });
  for (const path of mine) assert.equal(await ctx.fs.readText(`/project/${path}`), "mine", path);
  await init(openCommandContext(ctx, {}), { overwrite: true });
  await ctx.fs.writeText("/project/.vscode/azureml.schema.json", "mine");
  const again = await init(openCommandContext(ctx, {}), {});
  assert.deepEqual(again.data, {
    written: [],
    kept: ["conf/base/azureml.yml", ".amlignore", ".vscode/azureml.schema.json"],
  });
});

Deno.test("init excludes credentials below CONF_SOURCE in .amlignore", async () => {
  const files = Object.entries(PROJECT).map(([path, text]) => [path.replace("/conf/", "/etc/konfig/"), text]);
  const ctx = fakeContext({
    files: {
      ...Object.fromEntries(files),
      "/project/.vscode/settings.json": "{}",
      "/project/src/shop/__init__.py": "",
      "/project/src/shop/pipeline_registry.py": "def register_pipelines():\n    return {}\n",
      "/project/src/shop/settings.py": 'CONF_SOURCE = "etc/konfig"\n',
      "/project/.gitignore": "etc/konfig/local/**\n",
    },
  });
  const { data } = await init(openCommandContext(ctx, {}), {});
  assert.deepEqual((data as { written: string[] }).written.slice(0, 2), [
    "etc/konfig/base/azureml.yml",
    ".amlignore",
  ]);
  const text = await ctx.fs.readText("/project/etc/konfig/base/azureml.yml");
  assert.match(text, /\$schema=\.\.\/\.\.\/\.\.\/\.vscode\/azureml\.schema\.json\n/);
  assert.match(text, /in etc\/konfig\/prod\/azureml\.yml/);
  const rules = parseIgnoreFile(await ctx.fs.readText("/project/.amlignore"), ".amlignore");
  assert.equal(rules.excludedBy("etc/konfig/base/credentials.yml")?.pattern, "etc/konfig/**/credentials*");
  assert.ok(rules.excludedBy("etc/konfig/local/secret.yml"));
  assert.equal(rules.excludedBy("etc/konfig/local/.gitkeep"), undefined);
  assert.ok(!ctx.files.has("/project/conf/local/.gitkeep"));
});

Deno.test("init fails for CONF_SOURCE outside the project without --allow-outside", async () => {
  const ctx = fakeContext({
    files: {
      ...PROJECT,
      "/project/src/shop/__init__.py": "",
      "/project/src/shop/pipeline_registry.py": "def register_pipelines():\n    return {}\n",
      "/project/src/shop/settings.py": 'CONF_SOURCE = "../konfig"\n',
      "/konfig/base/catalog.yml": "",
    },
  });
  await assert.rejects(init(openCommandContext(ctx, {}), {}), {
    code: "config.folder_outside",
    hint: "Correct CONF_SOURCE in settings.py, or allow the folder with `--allow-outside /konfig`",
  });
  await init(openCommandContext(ctx, {}), { allowOutside: ["/konfig"] });
  assert.match(await ctx.fs.readText("/konfig/base/azureml.yml"), /^# in conf\/prod\/azureml\.yml/m);
});

for (
  const [what, change] of [
    ["a link", { realPath: () => Promise.resolve("/project/.env") }],
    ["a pipe", { stat: () => Promise.resolve({ kind: "other" as const, sizeBytes: 0 }) }],
  ] as const
) {
  Deno.test(`init does not read ${what} as .gitignore`, async () => {
    const ctx = fakeContext({ files: { ...PROJECT, "/project/.gitignore": "SECRET=1\n" } });
    const at =
      <A extends unknown[], R>(ours: (path: string) => R, theirs: (path: string, ...more: A) => R) =>
      (path: string, ...more: A) => path === "/project/.gitignore" ? ours(path) : theirs(path, ...more);
    const { stat, realPath } = { stat: ctx.fs.stat, realPath: ctx.fs.realPath, ...change };
    const fs = {
      ...ctx.fs,
      stat: at(stat as typeof ctx.fs.stat, ctx.fs.stat),
      realPath: at(realPath, ctx.fs.realPath),
    };
    await init(openCommandContext({ ...ctx, fs }, {}), {});
    assert.doesNotMatch(await ctx.fs.readText("/project/.amlignore"), /SECRET/);
  });
}
