import { node } from "../../../fakes/plain_job.ts";
import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { toYaml } from "../../../../src/azureml/job/yaml.ts";
import type { NodeSnapshot } from "../../../../src/kedro/snapshot.ts";
import { pipelineFrom, plain, randomPipeline } from "./random_pipeline.ts";
import { type JobFile, simulate } from "./simulator.ts";
import { compileGrouped } from "./test_job.ts";

const PIPELINES = 150;
/** As in `tests/cli/matrix/dealt.ts`: each turn has others. */
const FIRST = PIPELINES * Number(Deno.env.get("TEST_TURN") ?? 0);

const where = ({ tags }: NodeSnapshot) =>
  tags.includes("gpu")
    ? ["gpu-cluster", undefined] as const
    : ["cpu", tags.includes("big") ? "large" : undefined] as const;

for (const mode of ["none", "chain", "namespace", "namespace:2", "tag:stage", "all"]) {
  Deno.test(`grouping by ${mode} runs each node of random pipelines once`, () => {
    let [nodes, steps] = [0, 0];
    for (let seed = FIRST; seed < FIRST + PIPELINES; seed++) {
      const made = randomPipeline(seed);
      const { spec } = compileGrouped(made, mode);
      try {
        const ran = simulate(toYaml(spec) as JobFile, made, where);
        [nodes, steps] = [nodes + made.pipeline.nodes.length, steps + ran.length];
        assertMode(mode, ran, made.pipeline.nodes);
      } catch (thrown) {
        throw new Error(`pipeline ${seed}: ${(thrown as Error).message}`, { cause: thrown });
      }
      assertUniqueNames(spec.steps);
    }
    if (mode === "none") equal(steps, nodes);
    else ok(steps < nodes * 0.95, `${steps} steps of ${nodes} nodes`);
  });
}

/** Asserts the rule of a mode for nodes that share a step. */
function assertMode(mode: string, steps: readonly (readonly string[])[], nodes: readonly NodeSnapshot[]) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const at = new Map(nodes.map(({ name }, index) => [name, index]));
  for (const names of steps) {
    const ordered = [...names].sort((a, b) => at.get(a)! - at.get(b)!);
    deepStrictEqual(names, ordered, "the order is Kedro's");
    const all = names.map((name) => byName.get(name)!);
    if (names.length === 1) continue;
    if (mode === "tag:stage") {
      equal(new Set(all.map(({ tags }) => tags.find((tag) => tag.startsWith("stage"))!.slice(6))).size, 1);
    }
    if (mode.startsWith("namespace")) {
      const depth = mode === "namespace" ? 1 : 2;
      equal(new Set(all.map(({ namespace }) => namespace!.split(".").slice(0, depth).join("."))).size, 1);
    }
    if (mode === "chain") assertChain(all, nodes);
  }
}

/** Asserts that each node feeds only the next, and that the first depends on all outside inputs. */
function assertChain(chain: readonly NodeSnapshot[], nodes: readonly NodeSnapshot[]) {
  const writer = new Map(nodes.flatMap((node) => node.outputs.map((one) => [plain(one), node])));
  const needs = (node: NodeSnapshot) => node.inputs.flatMap((one) => writer.get(plain(one)) ?? []);
  const before = (node: NodeSnapshot): Set<NodeSnapshot> =>
    new Set(needs(node).flatMap((one) => [one, ...before(one)]));
  chain.slice(0, -1).forEach((node, index) => {
    const fed = nodes.filter((other) => needs(other).includes(node));
    deepStrictEqual(fed.map(({ name }) => name), [chain[index + 1]!.name]);
  });
  const first = before(chain[0]!);
  for (const node of chain.slice(1)) {
    for (const one of needs(node)) ok(chain.includes(one) || first.has(one), "waits for more than before");
  }
  const isReusable = ({ tags }: NodeSnapshot) => tags.includes("deterministic");
  ok(!isReusable(chain[0]!) || chain.every(isReusable), "a step that may be reused stays one");
}

function assertUniqueNames(steps: readonly { readonly key: string; readonly node: string }[]) {
  equal(new Set(steps.map(({ key }) => key)).size, steps.length);
  equal(new Set(steps.map(({ node }) => node)).size, steps.length);
}

/** Creates ten branches of nineteen nodes after a common node, joined by nine nodes. */
function branches() {
  const row = (branch: number) =>
    Array.from({ length: 19 }, (_, at) =>
      node({
        name: `b${branch}_${at}`,
        inputs: [at === 0 ? "start" : `d${branch}_${at - 1}`, "params:rate"],
        outputs: [`d${branch}_${at}`],
      }));
  const joins = Array.from({ length: 9 }, (_, at) =>
    node({
      name: `join_${at}`,
      inputs: at === 0 ? ["d0_18", "d1_18"] : [`j${at - 1}`, `d${at + 1}_18`],
      outputs: [`j${at}`],
    }));
  const start = node({ name: "start", inputs: [], outputs: ["start"] });
  return {
    pipeline: pipelineFrom([start, ...Array.from({ length: 10 }, (_, at) => row(at)).flat(), ...joins]),
    catalog: {},
  };
}

Deno.test("grouping by chain reduces 200 nodes to 20 steps", () => {
  const made = branches();
  equal(made.pipeline.nodes.length, 200);
  const { spec } = compileGrouped(made, "chain");
  simulate(toYaml(spec) as JobFile, made, where);
  equal(spec.steps.length, 1 + 10 + 9);
});

Deno.test("grouping keeps commands below 128 KiB", () => {
  const nodes = Array.from(
    { length: 1000 },
    (_, at) =>
      node({
        name: `node_${at}`,
        inputs: at === 0 ? [] : [`dataset_${at - 1}`],
        outputs: [`dataset_${at}`],
      }),
  );
  const made = { pipeline: pipelineFrom(nodes), catalog: {} };
  for (const mode of ["all", "chain"]) {
    const { spec } = compileGrouped(made, mode);
    simulate(toYaml(spec) as JobFile, made, where);
    ok(spec.steps.length > 1 && spec.steps.length < 6, `${spec.steps.length} steps`);
    for (const { command } of spec.steps) ok(command.length < 128 * 1024, `${command.length} bytes`);
    const large = compileGrouped(made, mode, { options: { params: { text: "x".repeat(60_000) } } }).spec;
    ok(large.steps.length > spec.steps.length);
    for (const { command } of large.steps) ok(command.length < 128 * 1024, `${command.length} bytes`);
  }
});
