import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World, type WorldOptions } from "../world.ts";

/** Creates a world with some files of project tiny changed. */
function worldWith(
  files: Readonly<Record<string, (text: string) => string>>,
  options: WorldOptions = {},
): World {
  const world = makeWorld(options);
  for (const [file, change] of Object.entries(files)) {
    const path = `${world.ctx.cwd}/${file}`;
    const text = change(new TextDecoder().decode(world.ctx.files.get(path) ?? new Uint8Array()));
    world.ctx.files.set(path, new TextEncoder().encode(text));
  }
  return world;
}

const REGISTRY = "src/tiny/pipeline_registry.py";
const PARAMETERS = "conf/base/parameters.yml";
const CONFIG = "conf/base/azureml.yml";

for (const line of ["submit one --dry-run", "compile one -o -", "validate one", "pack one -o one.kap"]) {
  Deno.test(`${line} takes the job from its argument`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    const exit = await kedroAzureml(line);
    equal(exit, 0, ctx.stderr());
    match(ctx.stdout(), /count_raw|1 job|one/);
    doesNotMatch(ctx.stdout(), /\bclean\b/);
  });
}

Deno.test("submit asks for one of several jobs", async () => {
  for (const answer of ["4", "one"]) {
    const { ctx, kedroAzureml } = makeWorld({ interactive: true, answers: [answer] });
    equal(await kedroAzureml("submit --dry-run"), 0, ctx.stderr());
    match(ctx.stderr(), /Which job\?\n {2}1\) bare\n {2}2\) main\n {2}3\) nightly\n {2}4\) one/);
    match(ctx.stdout(), /^Job one would run pipeline one:/);
  }
});

Deno.test("submit prints the next command as a hint", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("submit one --name first");
  match(ctx.stderr(), /hint: Run `kedro-azureml job follow first` to follow it\n$/);
  const other = makeWorld();
  await other.kedroAzureml("submit one --name first --json");
  doesNotMatch(other.ctx.stderr() + other.ctx.stdout(), /job follow/);
});

for (
  const line of [
    "submit one --timeout 5",
    "submit one --logs",
    "rerun x --timeout 5",
    "schedule trigger x --timeout 5",
  ]
) {
  Deno.test(`${line} fails without --wait`, async () => {
    const { ctx, kedroAzureml, azure } = makeWorld();
    equal(await kedroAzureml(line), 2);
    match(ctx.stderr(), /`--(timeout|logs)` needs `--wait`/);
    equal(azure.resources("jobs").length, 0);
  });
}

Deno.test("submit --dry-run masks secrets in parameters and variables", async () => {
  const { ctx, kedroAzureml } = worldWith({ [PARAMETERS]: () => "alpha: 1\n" });
  await kedroAzureml(`submit one --dry-run --params {"alpha":3} --env-var FOO=1 --env-var API_TOKEN=xyzzy`);
  match(ctx.stdout(), /^ {2}parameters {4}alpha=3$/m);
  match(ctx.stdout(), /^ {2}variables {5}FOO=1, API_TOKEN=\*\*\*$/m);
  doesNotMatch(ctx.stdout() + ctx.stderr(), /xyzzy/);
});

Deno.test("submit warns about misspelled parameters", async () => {
  const { ctx, kedroAzureml } = worldWith({ [PARAMETERS]: () => "alpha: 1\nmodel:\n  depth: 2\n" });
  await kedroAzureml(`submit one --dry-run --params {"alhpa":3,"model":{"dpeth":1},"alpha":2}`);
  const warnings = ctx.stderr().split("\n").filter((line) => line.includes("No parameter"));
  deepEqual(warnings, [
    'warning: No parameter "alhpa" in the project (did you mean "alpha"?)',
    'warning: No parameter "model.dpeth" in the project (did you mean "model.depth"?)',
  ]);
});

Deno.test("submit accepts parameters in use by a node or configuration", async () => {
  const { ctx, kedroAzureml } = worldWith({
    "conf/base/catalog.yml": (text) => text.replace("01_raw/raw.csv", "${runtime_params:day}/raw.csv"),
    [REGISTRY]: (text) =>
      text.replace('inputs="raw", outputs="summary"', 'inputs=["raw", "params:depth"], outputs="summary"')
        .replace("def count(cleaned):", "def count(cleaned, depth=1):"),
  });
  equal(await kedroAzureml(`submit one --dry-run --params {"day":"x","depth":3}`), 0, ctx.stderr());
  match(ctx.stdout(), /parameters {4}day="x", depth=3\n/);
  doesNotMatch(ctx.stderr(), /No parameter/);
});

Deno.test("submit rejects nodes from a loop over numpy.arange()", async () => {
  const { ctx, kedroAzureml } = worldWith({
    [REGISTRY]: () =>
      "import numpy as np\nfrom kedro.pipeline import node, pipeline\n\n\ndef same(x):\n    return x\n\n\n" +
      "def register_pipelines():\n" +
      '    nodes = [node(same, "raw", f"c{i}", name=f"n{i}") for i in np.arange(3)]\n' +
      '    return {"__default__": pipeline(nodes), "one": pipeline(nodes)}\n',
  });
  equal(await kedroAzureml("submit main"), 3);
  match(ctx.stderr(), /warning: .*numpy\.arange\(\).*iterates/);
});

Deno.test("submit --dry-run combines warnings with the same cause", async () => {
  const datasets = Array.from({ length: 20 }, (_, at) => `d${at}`);
  const files = {
    "conf/base/catalog.yml": () =>
      datasets.map((name) => `${name}:\n  type: pandas.CSVDataset\n  filepath: /mnt/raw/${name}.csv\n`)
        .join(""),
    [REGISTRY]: () =>
      "from kedro.pipeline import node, pipeline\n\n\ndef use(*all):\n    return 1\n\n\n" +
      "def register_pipelines():\n" +
      `    return {"__default__": pipeline([node(use, ${JSON.stringify(datasets)}, "out", name="use")])}\n`,
  };
  const { ctx, kedroAzureml } = worldWith({ ...files, [".amlignore"]: () => "data/\n" });
  await kedroAzureml("submit main --dry-run");
  equal(ctx.stderr().match(/only if the image or a mount does/g)?.length, 1, ctx.stderr());
  match(
    ctx.stderr(),
    /warning: "d0" reads.*\n {2}and 19 more like it: (?:"d\d+" \(line \d+\)(?:, | )){5}and 14 others/,
  );
  const json = worldWith({ ...files, [".amlignore"]: () => "data/\n" });
  await json.kedroAzureml("submit main --dry-run --json");
  equal(json.ctx.stderr().match(/"code":"dataset\.absolute_path"/g)?.length, 20);
});

Deno.test("schedule delete --dry-run deletes nothing", async () => {
  const world = makeWorld();
  await world.kedroAzureml("schedule nightly");
  const path = `${world.ctx.cwd}/${CONFIG}`;
  const text = new TextDecoder().decode(world.ctx.files.get(path));
  world.ctx.files.set(path, new TextEncoder().encode(text.slice(0, text.indexOf("  nightly:"))));
  equal(await world.kedroAzureml("schedule delete nightly --dry-run"), 0, world.ctx.stderr());
  equal(world.azure.resources("schedules").length, 1);
  equal(await world.kedroAzureml("schedule delete nightly"), 0, world.ctx.stderr());
  match(world.ctx.stdout(), /✓ Deleted schedule nightly/);
  equal(world.azure.resources("schedules").length, 0);
});

Deno.test("submit in CI suggests --allow-env-names for a hidden variable", async () => {
  const { ctx, kedroAzureml } = worldWith(
    { [REGISTRY]: (text) => `import os\nREGION = os.environ["REGION"]\n${text}` },
    { env: { ...SIGNED_IN, CI: "1", REGION: "eu" } },
  );
  equal(await kedroAzureml("submit one --dry-run"), 3);
  match(ctx.stderr(), /hint: .*`--allow-env-names REGION`/);
  equal(await kedroAzureml("submit one --dry-run --allow-env-names REGION"), 0, ctx.stderr());
});

Deno.test("validate suggests --allow-env-names for hidden variables of oc.env", async () => {
  const resolvers = `from omegaconf.resolvers import oc
CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local", "custom_resolvers": {"oc.env": oc.env}}
`;
  const env = { ...SIGNED_IN, CI: "1", WS: "ws-shop", MIN_TOKEN: "3" };
  const { ctx, kedroAzureml } = worldWith({
    "src/tiny/settings.py": () => resolvers,
    [CONFIG]: (text) => text.replace(/^ {4}name: .*/m, "    name: ${oc.env:WS}"),
    "conf/base/parameters.yml": () => "least: ${oc.env:MIN_TOKEN}\n",
  }, { env });
  equal(await kedroAzureml("validate"), 3);
  match(ctx.stdout(), /azureml\.yml:\d+:\d+: .*\n +hint: .*`--allow-env-names WS`/);
  match(ctx.stdout(), /parameters\.yml:\d+:\d+: .*\n +hint: .*`--allow-env-names MIN_TOKEN`/);
});
