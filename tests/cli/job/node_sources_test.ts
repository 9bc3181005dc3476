import { deepEqual, equal } from "node:assert/strict";
import { type NodeSource, nodeSources, withSource } from "../../../src/app/report/page_file.ts";
import type { StepView } from "../../../src/page/view.ts";
import { readProjectSource } from "../../../src/kedro/modules.ts";
import { fakeContext } from "../../fakes/context.ts";
import { askModules } from "../../fakes/modules.ts";

const LONG = Array.from({ length: 201 }, (_, at) => `    x = ${at}`);
const NODES = `def fit(a):
    return a

def long(a):
${LONG.slice(2).join("\n")}

def longer(a):
${LONG.slice(1).join("\n")}

def secret(a):
    password = "hush"
`;

const PROJECT = { root: "/p", sourceDir: "/p/src" };

/** What a project with these functions says about a node. */
async function sourceOf(func: string, inputs: readonly string[] = []): Promise<NodeSource> {
  const { fs } = fakeContext({ files: { "/p/src/shop/nodes.py": NODES } });
  const node = { name: "n", func, inputs, tags: ["gpu"] };
  const snapshot = {
    pipelines: { __default__: { nodes: [node] } },
    parameters: { rate: 0.5, deep: { a: 1 } },
  };
  const sources = nodeSources(
    await readProjectSource({ fs }, PROJECT, askModules),
    snapshot as unknown as Parameters<typeof nodeSources>[1],
  );
  deepEqual([...sources.keys()], ["n"]);
  return sources.get("n")!;
}

Deno.test("job report finds the function of a node", async () => {
  deepEqual(await sourceOf("shop.nodes:fit", ["rides", "params:rate", "params:deep.a", "params:none"]), {
    source: "src/shop/nodes.py:1",
    code: "def fit(a):\n    return a",
    tags: ["gpu"],
    parameters: new Map([["params:rate", "0.5"], ["params:deep.a", "1"]]),
  });
});

Deno.test("job report masks secrets in a node's code", async () => {
  equal((await sourceOf("shop.nodes:secret")).code, "def secret(a):\n    password = ***");
});

Deno.test("job report shows at most 200 lines of a node's code", async () => {
  const linesOf = async (name: string) => (await sourceOf(`shop.nodes:${name}`)).code!.split("\n");
  const [long, longer] = [await linesOf("long"), await linesOf("longer")];
  deepEqual([long.length, long.at(-1)], [200, "    x = 200"]);
  deepEqual([longer.length, longer.at(-1)], [201, "…"]);
});

const STEP = {
  key: "n",
  label: "n",
  inputs: [{ name: "params:rate" }, { name: "rides" }, { name: "params:deep", value: "given" }],
} as unknown as StepView;
const NODE: NodeSource = {
  source: "a.py:1",
  tags: ["gpu"],
  parameters: new Map([["params:rate", "0.5"], ["params:deep", "other"]]),
};

Deno.test("job report shows the code, tags and parameters of a node", () => {
  const { source, tags, inputs } = withSource(STEP, NODE);
  deepEqual([source, tags, inputs.map(({ value }) => value)], ["a.py:1", ["gpu"], [
    "0.5",
    undefined,
    "given",
  ]]);
  equal(withSource(STEP, undefined), STEP);
});
