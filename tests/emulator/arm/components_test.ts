import assert from "node:assert/strict";
import { ask, type Loose, prepare, readRecording, tinyEmulator, WORKSPACE_ID } from "../client.ts";

/** Mistakes in a valid component, and what the error must name. */
const REFUSED: readonly (readonly [string, (spec: Loose, properties: Loose) => void, RegExp])[] = [
  ["an unknown property", (spec) => spec.compute = "cpu-cluster", /compute/],
  ["no command", (spec) => delete spec.command, /command/],
  ["a string in place of a boolean", (spec) => spec.is_deterministic = "false", /is_deterministic/],
  ["an input of an unknown type", (spec) => spec.inputs = { x: { type: "folder" } }, /inputs/],
  ["zero instances", (spec) => spec.resources = { instance_count: 0 }, /instance_count/],
  ["an unknown environment", (spec) => spec.environment = "azureml:gone:1", /gone/],
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

Deno.test("emulator accepts the plugin's component with each distribution", async () => {
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
