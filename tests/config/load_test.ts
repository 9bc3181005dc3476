import { renderError } from "../../src/cli/text/error.ts";
import { assertTranscript } from "../cli/transcript.ts";
import assert from "node:assert/strict";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";

import { loadConfig } from "../../src/config/azureml_yml.ts";

import { errorsOf, UserError } from "../../src/core/errors.ts";
import type { LoaderSettings } from "../../src/core/loader_settings.ts";
import { fakeContext } from "../fakes/context.ts";

const GOOD = `workspace:
  __default__: {subscription_id: s, resource_group: r, name: n}
compute:
  __default__:
    cluster_name: cpu
jobs:
  main:
    pipeline: {}
    params: {rate: 1.0, big: 12345678901234567890, n: 3}
`;

interface World {
  readonly files: Record<string, string | Uint8Array<ArrayBuffer>>;
  readonly env?: string;
  readonly settings?: Partial<LoaderSettings>;
  readonly resolve?: (name: string, args: readonly unknown[]) => Promise<unknown>;
  readonly outside?: readonly string[];
}

function load({ files, env = "local", settings, resolve, outside }: World) {
  const inProject = Object.entries(files).map(([name, text]) =>
    [name.startsWith("/") ? name : `/project/${name}`, text] as const
  );
  const ctx = fakeContext({
    files: { "/project/conf/local/.gitkeep": "", ...Object.fromEntries(inProject) },
  });
  return loadConfig(ctx, {
    root: "/project",
    env,
    settings: { ...DEFAULT_LOADER_SETTINGS, ...settings },
    outside,
    ...(resolve === undefined ? {} : { resolve }),
  });
}

async function errorOf(world: World): Promise<UserError> {
  const error: unknown = await load(world).then(() => undefined, (thrown) => thrown);
  assert(error instanceof UserError, `it is ${error}`);
  return error;
}

Deno.test("loadConfig() returns the file and line of each value", async () => {
  const { azureml, place } = await load({
    files: {
      "conf/base/azureml.yml": GOOD,
      "conf/local/azureml.yml": "compute:\n  __default__:\n    cluster_name: gpu\n",
    },
  });
  assert.equal(azureml.compute.__default__!.cluster_name, "gpu");
  assert.deepEqual(place(["compute", "__default__", "cluster_name"]), {
    key: "compute.__default__.cluster_name",
    file: "conf/local/azureml.yml",
    line: 3,
    column: 19,
  });
  const inBase = { file: "conf/base/azureml.yml", line: 7, column: 3, key: "jobs.main.compute" };
  assert.deepEqual(place(["jobs", "main", "compute"]), inBase);
  assert.deepEqual(place(["schedules"]), {
    file: "conf/base/azureml.yml",
    line: 1,
    column: 1,
    key: "schedules",
  });
});

Deno.test("loadConfig() keeps 1.0 and long integers in params", async () => {
  const { azureml } = await load({ files: { "conf/base/azureml.yml": GOOD } });
  assert.equal(
    JSON.stringify(azureml.jobs.main!.params),
    '{"rate":1.0,"big":12345678901234567890,"n":3}',
  );
});

Deno.test("loadConfig() reads the experiment name from mlflow.yml", async () => {
  const files = {
    "conf/base/azureml.yml": GOOD,
    "conf/base/mlflow.yml": "tracking: {experiment: {name: shop}}\n",
  };
  const patterns = { mlflow: ["mlflow*", "mlflow*/**", "**/mlflow*"] };
  assert.equal((await load({ files })).experimentName, undefined);
  const named = async (name: string) =>
    (await load({
      files: { ...files, "conf/base/mlflow.yml": `tracking: {experiment: {name: ${name}}}\n` },
      settings: { config_patterns: patterns },
    })).experimentName;
  assert.deepEqual(await Promise.all(["shop", "5", "1.0", '""', "null"].map(named)), [
    "shop",
    "5",
    "1.0",
    undefined,
    undefined,
  ]);
  const unnamed = await load({
    files: { ...files, "conf/base/mlflow.yml": "tracking:\n  experiment: {nam: shop}\n" },
    settings: { config_patterns: patterns },
  });
  assert.deepEqual(unnamed.warnings, [{
    code: "config.no_experiment",
    message: "mlflow.yml has no tracking.experiment.name",
    place: { file: "conf/base/mlflow.yml", line: 2, column: 3 },
  }]);
  const none = await load({
    files: { "conf/base/azureml.yml": GOOD },
    settings: { config_patterns: patterns },
  });
  assert.deepEqual([none.experimentName, none.warnings], [undefined, []]);
});

Deno.test("loadConfig() calls resolvers of the project", async () => {
  const files = { "conf/base/azureml.yml": GOOD.replace("cpu", '"${double:${.size}, [1, a]}"\n    _x: 1') };
  const asked: unknown[] = [];
  const text = GOOD.replace("cluster_name: cpu", "cluster_name: ${cluster:cpu, 2, [1.5]}");
  const { azureml } = await load({
    files: { "conf/base/azureml.yml": text },
    settings: { custom_resolvers: ["cluster"] },
    resolve: async (name, args) => {
      asked.push([name, args]);
      return await Promise.resolve("big-${cluster}");
    },
  });
  assert.deepEqual(asked, [["cluster", ["cpu", 2, [1.5]]]]);
  assert.equal(azureml.compute.__default__!.cluster_name, "big-${cluster}");
  const error = await errorOf({ files });
  assert.equal(error.code, "config.interpolation");
});

Deno.test("loadConfig() reads the folder of CONF_SOURCE", async () => {
  const named = (name: string) => GOOD.replace(/cluster_name: \S+/, `cluster_name: ${name}`);
  const moved = await load({
    files: {
      "settings/shared/azureml.yml": named("moved"),
      "settings/local/a.txt": "",
      "conf/base/azureml.yml": GOOD,
    },
    settings: { conf_source: "settings", base_env: "shared" },
  });
  const alone = await load({
    files: { "conf/azureml.yml": named("alone") },
    env: "",
    settings: { base_env: null, default_run_env: null },
  });
  assert.deepEqual([moved, alone].map(({ azureml }) => azureml.compute.__default__!.cluster_name), [
    "moved",
    "alone",
  ]);
});

Deno.test("loadConfig() rejects a folder outside the project", async () => {
  const files = {
    "conf/base/catalog.yml": "",
    "/elsewhere/base/azureml.yml": GOOD,
    "/elsewhere/local/a.txt": "",
  };
  const settings = { conf_source: "/elsewhere" };
  const { code, message, hint } = await errorOf({ files, settings });
  assert.deepEqual([code, message, hint], [
    "config.folder_outside",
    'Cannot read configuration from "/elsewhere": it is outside the project',
    "Correct CONF_SOURCE in settings.py, or allow the folder with `--allow-outside /elsewhere`",
  ]);
  await load({ files, settings, outside: ["/elsewhere"] });
});

const REFUSALS: { name: string; world: World; code: string; message: RegExp; place?: string }[] = [
  {
    name: "an unterminated list",
    world: { files: { "conf/base/azureml.yml": "a: [1,\nb: 2\n" } },
    code: "config.yaml",
    message: /Cannot read "conf\/base\/azureml.yml"/,
    place: "conf/base/azureml.yml:1:4",
  },
  {
    name: "a top-level list",
    world: { files: { "conf/base/azureml.yml": "- a\n" } },
    code: "config.not_a_mapping",
    message: /it holds a list where keys are expected/,
    place: "conf/base/azureml.yml:1:1",
  },
  {
    name: "a literal Azure ML expression",
    world: { files: { "conf/base/azureml.yml": "a: ${{x}}\n" } },
    code: "config.interpolation",
    message: /Cannot resolve "a"/,
    place: "conf/base/azureml.yml:1:4",
  },
  {
    name: "exponentially growing aliases",
    world: {
      files: {
        "conf/base/azureml.yml": "a: &a [x,x,x,x,x,x,x,x,x]\n" +
          [..."bcdefgh"].map((name, at) =>
            `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(",")}]\n`
          ).join(""),
      },
    },
    code: "config.yaml",
    message: /more than 10000 values/,
  },
];

for (const { name, world, code, message, place } of REFUSALS) {
  Deno.test(`loadConfig() rejects ${name}`, async (t) => {
    const error = await errorOf(world);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    const { file, line, column } = error.place ?? { file: "" };
    if (place !== undefined) assert.equal(`${file}:${line}:${column}`, place);
    await assertTranscript(t, renderError(error).text, import.meta.url);
  });
}

Deno.test("loadConfig() says that a key replaces the one in base", async () => {
  const error = await errorOf({
    files: {
      "conf/base/azureml.yml": GOOD,
      "conf/local/azureml.yml": "compute:\n  gpu:\n    cluster_name: gpu\n",
    },
  });
  assert.match(error.details.join("\n"), /needs an entry "__default__"; it replaces that of the base folder/);
  assert.equal(error.place?.file, "conf/local/azureml.yml");
  const alone = await errorOf({ files: { "conf/base/azureml.yml": GOOD.replace("__default__", "cpu") } });
  assert.doesNotMatch(alone.details.join("\n"), /it replaces/);
});

Deno.test("loadConfig() rejects a link to a file outside the project", async () => {
  const { fs } = fakeContext({ files: { "/project/conf/local/x": "", "/home/user/secret": "a: 1" } });
  const linked = {
    ...fs,
    async *walk() {
      yield { path: "/project/conf/base/azureml.yml", kind: "link" as const };
    },
    stat: (path: string) =>
      path.endsWith(".yml")
        ? Promise.resolve({ kind: "file" as const, sizeBytes: 4, modifiedAt: undefined })
        : path.endsWith("/base")
        ? Promise.resolve({ kind: "folder" as const, sizeBytes: 0, modifiedAt: undefined })
        : fs.stat(path),
    realPath: (path: string) => Promise.resolve(path.endsWith(".yml") ? "/home/user/secret" : path),
  };
  const options = { root: "/project", env: "local", settings: DEFAULT_LOADER_SETTINGS };
  await assert.rejects(loadConfig({ fs: linked, env: {} }, options), { code: "config.link_outside" });
});

Deno.test("loadConfig() reads no credentials as another kind of configuration", async () => {
  const files = {
    "conf/base/azureml.yml": GOOD,
    "conf/local/credentials.yml": "db: {word: hunter}\n",
  };
  const { code, place } = await errorOf({
    files,
    settings: { config_patterns: { globals: ["credentials*"] } },
  });
  assert.deepEqual([code, place], ["config.secret_file", { file: "conf/local/credentials.yml" }]);
  const byPlace = await errorOf({
    files: { ".docker/local/azureml.yml": GOOD, ".docker/config.json": '{"auths": {}}' },
    settings: { conf_source: ".docker", base_env: "", config_patterns: { globals: ["config.json"] } },
  });
  assert.equal(byPlace.code, "config.secret_file");
});

Deno.test("loadConfig() reports each unresolved value", async () => {
  const broken = load({ files: { "conf/base/azureml.yml": "a: ${x}\nb:\n  - ${y}\n" } });
  const error = await broken.then(() => assert.fail(), (thrown: UserError) => thrown);
  assert.deepEqual(errorsOf(error).map(({ place }) => place?.line), [1, 3]);
});

Deno.test("loadConfig() only warns about an invalid mlflow.yml", async () => {
  const files = { "conf/base/azureml.yml": GOOD, "conf/base/mlflow.yml": "a: ${x}\nb: ${y}\n" };
  const { warnings } = await load({ files, settings: { config_patterns: { mlflow: ["mlflow*"] } } });
  assert.deepEqual(warnings.map(({ code, place }) => [code, place?.line]), [
    ["config.interpolation", 1],
    ["config.interpolation", 2],
  ]);
});

Deno.test("loadConfig() hides interpolated values in errors", async () => {
  const text = GOOD.replace("pipeline: {}", "pipeline: {tags: '${secret:x}'}");
  const error = await errorOf({
    files: { "conf/base/azureml.yml": text },
    settings: { custom_resolvers: ["secret"] },
    resolve: () => Promise.resolve("hunter2"),
  });
  assert.match(error.details[0]!, /jobs\.main\.pipeline\.tags: found text; expected a list/);
  assert.equal(JSON.stringify([error.message, error.details, error.data]).includes("hunter2"), false);
});
