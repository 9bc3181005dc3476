import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { allJobs, resolveJobs } from "../../src/config/jobs.ts";
import { loadConfig } from "../../src/config/azureml_yml.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";
import { UserError } from "../../src/core/errors.ts";
import { systemFs } from "../../src/system/fs.ts";

type PipelineNamespaces = Parameters<typeof allJobs>[1];

const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));

async function load(project: string, env: string) {
  const ctx = { fs: systemFs, env: {} };
  const root = `${GOLDEN}projects/${project}`;
  return await loadConfig(ctx, { root, env, settings: DEFAULT_LOADER_SETTINGS });
}

async function namespaces(project: string): Promise<PipelineNamespaces> {
  const pipelines = JSON.parse(await Deno.readTextFile(`${GOLDEN}${project}/pipelines.json`));
  return pipelines.pipelines ?? pipelines;
}

/** Names that the plugin's `resolve-patterns` prints; for `clash` those it should print. */
const NAMES: Record<string, string[]> = {
  local: [
    "all",
    "emea",
    "emea-bike-training",
    "emea-inference",
    "emea-scooter-training",
    "emea_scooter",
    "nested",
    "nested_ns",
    "north-america-inference",
    "north-america-scooter-training",
    "prefixed",
    "two_namespaces",
  ],
  more: ["emea-bike-nightly", "emea-scooter-nightly", "outer-only"],
  clash: ["all", "emea-bike-training", "emea-scooter-training", "north-america-scooter-training"],
};

for (const [env, names] of Object.entries(NAMES)) {
  Deno.test(`allJobs() returns ${names.length} jobs of project fleets in ${env}`, async () => {
    const jobs = allJobs(await load("fleets", env), await namespaces("fleets"));
    assert.deepEqual([...jobs.keys()].sort(), names);
  });
}

Deno.test("allJobs() prefers the more specific factory", async () => {
  const jobs = allJobs(await load("fleets", "local"), await namespaces("fleets"));
  const general = jobs.get("north-america-scooter-training")!;
  assert.equal(general.display_name, "Train scooter in north-america (training)");
  assert.deepEqual(general.params, { who: "north-america/scooter" });
  assert.deepEqual(general.pipeline.node_namespaces, ["north-america.scooter"]);
  const special = jobs.get("emea-bike-training")!;
  assert.deepEqual([special.experiment_name, special.schedule, special.limits], [
    "fleet-emea-special",
    null,
    { timeout: 600 },
  ]);
  assert.equal(jobs.get("north-america-inference")!.display_name, "literal wins");
});

Deno.test("allJobs() expands a placeholder at the end of a key", async () => {
  const { azureml, place } = await load("fleets", "more");
  const one = azureml.jobs["{outer}-only"]!;
  const found = allJobs({ azureml: { jobs: { "only-{outer}": one } }, place }, await namespaces("fleets"));
  assert.deepEqual([...found.keys()], ["only-outer"]);
});

Deno.test("resolveJobs() suggests the name of a misspelled job", async () => {
  const config = await load("fleets", "local");
  const pipelines = await namespaces("fleets");
  assert.throws(() => resolveJobs(config, pipelines, ["all", "emea-bik-training"]), (error) => {
    assert(error instanceof UserError);
    assert.equal(error.code, "job.unknown");
    assert.match(error.message, /did you mean "emea-bike-training"/);
    assert.match(error.hint!, /two_namespaces/);
    return true;
  });
});

Deno.test("resolveJobs() lists the defined jobs", () => {
  const hintOf = (names: readonly string[], wanted: readonly string[]) => {
    const jobs = Object.fromEntries(names.map((name) => [name, { pipeline: { pipeline_name: "p" } }]));
    const source = { azureml: { jobs }, place: () => ({ file: "azureml.yml" }) };
    try {
      resolveJobs(source as unknown as Parameters<typeof resolveJobs>[0], {}, wanted);
    } catch (thrown) {
      return [(thrown as UserError).message, (thrown as UserError).hint];
    }
  };
  assert.deepEqual(hintOf([], ["x"]), [
    'Job "x" not found in azureml.yml',
    "Add one below `jobs`",
  ]);
  assert.deepEqual(hintOf(["main"], ["x", "y"]), [
    'Jobs "x", "y" not found in azureml.yml',
    "Use main, the only job, or add one below `jobs`",
  ]);
  assert.deepEqual(hintOf(["main"], ["mian"])?.[1], undefined);
  assert.deepEqual(hintOf(["one", "main"], ["x"])?.[1], "Use one of main, one");
});

/** Jobs by key, each with the namespaces and the pipeline that it runs. */
function sourceOf(
  jobs: Readonly<Record<string, readonly [namespace: string | undefined, pipeline?: string]>>,
) {
  const all = Object.entries(jobs).map(([key, [namespace, pipeline = "p"]]) => [key, {
    pipeline: { pipeline_name: pipeline, ...(namespace !== undefined && { node_namespaces: [namespace] }) },
  }]);
  const place = (path: readonly (string | number)[]) => ({ file: "azureml.yml", key: path.join(".") });
  return { azureml: { jobs: Object.fromEntries(all) }, place } as unknown as Parameters<typeof allJobs>[0];
}

const pipelineOf = (...names: readonly (string | null)[]): PipelineNamespaces => ({
  p: { nodes: names.map((namespace) => ({ namespace })) },
});

Deno.test("allJobs() prefers the factory with the most placeholders", () => {
  const source = sourceOf({
    "{r}-train": ["{r}.{v}"],
    "{r}-{v}-train": ["{r}.{v}"],
    "{r}-{v}-long-evaluate": ["{r}.{v}"],
  });
  const jobs = allJobs(source, pipelineOf("emea.bike"));
  assert.deepEqual([...jobs.keys()].sort(), ["emea-bike-long-evaluate", "emea-bike-train"]);
});

Deno.test("resolveJobs() names placeholders without a value", () => {
  const errorOf = (key: string) => () =>
    resolveJobs(sourceOf({ [key]: ["{r}.x"] }), pipelineOf("emea.x"), ["j"]);
  assert.throws(errorOf("{r}-{v}"), {
    code: "job.factory",
    message: 'Cannot make jobs of "{r}-{v}": "{v}" of its name is not in "{r}.x"',
    hint: 'Put "{v}" into the first entry of jobs.{r}-{v}.pipeline.node_namespaces',
    data: { factory: "{r}-{v}", placeholders: ["v"] },
  });
  assert.throws(errorOf("{w}-{v}"), {
    message: 'Cannot make jobs of "{w}-{v}": "{w}", "{v}" of its name are not in "{r}.x"',
  });
});
