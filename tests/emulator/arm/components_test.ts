import assert from "node:assert/strict";
import { ask, type Loose, prepare, readRecording, tinyEmulator, WORKSPACE_ID } from "../client.ts";

/** Mistakes in a valid component, and what the error must name. */
const REFUSED: readonly (readonly [string, (spec: Loose, properties: Loose) => void, RegExp])[] = [
  ["an unknown property", (spec) => spec.compute = "cpu-cluster", /compute/],
  ["a camel-case property", (spec) => spec.displayName = "x", /displayName/],
  ["an unknown property beside the spec", (_, properties) => properties.version = "1", /version/],
  ["no command", (spec) => delete spec.command, /command/],
  ["an unknown type", (spec) => spec.type = "spark", /type/],
  ["a string in place of a boolean", (spec) => spec.is_deterministic = "false", /is_deterministic/],
  ["an input of an unknown type", (spec) => spec.inputs = { x: { type: "folder" } }, /inputs/],
  ["an output of a literal type", (spec) => spec.outputs = { x: { type: "string" } }, /outputs/],
  ["zero instances", (spec) => spec.resources = { instance_count: 0 }, /instance_count/],
  ["an unknown distribution", (spec) => spec.distribution = { type: "horovod" }, /distribution/],
  ["an unknown environment", (spec) => spec.environment = "azureml:gone:1", /gone/],
  ["an unknown version of an environment", (spec) => spec.environment = "azureml:kedro-env:13", /kedro-env/],
  ["unknown code", (spec) => spec.code = `azureml:${WORKSPACE_ID}/codes/gone/versions/1`, /gone/],
];

for (const [what, change, named] of REFUSED) {
  Deno.test(`emulator rejects a component with ${what}`, async () => {
    const { emulator } = tinyEmulator();
    const recording = await readRecording();
    await prepare(emulator, { ...recording, components: {} });
    const [[path, body]] = Object.entries(recording.components) as [[string, Loose]];
    change(body.properties.componentSpec, body.properties);
    const answer = await ask(emulator, "PUT", path, { body });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.match(JSON.stringify(answer.body.error), named);
    assert.deepEqual(emulator.resources("components/versions"), []);
  });
}

Deno.test("emulator accepts the plugin's component, repeatedly and with each distribution", async () => {
  const { emulator } = tinyEmulator();
  const recording = await readRecording();
  await prepare(emulator, recording);
  const [[path, body]] = Object.entries(recording.components) as [[string, Loose]];
  assert.equal((await ask(emulator, "PUT", path, { body })).status, 201);
  for (const type of ["pytorch", "tensorflow", "mpi"]) {
    body.properties.componentSpec.distribution = { type };
    body.properties.componentSpec.resources = { instance_count: 2, instance_type: "large" };
    assert.equal((await ask(emulator, "PUT", path.replace(/[^/]+$/, type), { body })).status, 201, type);
  }
});

Deno.test("emulator derives an anonymous component's ID from its content", async () => {
  const { emulator } = tinyEmulator();
  const recording = await readRecording();
  await prepare(emulator, { ...recording, components: {} });
  const [[path, body]] = Object.entries(recording.components) as [[string, Loose]];
  const spec = body.properties.componentSpec;
  Object.assign(spec, { environment: "azureml:AzureML-sklearn-1.0:33", inputs: { n: { type: "number" } } });
  Object.assign(spec, { resources: { instance_type: "large" }, distribution: { type: "pytorch" } });
  spec.distribution.process_count_per_instance = 4;
  const put = async () => (await ask(emulator, "PUT", path, { body })).body;
  const made = await put();
  assert.notEqual(made.name, path.split("/").at(-1));
  assert.ok(made.id.endsWith(`/azureml_anonymous/versions/${made.name}`));
  assert.equal((await ask(emulator, "GET", made.id)).body.id, made.id);
  const { _source, ...rest } = spec;
  assert.deepEqual(made.properties.componentSpec, {
    ...rest,
    environment: "azureml://registries/azureml/environments/AzureML-sklearn-1.0/versions/33",
    is_deterministic: "False",
    inputs: { n: { type: "number", optional: "False" } },
    resources: { instance_count: "1" },
    distribution: { type: "Pytorch", process_count_per_instance: "4" },
  });
  assert.equal((await put()).id, made.id);
  delete spec.is_deterministic;
  assert.equal((await put()).properties.componentSpec.is_deterministic, "True");
  spec.is_deterministic = false;
  spec.environment = "azureml://registries/mine/environments/a/labels/latest";
  assert.match((await put()).properties.componentSpec.environment, /\/mine\/environments\/a\/versions\/\d+$/);
  spec.name = "other";
  assert.notEqual((await put()).id, made.id);
  spec.inputs = { a: { type: "number" }, b: { type: "string" } };
  const inOrder = (await put()).id;
  spec.inputs = { b: { type: "string" }, a: { type: "number" } };
  assert.equal((await put()).id, inOrder, "the order of inputs makes no difference");
});

Deno.test("emulator changes a named component's tags, and returns its newest version as the default", async () => {
  const { emulator } = tinyEmulator();
  const recording = await readRecording();
  await prepare(emulator, recording);
  const [body] = Object.values(recording.components) as [Loose];
  const put = (version: string, properties: Loose) =>
    ask(emulator, "PUT", `components/mine/versions/${version}`, {
      body: { properties: { ...body.properties, ...properties } },
    });
  const made = await put("1", { tags: { a: "1" } });
  const { componentSpec, ...kept } = made.body.properties;
  assert.equal(componentSpec.version, "1");
  assert.deepEqual([made.status, kept], [201, {
    ...{
      description: null,
      tags: { a: "1" },
      isArchived: false,
      isAnonymous: false,
      autoDeleteSetting: null,
    },
    ...{ properties: body.properties.properties ?? {}, provisioningState: "Succeeded", stage: "Development" },
  }]);
  const changed = await put("1", { tags: { a: "2" } });
  assert.deepEqual([changed.status, changed.body.properties.tags], [200, { a: "2" }]);
  assert.equal((await put("2", {})).status, 201);
  const { status, body: newest } = await ask(emulator, "GET", "components/mine/versions/azureml_default");
  assert.deepEqual([status, newest.name], [200, "2"]);
  assert.equal(newest.id, `${WORKSPACE_ID}/components/mine/labels/default`);
  for (const path of ["components/gone/versions/azureml_default", "components/mine/versions/3"]) {
    assert.equal((await ask(emulator, "GET", path)).status, 404, path);
  }
});
