"""Writes what Kedro's own `Pipeline.filter()` makes of random pipelines and filters; run with a Python that has Kedro 1.7.

    python scripts/golden/slices.py SEED PIPELINES FILTERS > tests/golden/slices.json
"""

import json
import random
import sys

from kedro.pipeline import node, pipeline

KEYS = ("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs", "node_namespaces")


def any_number(*args, **kwargs):
    return args


def random_pipeline(rng):
    """A pipeline with namespaces, tags, parameters, formats, sinks, sources and unnamed nodes."""
    made, nodes = [f"raw{i}" for i in range(rng.randint(1, 3))], []
    formats = {}
    for index in range(rng.randint(1, 14)):
        namespace = rng.choice([None, None, "a", "a.b", "a.bc", "z"])
        picked = rng.sample(made, min(len(made), rng.randint(0, 3)))
        inputs = [f"{each}@{rng.choice(['x', 'y'])}" if formats.get(each) else each for each in picked]
        inputs += rng.sample(["params:p", "params:q.r", "parameters"], rng.randint(0, 2))
        outputs = []
        for at in range(rng.randint(0 if inputs else 1, 2)):
            name = f"{rng.choice('dDé_-')}{index}.{at}" if namespace else f"{rng.choice('dDé_-')}{index}_{at}"
            name = f"{namespace}.{name.replace('.', '_')}" if namespace else name
            formats[name] = rng.random() < 0.25
            made.append(name)
            outputs.append(f"{name}@x" if formats[name] else name)
        if not inputs and not outputs:
            continue
        name = None if rng.random() < 0.1 else f"{rng.choice(['n', 'N', '_', '9', 'ñ', '𝒳', 'ﬀ'])}{index}"
        tags = rng.sample(["red", "green", "blue"], rng.randint(0, 2))
        nodes.append(node(any_number, inputs or None, outputs or None, name=name, tags=tags, namespace=namespace))
    rng.shuffle(nodes)
    return pipeline(nodes)


def random_filter(rng, pipe):
    names = [each.name for each in pipe.nodes] + ["nope"]
    datasets = sorted(pipe.datasets()) + sorted({each.split("@")[0] for each in pipe.datasets()}) + ["nope"]
    choices = {
        "tags": ["red", "green", "blue", "nope"],
        "from_nodes": names,
        "to_nodes": names,
        "node_names": names,
        "from_inputs": datasets,
        "to_outputs": datasets,
        "node_namespaces": ["a", "a.b", "a.bc", "z", "nope"],
    }
    keys = rng.sample(KEYS, rng.choice([0, 1, 1, 1, 2, 3]))
    return {key: [rng.choice(choices[key]) for _ in range(rng.choice([0, 1, 1, 2, 3]))] for key in keys}


def shown(pipe):
    parents = pipe.node_dependencies
    return {
        "nodes": [
            {
                "name": each.name,
                "inputs": list(each.inputs),
                "outputs": list(each.outputs),
                "tags": sorted(each.tags),
                "namespace": each.namespace,
                "depends_on": sorted(parent.name for parent in parents[each]),
            }
            for each in pipe.nodes
        ],
        "inputs": sorted(pipe.inputs()),
        "outputs": sorted(pipe.outputs()),
    }


def filtered(pipe, filters):
    try:
        result = shown(pipe.filter(**filters))
        return {**result, "nodes": [each["name"] for each in result["nodes"]]}
    except ValueError as error:
        return {"error": str(error).splitlines()[0]}


def main(seed, pipelines, filters):
    rng = random.Random(seed)
    cases = []
    while len(cases) < pipelines:
        pipe = random_pipeline(rng)
        if pipe.nodes:
            tried = [random_filter(rng, pipe) for _ in range(filters)]
            cases.append({"pipeline": shown(pipe), "filters": [[each, filtered(pipe, each)] for each in tried]})
    print(json.dumps(cases, ensure_ascii=False, separators=(",", ":")).replace('{"pipeline"', '\n{"pipeline"'))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
