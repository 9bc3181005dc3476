"""Writes which nodes Kedro's own `kedro run` runs for random options; run with a Python that has Kedro 1.7 and the plugin.

    python scripts/golden/selections.py SEED COUNT tests/golden/projects/NAME... > tests/golden/selections.json

Kedro parses the options and selects the nodes; only its runner is replaced, by one that notes the nodes.
"""

import json
import logging
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OPTIONS = ("--nodes", "--from-nodes", "--to-nodes", "--tags", "--from-inputs", "--to-outputs", "--namespaces")
SHORT = {"--nodes": "-n", "--tags": "-t", "--namespaces": "-ns"}


def random_options(rng, pipelines):
    """Options of `kedro run`, mostly with names that the pipeline has."""
    argv, name = [], "__default__"
    drawn = rng.random()
    if drawn < 0.45:
        name = rng.choice(sorted(pipelines))
        argv += [rng.choice(["-p", "--pipeline", "--pipelines"]), name]
    elif drawn < 0.55 and len(pipelines) > 2:
        argv += ["--pipelines", ",".join(rng.sample(sorted(pipelines), 2))]
    pipe = pipelines[name]
    nodes = [node.name for node in pipe.nodes]
    datasets = sorted(pipe.datasets())
    namespaces = sorted({node.namespace for node in pipe.nodes if node.namespace})
    choices = {
        "--nodes": nodes,
        "--from-nodes": nodes,
        "--to-nodes": nodes,
        "--tags": sorted({tag for node in pipe.nodes for tag in node.tags}),
        "--from-inputs": datasets,
        "--to-outputs": datasets,
        "--namespaces": sorted({part for each in namespaces for part in (each, each.split(".")[0])}),
    }
    for option in rng.sample(OPTIONS, rng.choice([0, 1, 1, 1, 2, 2, 3])):
        known = choices[option] + (["nope"] if rng.random() < 0.1 or not choices[option] else [])
        names = rng.sample(known, min(len(known), rng.choice([1, 1, 2, 3])))
        names += names[:1] if rng.random() < 0.05 else []
        word = SHORT.get(option, option) if rng.random() < 0.3 else option
        argv += [word, rng.choice([",", ", ", " ,"]).join(names)]
    return argv


def run(argv):
    """What `kedro run` makes of the options."""
    from kedro.framework.cli.project import run as command
    from kedro.runner import SequentialRunner

    noted = []
    SequentialRunner.run = lambda self, pipeline, *_, **__: noted.extend(node.name for node in pipeline.nodes) or {}
    try:
        command.main(args=argv, standalone_mode=False)
        return {"nodes": noted}
    except Exception as error:
        return {"error": str(error).splitlines()[0]}


def of_project(seed, count, root):
    os.chdir(root)
    from kedro.framework.project import pipelines
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(Path(root))
    logging.disable(logging.CRITICAL)
    rng = random.Random(seed)
    every = dict(pipelines)
    tried = [random_options(rng, every) for _ in range(count)]
    return [[argv, run(argv)] for argv in tried]


def main(seed, count, *roots):
    found = {}
    for root in roots:
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(root, Path(folder) / Path(root).name)
            done = subprocess.run(
                [sys.executable, "-W", "ignore", __file__, "--project", seed, count, str(copy)],
                check=True, stdout=subprocess.PIPE, env={**os.environ, "DO_NOT_TRACK": "1"},
            )
            found[Path(root).name] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace('[["', '\n[["').replace('],[["', '],\n[["'))


if __name__ == "__main__":
    if sys.argv[1] == "--project":
        print("\n" + json.dumps(of_project(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
    else:
        main(*sys.argv[1:])
