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
