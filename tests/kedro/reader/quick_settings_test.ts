import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

/** Compares the reader's functions with those of dynaconf and Python that they replace. */
const REGISTRY = `
import inspect
import random

from dynaconf import utils
from dynaconf.loaders import py_loader
from dynaconf.utils import boxing, files
from kedro.pipeline import node, pipeline

quick = utils.find_the_correct_casing
own = quick.own
assert boxing.find_the_correct_casing is quick
assert quick is not own


class Name(str):
    def lower(self):
        return "one"


def keys(chance):
    def make():
        text = "".join(chance.choice("aAbB _ßẞİ") for _ in range(chance.randrange(4)))
        return chance.choice((text,) * 9 + (Name(text), 1, None, (text, 1), True))
    return tuple(dict.fromkeys(make() for _ in range(chance.randrange(30))))


found = {"a key": 0, "none": 0, "several": 0}
for seed in range(250):
    chance = random.Random(seed)
    data = keys(chance)
    for key in keys(chance):
        wanted = own(key, data)
        got = quick(key, data)
        assert got == wanted, (key, data, got, wanted)
        found["none" if got is None else "a key"] += 1
        if isinstance(key, str):
            found["several"] += sum(isinstance(each, str) and each.lower() == key.lower() for each in data) > 1
assert min(found.values()) > 40, found


def frames(stack):
    return [each.filename for each in stack()]


for module in (files, py_loader):
    assert module.inspect is not inspect
    assert module.inspect.getmembers is inspect.getmembers
    assert frames(module.inspect.stack) == frames(inspect.stack)
    for name in ("made.py", "<made>", "/lib/python314.zip/made.py", "made.pyc", "made.so"):
        scope = {}
        exec(compile("def call(inner, stack):\\n    return inner(stack)", name, "exec"), scope)
        assert scope["call"](frames, module.inspect.stack) == scope["call"](frames, inspect.stack), name


def same(x):
    return x


def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="equal")])}
`;

Deno.test("snapshot() uses faster dynaconf functions that return the same results as the originals", async () => {
  const snapshot = await readProject(projectOf(REGISTRY));
  assert.equal(snapshot.pipelines.__default__!.nodes[0]!.name, "equal");
});
