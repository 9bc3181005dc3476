import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

/**
 * Adds random pipelines with the reader's `+` and with Kedro's, and compares the results. Many of them are
 * invalid: equal names, outputs or confirms, cycles, transcoding.
 */
const REGISTRY = `
import json
import random
import warnings
from functools import reduce

from kedro.pipeline import Pipeline, node

fast = Pipeline.__add__
slow = fast.__wrapped__


def step(*args):
    return args


def parts_of(chance):
    """Several pipelines over few names; the fewer there are, the more sums are wrong."""
    names = [f"d{i}" for i in range(chance.choice((8, 30, 90)))]
    forms = ("", "", "", "", "@csv") if chance.random() < 0.3 else ("",)
    nodes = []
    for at in range(chance.randrange(4, 24)):
        make = lambda: chance.choice(names) + chance.choice(forms)
        inputs = sorted({make() for _ in range(chance.randrange(0, 4))})
        outputs = sorted({make() for _ in range(chance.randrange(0, 3))} - set(inputs)) or [f"out{at}"]
        name = f"n{chance.randrange(40) if chance.random() < 0.05 else at}"
        namespace = chance.choice((None, None, "one", "one.two"))
        confirms = [make()] if chance.random() < 0.03 else None
        try:
            nodes.append(node(step, inputs, outputs, name=name, namespace=namespace, confirms=confirms))
        except ValueError:
            continue
    parts = []
    while nodes:
        count = chance.randrange(1, 6)
        taken, nodes = nodes[:count], nodes[count:]
        try:
            parts.append(Pipeline(taken))
        except Exception:
            continue
    return parts


def told(pipe):
    return {
        "nodes": pipe.nodes,
        "groups": pipe.grouped_nodes,
        "free": sorted(pipe.inputs()),
        "ends": sorted(pipe.outputs()),
        "all": sorted(pipe.datasets()),
        "parents": {each.name: sorted(parent.name for parent in parents) for each, parents in pipe.node_dependencies.items()},
        "text": pipe.describe(),
        "repr": repr(pipe),
        # In the order of a set, which is another in each run of Python.
        "json": sorted(map(str, json.loads(pipe.to_json())["pipeline"])),
        "from": [each.name for each in pipe.from_nodes(pipe.nodes[0].name).nodes],
        "to": [each.name for each in pipe.to_nodes(pipe.nodes[-1].name).nodes],
    }


def outcome(add, parts):
    try:
        total = parts[0]
        for count, part in enumerate(parts[1:]):
            total = add(total, part)
    except Exception as error:
        # Sets, and what the circle begins with, have no order.
        return "wrong", count, type(error), sorted(str(error))
    return "right", told(total)


def require_equal(seed, quick, sure):
    if quick != sure:
        both = zip(quick[1].items(), sure[1].items()) if quick[0] == sure[0] == "right" else [(quick, sure)]
        raise AssertionError((seed, [pair for pair in both if pair[0] != pair[1]]))


def register_pipelines():
    found = {"right": 0, "wrong": 0, "made": 0}
    for seed in range(120):
        parts = parts_of(random.Random(seed))
        if len(parts) < 2:
            continue
        quick, sure = outcome(fast, parts), outcome(slow, parts)
        require_equal(seed, quick, sure)
        found[quick[0]] += 1
        # The left side again: what was added to it must not be in it.
        if quick[0] == "right":
            first = fast(parts[0], parts[1])
            fast(first, parts[2]) if len(parts) > 2 else None
            again = fast(first, parts[-1]) if len(parts) > 3 else first
            wanted = slow(slow(parts[0], parts[1]), parts[-1]) if len(parts) > 3 else slow(parts[0], parts[1])
            require_equal(seed, ("right", told(again)), ("right", told(wanted)))
            require_equal(seed, ("right", told(first)), ("right", told(slow(parts[0], parts[1]))))
        pending = fast(Pipeline([]), parts[0])
        found["made"] += "_nodes" not in vars(pending)
    assert min(found.values()) > 8, found
    split = [Pipeline([node(step, f"a{i}", f"a{i + 1}", name=f"s{i}", namespace=name)]) for i, name in enumerate(("one", None, "one"))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        require_equal("other filters", outcome(fast, split), outcome(slow, split))
    warnings.simplefilter("error")
    quick, sure = outcome(fast, split), outcome(slow, split)
    warnings.filters.pop(0)
    assert quick[0] == "wrong"
    require_equal("warnings are errors", quick, sure)
    ours = sum([Pipeline([node(step, f"a{i}", f"a{i + 1}", name=f"s{i}")]) for i in range(5)])
    assert not hasattr(ours, "no_such_thing")
    return {"__default__": ours}
`;

for (const version of ["1.7.0", "0.19.15"]) {
  Deno.test(`snapshot() adds pipelines as Kedro ${version} does`, async () => {
    const pyproject =
      `[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "${version}"\n`;
    const snapshot = await readProject(projectOf(REGISTRY, { "pyproject.toml": pyproject }));
    assert.deepEqual(snapshot.pipelines.__default__!.nodes.map(({ name }) => name), [
      "s0",
      "s1",
      "s2",
      "s3",
      "s4",
    ]);
  });
}

Deno.test("snapshot() names the line that adds two writers of a dataset", async () => {
  const registry = `
from kedro.pipeline import Pipeline, node

def same(x):
    return x

def register_pipelines():
    one = Pipeline([node(same, "a", "b", name="one")])
    total = one + Pipeline([node(same, "b", "c", name="two")])
    return {"__default__": total + one + Pipeline([node(same, "x", "c", name="three")])}
`;
  await assert.rejects(readProject(projectOf(registry)), {
    message:
      "Cannot read the project's pipelines: OutputNotUniqueError: Output(s) ['c'] are returned by more than one " +
      "nodes. Node outputs must be unique",
    place: { file: "src/shop/pipeline_registry.py", line: 10 },
  });
});
