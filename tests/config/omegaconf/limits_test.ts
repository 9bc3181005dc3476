import assert from "node:assert/strict";
import { loadLayers } from "../../../src/config/load_layers.ts";

import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

async function errorOf(text: string): Promise<UserError> {
  const ctx = fakeContext({
    files: { "/project/conf/base/azureml.yml": text, "/project/conf/local/.gitkeep": "" },
  });
  const settings = DEFAULT_LOADER_SETTINGS;
  const error: unknown = await loadLayers(ctx, "azureml", { root: "/project", env: "local", settings })
    .then(() => undefined, (thrown) => thrown);
  assert(error instanceof UserError, `it is ${String(error).slice(0, 200)}`);
  assert(error.message.length < 1000, `a message of ${error.message.length} characters`);
  return error;
}

/** `a0: x`, `a1: f(a0)`, … */
function steps(count: number, first: string, next: (before: string) => string): string {
  return [`a0: ${first}`, ...Array.from({ length: count }, (_, at) => `a${at + 1}: ${next(`a${at}`)}`)].join(
    "\n",
  );
}

Deno.test("loadLayers() rejects text that grows exponentially", async () => {
  const error = await errorOf(steps(40, "0123456789", (before) => `"\${${before}}\${${before}}"`));
  assert.equal(error.code, "config.interpolation");
  assert.match(error.message, /: interpolations in this environment produce more than 32 MiB of text$/);
});

Deno.test("loadLayers() rejects 5,000 nested interpolations", async () => {
  const error = await errorOf(`a: "${"${".repeat(5000)}b${"}".repeat(5000)}"`);
  assert.equal(error.code, "config.interpolation");
  assert.match(error.message, /nested more than 100 levels deep/);
});

Deno.test("loadLayers() rejects 3,000 nested resolvers", async () => {
  for (const [open, close] of [["${oc.select:", "}"], ["[", "]"], ["{a:", "}"]] as const) {
    const error = await errorOf(`a: "\${oc.select:b,${open.repeat(3000)}b${close.repeat(3000)}}"`);
    assert.equal(error.code, "config.interpolation");
    assert.match(error.message, /nested more than 100 levels deep/);
  }
});

Deno.test("loadLayers() rejects a chain of 4,000 references", async () => {
  const error = await errorOf(
    Array.from({ length: 4000 }, (_, at) => `a${at}: \${a${at + 1}}`).join("\n") + "\na4000: 1",
  );
  assert.equal(error.code, "config.interpolation");
  assert.match(error.message, /more than 200 values refer to each other/);
});

Deno.test("loadLayers() rejects a chain of 201 references", async () => {
  const last = `'\${oc.select:b,${"[".repeat(20)}1${"]".repeat(20)}}'`;
  const chain = (count: number) =>
    [...Array.from({ length: count - 1 }, (_, at) => `a${at}: \${a${at + 1}}`), `a${count - 1}: ${last}`]
      .join("\n");
  const files = { "/project/conf/base/azureml.yml": chain(200), "/project/conf/local/.gitkeep": "" };
  const settings = DEFAULT_LOADER_SETTINGS;
  const options = { root: "/project", env: "local", settings };
  const { values } = await loadLayers(fakeContext({ files }), "azureml", options);
  assert.equal(values.entries.size, 200);
  assert.match((await errorOf(chain(201))).message, /more than 200 values refer to each other/);
});

Deno.test("loadLayers() rejects 4,000 merged mappings within seconds", async () => {
  const merged = (at: number) => `a${at + 1}: &a${at + 1} {<<: *a${at}}`;
  const startedAt = performance.now();
  const error = await errorOf(
    ["a0: &a0 {x: 1}", ...Array.from({ length: 4000 }, (_, at) => merged(at))].join("\n"),
  );
  assert.match(error.message, /more than 10000 values \(aliases expanded\)/);
  assert(performance.now() - startedAt < 10_000);
});

Deno.test("loadLayers() rejects YAML of 20,000 nested lists", async () => {
  const error = await errorOf(`a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`);
  assert.equal(error.code, "config.yaml");
  assert.match(error.message, /nested too deeply/);
});
