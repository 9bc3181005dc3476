import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/azureml_yml.ts";
import { describe } from "../../src/config/schema.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";
import { UserError } from "../../src/core/errors.ts";
import { fakeContext } from "../fakes/context.ts";

/** The values that the plugin's models reject for each key; see scripts/golden/renew.py. */
const rows = JSON.parse(
  await Deno.readTextFile(fileURLToPath(new URL("../golden/config/schema.json", import.meta.url))),
);
const { good, others } = rows.at(-1);

function isRejected(config: unknown): Promise<boolean> {
  const files = {
    "/project/conf/base/azureml.yml": JSON.stringify(config),
    "/project/conf/local/.gitkeep": "",
  };
  return load(files).then(() => false, (thrown) => {
    if (thrown instanceof UserError) return true;
    throw thrown;
  });
}

function load(files: Record<string, string>) {
  const options = { root: "/project", env: "local", settings: DEFAULT_LOADER_SETTINGS };
  return loadConfig(fakeContext({ files }), options);
}

// deno-lint-ignore no-explicit-any
function configWith(path: (string | number)[], change: (at: any, key: string | number) => void): unknown {
  const config = structuredClone(good);
  const last = path.at(-1)!;
  const holder = path.slice(0, -1).reduce((at, key) => at[key], config);
  change(holder, last);
  return config;
}

for (const { path, refused } of rows.slice(0, -1)) {
  Deno.test(`loadConfig() rejects the plugin's invalid values of ${path.join(".")}`, async () => {
    const found: unknown[] = [];
    for (const other of others) {
      if (await isRejected(configWith(path, (at, key) => at[key] = other))) found.push(other);
    }
    const without = configWith(
      path,
      (at, key) => Array.isArray(at) ? at.splice(Number(key), 1) : delete at[key],
    );
    if (await isRejected(without)) found.push("(none)");
    assert.deepEqual(found, refused);
  });
}

Deno.test("loadConfig() accepts 0 for warning_repeat_tolerance_minutes", async () => {
  const isAccepted = async (key: string) => {
    const config = structuredClone(good);
    config.notifications = { n: { webhook_env: "W", events: ["start"], [key]: 0 } };
    for (const job of Object.values(config.jobs) as { notifications?: string }[]) delete job.notifications;
    return !await isRejected(config);
  };
  assert.deepEqual(
    await Promise.all(
      ["warning_repeat_tolerance_minutes", "warning_repeat_hours", "wait_timeout"].map(isAccepted),
    ),
    [true, false, false],
  );
});

const WRONG = `workspace:
  __default__: {subscription_id: s, resource_group: r}
compute:
  __default__: {cluster_name: 5}
exection: {}
notifications:
  n: {webhook_env: H, on: [start]}
jobs:
  main:
    pipline: {}
    pipeline:
      tags: gpu
      pipeline_name: p
    schedule: 5
    limits: {timeout: soon}
`;

Deno.test("loadConfig() reports each problem with its place", async () => {
  const files = { "/project/conf/base/azureml.yml": WRONG, "/project/conf/local/.gitkeep": "" };
  const error: unknown = await load(files).catch((thrown) => thrown);
  assert(error instanceof UserError);
  assert.equal(error.code, "config.schema");
  assert.equal(error.message, "azureml.yml is not valid (9 problems)");
  const file = "conf/base/azureml.yml";
  const lines = error.details.map((line) => line.slice(0, 100));
  for (
    const start of [
      `${file}:7:23 notifications.n.true: YAML reads this key as a boolean; quote it`,
      `${file}:2:3 workspace.__default__.name: missing key`,
      `${file}:4:31 compute.__default__.cluster_name: found the number 5; expected a string`,
      `${file}:5:1 exection: unknown key (did you mean "execution"?); allowed: workspace, compute`,
      `${file}:7:3 notifications.n.events: missing key`,
      `${file}:10:5 jobs.main.pipline: unknown key (did you mean "pipeline"?)`,
      `${file}:12:13 jobs.main.pipeline.tags: found "gpu"; expected a list`,
      `${file}:14:15 jobs.main.schedule: found the number 5; expected a mapping, a schedule's name or a list of`,
      `${file}:15:23 jobs.main.limits.timeout: found "soon"; expected an integer`,
    ]
  ) assert(lines.some((line) => line.startsWith(start.slice(0, 100))), `${start}\n${lines.join("\n")}`);
  assert.equal(lines.length, 9);
  assert.deepEqual((error.data.problems as { key: string }[]).map(({ key }) => key).slice(0, 2), [
    "notifications.n.true",
    "workspace.__default__.name",
  ]);
});

for (
  const [keys, problem] of [
    ["{token_env: T}", 'notifications.n.token_env: "token_env" requires "channel"'],
    ["{webhook_env: W, channel: c}", 'notifications.n.channel: "channel" requires "token_env"'],
    ["{}", 'notifications.n: needs "webhook_env", or "token_env" with "channel"'],
    [
      "{webhook_env: W, payload: run}",
      'notifications.n.payload: found "run"; expected "module.path:function_name"',
    ],
    ["{token_env: T, channel: c, payload: 'a.b:f'}", undefined],
    ["{webhook_env: W, token_env: T, channel: c}", undefined],
  ] as const
) {
  Deno.test(`loadConfig() ${problem ? "rejects" : "accepts"} the notification ${keys}`, async () => {
    const notifications = { n: { events: ["failure"] } };
    const text = JSON.stringify({ ...good, notifications }).replace('"n":{', `"n":{${keys.slice(1, -1)},`);
    const files = {
      "/project/conf/base/azureml.yml": text.replace("{,", "{"),
      "/project/conf/local/.gitkeep": "",
    };
    const found = await load(files).then(() => [], ({ message, details }: UserError) => {
      assert.equal(message, "azureml.yml is not valid (1 problem)");
      return details;
    });
    assert.deepEqual(found.map((line) => line.replace(/^\S+ /, "")), problem === undefined ? [] : [problem]);
  });
}

Deno.test("loadConfig() suggests `help migrate` for keys of kedro-azureml", async () => {
  const old = "azure:\n  workspace_name: ws\ndocker:\n  image: ~\n";
  const files = { "/project/conf/base/azureml.yml": old, "/project/conf/local/.gitkeep": "" };
  const error: unknown = await load(files).catch((thrown) => thrown);
  assert(error instanceof UserError);
  const told =
    "unknown key of the old kedro-azureml plugin; `kedro-azureml help migrate` lists the keys that replace it";
  assert.deepEqual(error.details.slice(-2), [
    `conf/base/azureml.yml:1:1 azure: ${told}`,
    `conf/base/azureml.yml:3:1 docker: ${told}`,
  ]);
});

Deno.test("describe() shortens text of more than 60 characters", () => {
  assert.equal(describe("x".repeat(60)), JSON.stringify("x".repeat(60)));
  assert.equal(describe("x".repeat(61)), `"${"x".repeat(57)}..."`);
});
