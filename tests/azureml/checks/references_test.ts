import { deepEqual } from "node:assert/strict";
import { nodeCounts, unknownWorkspaces } from "../../../src/azureml/checks/compiled_job.ts";
import {
  computeNames,
  emptyFactories,
  missingNotificationPayload,
  mistypedEntries,
  unknownComputes,
  unsetNotificationVariables,
  unusedComputes,
  workspaceNames,
} from "../../../src/azureml/checks/references.ts";
import { config, FILES, placeIn, selection, spec, STEP, subject } from "./subject.ts";

const ID = "11111111-2222-3333-4444-555555555555";

/** The codes, with the keys that they point at, of a workspace. */
function wrong(change: object) {
  const written = { subscription_id: ID, resource_group: "rg", name: "ws", ...change };
  const read = config({ workspace: { __default__: written, other: written } });
  const places: string[] = [];
  const given = {
    ...subject(),
    jobs: [{ name: "main", workspace: read.workspace.other }],
    config: read,
    place: (path: readonly string[]) => void places.push(path.join(".")),
  };
  const found = workspaceNames.run(given as unknown as Parameters<typeof workspaceNames.run>[0]);
  return [...found.map(({ code, severity, jobs }) => `${severity} ${code} ${jobs}`), ...places];
}

const NAME = "error workspace.name main";
const SUBSCRIPTION = "error workspace.subscription_id main";

for (
  const [what, change, expected] of [
    ["accepts a subscription id in upper case", { subscription_id: ID.toUpperCase() }, []],
    [
      "rejects a subscription id with an extra digit",
      { subscription_id: `${ID}0` },
      [SUBSCRIPTION, "workspace.other.subscription_id"],
    ],
    ["accepts a placeholder as the subscription id", { subscription_id: "<subscription-id>" }, []],
    ["accepts a resource group with punctuation and an accent", { resource_group: "a_b-c.(d)é" }, []],
    [
      "rejects a resource group of 91 characters",
      { resource_group: "x".repeat(91) },
      [NAME, "workspace.other.resource_group"],
    ],
    [
      "rejects a resource group with a period at its end",
      { resource_group: "rg." },
      [NAME, "workspace.other.resource_group"],
    ],
    ["rejects a workspace name of 34 characters", { name: "x".repeat(34) }, [NAME, "workspace.other.name"]],
    ["rejects a workspace name with an underscore at its start", { name: "_ws" }, [
      NAME,
      "workspace.other.name",
    ]],
  ] as const
) {
  Deno.test(`validate ${what}`, () => {
    deepEqual(wrong(change), expected);
  });
}

Deno.test("validate reports an invalid compute name once", () => {
  const steps = ["cpu", "my gpu", "my gpu", "<cluster>", "no key"].map((compute) => ({ ...STEP, compute }));
  const places: string[] = [];
  const given = {
    ...subject({ specs: [spec({ steps })] }),
    config: config({ compute: { __default__: { cluster_name: "cpu" }, gpu: { cluster_name: "my gpu" } } }),
    place: (path: readonly string[]) => void places.push(path.join(".")),
  };
  const found = computeNames.run(given as unknown as Parameters<typeof computeNames.run>[0]);
  deepEqual(found.map(({ code, message }) => `${code} ${message.split(" is")[0]}`), [
    'compute.name "my gpu"',
    'compute.name "no key"',
  ]);
  deepEqual(places, ["compute.gpu.cluster_name", "compute"]);
});

for (
  const [id, hint] of [
    [`/subscriptions/${ID}`, "Write the ID alone"],
    [`subscriptions/${ID}`, "Write the ID alone"],
    [`${ID} `, "Write the ID alone"],
    [` ${ID}`, "Write the ID alone"],
    ["My Team", "Run `az account show --subscription 'My Team' --query id --output tsv`"],
  ] as const
) {
  Deno.test(`validate suggests a fix for subscription ID "${id.replace(ID, "ID")}"`, () => {
    const workspace = { ...config().workspace.__default__!, subscription_id: id };
    const [job] = subject().jobs;
    const found = workspaceNames.run({ ...subject(), jobs: [{ ...job!, workspace }] });
    deepEqual(found.map(({ code, hint }) => [code, hint]), [["workspace.subscription_id", hint]]);
  });
}

Deno.test("validate rejects an unknown workspace of a job", () => {
  const [job] = subject().jobs;
  const unknown = { ...subject(), jobs: [{ ...job!, config: { ...job!.config, workspace: "prod" } }] };
  const named = { ...unknown, workspace: "tset" };
  const without = (one: typeof named | typeof unknown) => ({
    ...one,
    jobs: one.jobs.map((job) => ({ ...job, workspace: undefined })),
  });
  const found = [unknown, named].flatMap((one) => unknownWorkspaces.run(without(one)));
  const finding = (name: string) => ({
    severity: "error",
    code: "workspace.unknown",
    message: `Workspace "${name}" is not defined in azureml.yml`,
    hint: `Use one of them, or add "${name}" to \`workspace\` in azureml.yml`,
    details: ["workspaces: __default__"],
    jobs: ["main"],
  });
  deepEqual(found, [
    { ...finding("prod"), place: placeIn("azureml.yml", ["jobs", "main", "workspace"]) },
    finding("tset"),
  ]);
});

/** A job with a notification. */
function notifying(notification: object, change: Parameters<typeof subject>[0] = {}) {
  const notifications = { n: { events: ["start"], ...notification } };
  return subject({ config: config({ notifications }), job: { notifications: "n" }, ...change });
}

for (
  const [what, notification, passedVariables, expected] of [
    ["reports an address in a variable outside the steps' environment", { webhook_env: "HOOK" }, [], [
      'Notification "n" reads its address from variable HOOK',
    ]],
    ["reports a token in a variable outside the steps' environment", { token_env: "BOT", channel: "c" }, [], [
      'Notification "n" reads its token from variable BOT',
    ]],
    [
      "accepts a token in a variable of the steps' environment",
      { token_env: "BOT", channel: "c" },
      ["BOT"],
      [],
    ],
  ] as const
) {
  Deno.test(`validate ${what}`, () => {
    const found = unsetNotificationVariables.run(notifying(notification, { passedVariables }));
    deepEqual(found.map(({ message }) => message.split(", which")[0]), expected);
  });
}

for (
  const [payload, files, isReported] of [
    ["my_project.notify:text", ["src/my_project/notify.py"], false],
    ["my_project.notify:text", [], true],
    ["my_project:text", ["src/my_project/__init__.py"], false],
    ["json:dumps", [], false],
  ] as const
) {
  Deno.test(`validate ${isReported ? "reports" : "accepts"} the payload ${payload} if ${files[0] ?? "no file"} is uploaded`, () => {
    const one = notifying({ webhook_env: "HOOK", payload }, { code: selection([...FILES, ...files]) });
    deepEqual(missingNotificationPayload.run(one).length, Number(isReported));
  });
}

const PIPELINES = {
  training: {
    nodes: [
      { name: "a", tags: ["gpu"], namespace: "training.north.fit" },
      { name: "b", tags: [], namespace: null },
    ],
  },
};

/** The findings of a check about one job, and about computes, with the places that they point at. */
function ofConfig(check: typeof emptyFactories, change: Parameters<typeof config>[0]) {
  const place = (path: readonly (string | number)[]) => ({ file: path.join("."), line: 1, column: 1 });
  const given = { ...subject({ pipelines: PIPELINES as never }), config: config(change), place };
  return check.run(given).map((
    { severity, code, message, place, hint },
  ) => [severity, code, message, place?.file, hint]);
}

const factory = (pipeline_name: string, ...node_namespaces: string[]) => ({
  jobs: {
    "{a}-train": { pipeline: { pipeline_name, ...(node_namespaces.length > 0 && { node_namespaces }) } },
  },
});

for (
  const [what, change, reason, key] of [
    [
      "with a wrong namespace",
      factory("training", "traning.{a}"),
      'no namespace of pipeline "training" matches "traning.{a}" (did you mean "training.{a}"?)',
      "node_namespaces.0",
    ],
    [
      "deeper than all namespaces",
      factory("training", "training.north.fit.{a}"),
      'no namespace of pipeline "training" matches "training.north.fit.{a}"',
      "node_namespaces.0",
    ],
    [
      "of an unknown pipeline",
      factory("trainin", "{a}"),
      'pipeline "trainin" is not registered (did you mean "training"?)',
      "pipeline_name",
    ],
    ["without namespaces", factory("training"), "it has no `node_namespaces`", ""],
    ["with a match", factory("training", "training.{a}"), undefined, ""],
    ["with a name of its own", { jobs: { train: { pipeline: { pipeline_name: "no" } } } }, undefined, ""],
  ] as const
) {
  Deno.test(`validate ${reason === undefined ? "accepts" : "warns about"} a job factory ${what}`, () => {
    deepEqual(
      ofConfig(emptyFactories, change),
      reason === undefined ? [] : [[
        "warning",
        "job.factory_empty",
        `Job factory "{a}-train" makes no job: ${reason}`,
        `jobs.{a}-train.pipeline${key && `.${key}`}`,
        "Run `kedro-azureml config jobs` to see which jobs azureml.yml makes",
      ]],
    );
  });
}

Deno.test("validate warns about an unused compute with a similar tag", () => {
  const compute = Object.fromEntries(
    ["__default__", "gqu", "gpu", "big"].map((key) => [key, { cluster_name: key }]),
  );
  const job = (name: string) => ({
    jobs: { main: { pipeline: { pipeline_name: "training" }, compute: name } },
  });
  const unused = (key: string, meant = "") => [
    meant ? "warning" : "note",
    "compute.unused_key",
    `"${key}" of \`compute\` is neither the tag of a node nor the compute of a job, so no step runs there${meant}`,
    `compute.${key}`,
    `Tag a node with "${key}", or remove the key`,
  ];
  deepEqual(ofConfig(unusedComputes, { compute, ...job("big") }), [unused("gqu")]);
  const { gpu: _, ...wrong } = compute;
  deepEqual(ofConfig(unusedComputes, { compute: wrong, ...job("x") }), [
    unused("gqu", ' (did you mean "gpu"?)'),
    unused("big"),
  ]);
  deepEqual(ofConfig(unusedComputes, { compute, ...job("{size}") }), []);
  const two = { ...job("big").jobs, other: { pipeline: {} } };
  deepEqual(ofConfig(unusedComputes, { compute, jobs: two }), [unused("gqu")]);
});

Deno.test("validate warns about an unknown compute of a job", () => {
  const compute = { __default__: { cluster_name: "cpu" }, gpu: { cluster_name: "a100" } };
  const of = (typed: string) =>
    unknownComputes.run(
      subject({ specs: [spec({ compute: typed })], config: config({ compute }), job: { compute: typed } }),
    ).map(({ message }) => message.split(", so ")[1]);
  deepEqual(of("big"), ["it is taken for the name of a cluster"]);
  deepEqual(of("gpuu"), ['it is taken for the name of a cluster (did you mean "gpu"?)']);
  for (const known of ["gpu", "a100"]) deepEqual(of(known), []);
});

Deno.test("validate suggests the name of a misspelled catalog entry", () => {
  const nodes = [{ tags: [], inputs: ["raw"], outputs: ["features", "step_1"] }];
  const meant = (entries: readonly string[], code = "") => {
    const { source } = subject();
    const placeOf = (pattern: RegExp) => pattern.test(code) ? { file: "a.py" } : undefined;
    return mistypedEntries.run(subject({
      pipelines: { __default__: { nodes } } as never,
      catalog: Object.fromEntries(entries.map((entry) => [entry, { type: "pandas.CSVDataset" }])),
      source: { ...source, placeOf },
    })).map(({ message, place }) => [message, place?.file]);
  };
  for (const entry of ["feautres", "featurs", "featuress", "Features"]) {
    deepEqual(meant(["raw", entry]), [[
      `No node uses "${entry}" of the catalog (did you mean "features", which has no entry?)`,
      `conf/base/catalog.yml#${entry}`,
    ]]);
    deepEqual(meant([entry], `catalog.load("${entry}")`), []);
    deepEqual(meant([entry, "features"]), []);
  }
  for (const entry of ["feat", "feature_rows", "step_2", "rwa"]) deepEqual(meant([entry]), []);
});

Deno.test("validate names the parameter that sets num_nodes", () => {
  const node = { name: STEP.node, namespace: null, distributed: { num_nodes: "params:dist.nodes" } };
  const of = (params: Record<string, Record<string, number>>) =>
    nodeCounts.run(
      subject({
        pipelines: { __default__: { nodes: [node] } } as never,
        job: { params },
      }) as unknown as Parameters<typeof nodeCounts.run>[0],
    ).map(({ message }) => message.split(" ")[0]);
  deepEqual([of({ dist: { nodes: 2 } }), of({ dist: { other: 2 } })], [
    ["`jobs.main.params.dist.nodes`"],
    [],
  ]);
});
