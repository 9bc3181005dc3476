import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { compile } from "../../../../src/azureml/job/compile/compile.ts";
import type { CompileInput, JobOverrides } from "../../../../src/azureml/job/compile/input.ts";
import { jobBody } from "../../../../src/azureml/job/body.ts";
import { toYaml } from "../../../../src/azureml/job/yaml.ts";
import { CONFIG, JOB, node, type NodeOf } from "../../../fakes/plain_job.ts";
import type { FoundJob } from "../../../../src/config/jobs.ts";
import type { Places } from "../../../../src/config/azureml_yml.ts";
import type { ProjectSnapshot } from "../../../../src/kedro/snapshot.ts";

/** Places every value in line 1, under its own key. */
const place: Places = (path) => ({ file: "azureml.yml", line: 1, key: path.join(".") });

/** Creates the input for a job of pipeline "p" with these nodes. */
function input(
  nodes: readonly NodeOf[],
  change: Partial<CompileInput> & { catalog?: ProjectSnapshot["catalog"] } = {},
) {
  const all = nodes.map(node);
  const [written, read] = [all.flatMap(({ outputs }) => outputs), all.flatMap((one) => one.inputs)];
  const free = (names: readonly string[], of: readonly string[]) =>
    [...new Set(names.filter((n) => !of.includes(n)))].sort();
  const { catalog = {}, ...rest } = change;
  const snapshot = {
    version: 1,
    project: { env: "local" } as ProjectSnapshot["project"],
    pipeline_names: ["p"],
    pipelines: { p: { nodes: all, inputs: free(read, written), outputs: free(written, read) } },
    catalog,
    parameters: {},
    warnings: [],
  } as const;
  return { job: "job", definition: JOB, config: CONFIG, place, snapshot, ...rest };
}

function yaml(nodes: readonly NodeOf[], options: JobOverrides = {}) {
  // deno-lint-ignore no-explicit-any
  return toYaml(compile(input(nodes), options).spec) as any;
}

Deno.test("compile() numbers outputs with the same name in Azure ML", () => {
  const job = yaml([{ name: "a", inputs: [], outputs: ["x.y", "x-y"] }]);
  deepStrictEqual(Object.keys(job.outputs), ["x_y", "x_y_1"]);
  deepStrictEqual(job.jobs.a.outputs, { x_y: "${{parent.outputs.x_y}}", x_y_1: "${{parent.outputs.x_y_1}}" });
});

Deno.test("compile() gives each step the job's time limit", () => {
  const nodes = [{ name: "a", inputs: [], outputs: ["x"] }, { name: "b", inputs: ["x"], outputs: [] }];
  const { snapshot, ...rest } = input(nodes, { definition: { ...JOB, limits: { timeout: 90 } } });
  const pipelines = { all: snapshot.pipelines.p!, ...snapshot.pipelines };
  const { spec } = compile({ ...rest, snapshot: { ...snapshot, pipelines, pipeline_names: ["all", "p"] } });
  deepStrictEqual(
    spec.steps.map(({ timeoutSeconds, command }) => [timeoutSeconds, command.includes("--pipeline=p ")]),
    [[90, true], [90, true]],
  );
});

Deno.test("compile() rejects KEDRO_ENV as an environment variable", () => {
  throws(() => compile(input([]), { environmentVariables: { KEDRO_ENV: "prod" } }), {
    code: "compile.kedro_env_variable",
    exit: 2,
    message: "Cannot set the variable KEDRO_ENV: the command of each step already sets the Kedro environment",
    hint: "Use `-e prod`",
  });
});

Deno.test("compile() rejects a filter that matches no node", () => {
  const nodes = [{ name: "a", inputs: ["x"], outputs: ["y"], tags: ["t"] }, {
    name: "b",
    inputs: ["y"],
    outputs: [],
  }];
  const refused = (filters: Partial<FoundJob["pipeline"]>, code: string, key: string) => {
    const job = { ...JOB, pipeline: { ...JOB.pipeline, ...filters } };
    throws(() => compile(input(nodes, { definition: job })), {
      code,
      place: place(["jobs", "job", "pipeline", key]),
    });
  };
  refused({ tags: ["t"], to_nodes: ["c"] }, "pipeline.unknown_node", "to_nodes");
  refused({ from_inputs: ["z"], node_names: ["a"] }, "pipeline.unknown_dataset", "from_inputs");
  refused({ tags: ["u"], node_names: ["a"] }, "pipeline.empty", "tags");
  const both = { ...JOB, pipeline: { ...JOB.pipeline, tags: ["t"], node_names: ["b"] } };
  throws(() => compile(input(nodes, { definition: both })), {
    code: "pipeline.empty",
    place: place(["jobs", "job", "pipeline"]),
  });
});

Deno.test("compile() escapes Azure ML expressions in parameters", () => {
  const nodes = [{ name: "a", inputs: [], outputs: [] }];
  const { spec } = compile(input(nodes), { params: { x: "${{inputs.a}} $[[b]]" } });
  ok(spec.steps[0]!.command.includes(`--params='{"x": "$''{{inputs.a}} $''[[b]]"}'`), spec.steps[0]!.command);
});

Deno.test("--load-versions replaces the version of a data asset", () => {
  const catalog = {
    a: {
      type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset",
      azureml_dataset: "A",
      azureml_version: "3",
    },
    b: { type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset", azureml_dataset: "B" },
  };
  const paths = (options: JobOverrides) =>
    compile(input([{ name: "n", inputs: ["a", "b"], outputs: [] }], { catalog }), options).spec.steps[0]!
      .inputs
      .map(({ from }) => from.kind === "asset" ? from.path : from);
  deepStrictEqual(paths({}), ["azureml:A:3", "azureml:B@latest"]);
  deepStrictEqual(paths({ loadVersions: { a: "latest", b: "7" } }), ["azureml:A@latest", "azureml:B:7"]);
  throws(() => paths({ loadVersions: { c: "1" } }), {
    code: "compile.load_version",
    exit: 2,
    message: 'Cannot load a version of "c": it is not an AzureMLAssetDataset in the catalog',
    hint: "Use it only for datasets of type `kedro_azureml_pipeline.datasets.AzureMLAssetDataset`",
  });
});

Deno.test("compile() makes the first step send the start notification", () => {
  const notifications = {
    alerts: {
      webhook_env: "HOOK",
      token_env: null,
      channel: null,
      events: ["start", "success"] as const,
      payload: null,
      wait_timeout: 60,
      warning_repeat_hours: 24,
      warning_repeat_tolerance_minutes: 15,
    },
  };
  const nodes = [
    { name: "b", inputs: [], outputs: ["x"] },
    { name: "a", inputs: [], outputs: ["y"] },
    { name: "also", inputs: ["x"], outputs: [] },
    { name: "end", inputs: ["x", "y"], outputs: [] },
    { name: "early", inputs: ["x"], outputs: [] },
    { name: "late", inputs: ["x"], outputs: [] },
  ];
  const config = { ...CONFIG, notifications };
  const job = { ...JOB, notifications: "alerts", experiment_name: "e" };
  const { spec } = compile(input(nodes, { config, definition: job }));
  const having = (name: string) =>
    spec.steps.filter(({ environmentVariables }) => name in environmentVariables).map(({ node }) => node);
  deepStrictEqual(having("KEDRO_AZUREML_NOTIFY").length, 6);
  deepStrictEqual(having("KEDRO_AZUREML_NOTIFY_START"), ["a"]);
  deepStrictEqual(having("KEDRO_AZUREML_NOTIFY_OUTCOME"), ["late"]);
  const { environmentVariables: variables } = spec.steps.at(-1)!;
  equal(variables.KEDRO_AZUREML_NOTIFY_SIBLINGS, "also,early,end");
  const sent = (change: object) =>
    JSON.parse(
      compile(input(nodes, { config, definition: { ...job, ...change } })).spec.steps[0]!
        .environmentVariables.KEDRO_AZUREML_NOTIFY!,
    );
  const names = { job_name: "job", display_name: "job", pipeline_name: "p" };
  deepStrictEqual(sent({}), { ...notifications.alerts, ...names });
  deepStrictEqual(["Nightly", ""].map((display_name) => sent({ display_name }).display_name), [
    "Nightly",
    "job",
  ]);
  const ofFactory = { ...JOB, key: "{kind}", notifications: "alerts" };
  throws(() => compile(input(nodes, { config, definition: ofFactory })), {
    code: "compile.notification_needs_experiment",
    message:
      'Job "job" notifies on "success" and has several last steps, which need an MLflow experiment to find each other',
    hint: 'Set `experiment_name` of job "job" in azureml.yml, or `tracking.experiment.name` in mlflow.yml',
    place: place(["jobs", "{kind}", "notifications"]),
  });
});

Deno.test("compile() makes the longest path's last step notify", () => {
  const alerts = { webhook_env: "HOOK", token_env: null, channel: null, events: [], payload: null };
  const rest = { wait_timeout: 60, warning_repeat_hours: 24, warning_repeat_tolerance_minutes: 15 };
  const config = { ...CONFIG, notifications: { alerts: { ...alerts, ...rest } } };
  const posterOf = (last: string, other: string) => {
    const nodes = [
      { name: "first", inputs: [], outputs: ["x"] },
      { name: "middle", inputs: ["x"], outputs: ["y"] },
      { name: last, inputs: ["y"], outputs: [] },
      { name: other, inputs: ["x"], outputs: [] },
    ];
    const { spec } = compile(input(nodes, { config, definition: { ...JOB, notifications: "alerts" } }));
    return spec.steps.find(({ environmentVariables }) =>
      "KEDRO_AZUREML_NOTIFY_OUTCOME" in environmentVariables
    )
      ?.node;
  };
  deepStrictEqual([posterOf("a", "b"), posterOf("b", "a")], ["a", "b"]);
});

Deno.test("compile() rejects dataset names that start with a digit", () => {
  for (const [inputs, outputs] of [[["1st"], ["a"]], [["a"], ["1st"]]] as const) {
    throws(() => yaml([{ name: "n", inputs: [...inputs], outputs: [...outputs] }]), {
      code: "compile.dataset_name",
      message: /^Node "n": the name of dataset "1st" starts with a digit/,
      hint: 'Rename "1st" in the pipeline and in the catalog',
      data: { dataset: "1st", function: "m:f" },
    });
  }
});

for (
  const [compute, own, steps, setting] of [
    ["serverless", undefined, [undefined, "id:gpu-cluster"], "id:serverless"],
    ["cpu", "id:cpu", ["id:cpu", "id:gpu-cluster"], undefined],
  ] as const
) {
  Deno.test(`jobBody() sets compute ${compute} as the default`, () => {
    const definition = { ...JOB, compute };
    const nodes = [
      { name: "a", inputs: [], outputs: ["x"] },
      { name: "b", inputs: ["x"], outputs: [], tags: ["gpu"] },
    ];
    const { spec } = compile(input(nodes, { definition }), {});
    const { properties } = jobBody(
      spec,
      {
        environment: "env",
        code: undefined,
        computeId: (name: string) => `id:${name}`,
        dataId: (path: string) => path,
      } as unknown as Parameters<typeof jobBody>[1],
      { componentId: (key) => `component:${key}`, fallbackExperiment: "e", properties: {}, tags: {} },
    );
    const jobs = properties.jobs as Record<string, { readonly computeId?: string }>;
    deepStrictEqual(properties.computeId, own);
    deepStrictEqual(Object.values(jobs).map(({ computeId }) => computeId), steps);
    equal((properties.settings as { readonly default_compute?: string }).default_compute, setting);
  });
}

/** A node whose number of machines is a parameter of its namespace. */
const SIZED: NodeOf = {
  name: "fit",
  inputs: [],
  outputs: [],
  namespace: "shop.north",
  distributed: { framework: "PyTorch", num_nodes: "params:cluster.size", processes_per_node: null },
};

Deno.test("compile() reads num_nodes from parameters", () => {
  const sized = (parameters: ProjectSnapshot["parameters"], params: FoundJob["params"]) => {
    const given = input([SIZED], { definition: { ...JOB, params } });
    return compile({ ...given, snapshot: { ...given.snapshot, parameters } }).spec.steps[0]!.distribution
      ?.instanceCount;
  };
  const project = { shop: { north: { cluster: { size: 3 } } } };
  equal(sized(project, null), 3);
  equal(sized(project, { shop: { north: { other: 1 } } }), 3);
  equal(sized(project, { shop: { north: { cluster: { size: 4 } } } }), 4);
  throws(() => sized(project, { shop: { north: { cluster: { size: 0 } } } }), {
    code: "compile.distributed",
    place: place(["jobs", "job", "params", "shop", "north", "cluster", "size"]),
  });
  throws(() => sized({}, { other: 1 }), { code: "compile.distributed", place: undefined });
});

Deno.test("compile() warns about a dataset that no node writes", () => {
  const definition = {
    ...JOB,
    pipeline: { ...JOB.pipeline, node_names: ["first", "second"] },
  };
  const nodes = [
    { name: "make", inputs: [], outputs: ["lost"] },
    { name: "first", inputs: ["lost"], outputs: ["x"] },
    { name: "second", inputs: ["lost", "x"], outputs: [] },
  ];
  const { warnings } = compile(input(nodes, { definition }), { groupBy: { kind: "all" } });
  deepStrictEqual(warnings.filter(({ code }) => code === "compile.not_in_catalog"), [{
    code: "compile.not_in_catalog",
    message: 'Node "first" reads "lost", which is neither written by a step of this job nor in the catalog',
    hint: 'Add "lost" to the catalog, or select more nodes',
    place: place(["jobs", "job", "pipeline"]),
  }]);
});
