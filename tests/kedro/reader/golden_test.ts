import assert from "node:assert/strict";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { reusedReader } from "../../fakes/reused_reader.ts";
import { golden, readProject, realFiles } from "./read.ts";

const GOLDEN = new URL("../../golden/", import.meta.url);

interface GoldenNode {
  raw_inputs: unknown;
  raw_outputs: unknown;
}
interface GoldenPipelines {
  pipelines: Record<string, { nodes: GoldenNode[]; inputs: string[]; outputs: string[] }>;
}
interface GoldenContext {
  env: string;
  /** Absent, like the next two, if another part of the configuration stopped Kedro. */
  catalog?: Record<string, Record<string, unknown>>;
  parameters?: Record<string, unknown>;
  datasets?: Record<string, { in_catalog: boolean; type?: string }>;
}

/** Typed parameters in golden data, which are objects there. */
const TYPED: Record<string, unknown> = {
  "TrainOptions(nodes=3, procs=2)": { nodes: 3, procs: 2 },
  "TrainOptions(nodes=9, procs=2)": { nodes: 9, procs: 2 },
  "ScoreOptions(threshold=0.5)": { threshold: 0.5 },
};

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(path, GOLDEN))) as T;
}

/** Returns the golden pipelines without what snapshots omit. */
function expectedPipelines({ pipelines }: GoldenPipelines) {
  return Object.fromEntries(
    Object.entries(pipelines).map(([name, { nodes, inputs, outputs }]) => [name, {
      nodes: nodes.map(({ raw_inputs: _inputs, raw_outputs: _outputs, ...node }) => node),
      inputs,
      outputs,
    }]),
  );
}

function assertContext(snapshot: ProjectSnapshot, context: GoldenContext): void {
  const named = Object.entries(context.catalog ?? {}).filter(([name]) =>
    !/[{}]/.test(name) && !name.startsWith("_")
  );
  for (const [name, entry] of named) assert.deepEqual(snapshot.catalog[name], entry, name);
  for (const [name, { in_catalog, type }] of Object.entries(context.datasets ?? {})) {
    if (name === "parameters" || name.startsWith("params:")) continue;
    assert.equal(name in snapshot.catalog, in_catalog, name);
    if (type !== undefined) assert.equal(lastOf(snapshot.catalog[name]!.type), lastOf(type), name);
  }
}

function expectedParameters(parameters: Record<string, unknown>): unknown {
  return Object.fromEntries(
    Object.entries(parameters).map((
      [name, value],
    ) => [name, TYPED[(value as { __repr__?: string })?.__repr__ ?? ""] ?? value]),
  );
}

function lastOf(type: unknown): string {
  return String(type).split(".").at(-1)!;
}

/** Returns the distinct contexts of a project: most environments differ only in azureml.yml. */
async function contextsOf(name: string): Promise<GoldenContext[]> {
  const files = (await Array.fromAsync(Deno.readDir(new URL(`${name}/`, GOLDEN))))
    .map((entry) => entry.name)
    .filter((file) => file.startsWith("context-"));
  const contexts = await Promise.all(files.sort().map((file) => json<GoldenContext>(`${name}/${file}`)));
  const key = ({ catalog, parameters, datasets }: GoldenContext) =>
    JSON.stringify([catalog, parameters, datasets]);
  return [...Map.groupBy(contexts, key).values()].map((same) => same.at(-1)!);
}

for await (const { name } of Deno.readDir(new URL("projects/", GOLDEN))) {
  for (const context of await contextsOf(name)) {
    Deno.test(`snapshot() of ${name} in ${context.env} equals Kedro's result`, async () => {
      const snapshot = await readProject(realFiles({ resources: reusedReader() }), {
        dir: golden(name),
        env: context.env,
      });
      assert.deepEqual(snapshot.pipelines, expectedPipelines(await json(`${name}/pipelines.json`)));
      assertContext(snapshot, context);
      if (context.parameters) assert.deepEqual(snapshot.parameters, expectedParameters(context.parameters));
    });
  }
}
