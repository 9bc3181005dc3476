"""Renews files below tests/golden: keeps what they ask, and writes what Kedro, the plugin and azure-ai-ml answer.

    deno task peers --install plugin
    .peers/plugin/bin/python scripts/golden/renew.py [config params selections slices windows]

To ask more, add an entry without its answer to the file, and run this.
"""

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "tests/golden"


def answer(ask, refusal):
    try:
        return ask()
    except Exception as error:
        return refusal(error)


def message(error):
    return {"error": str(error).splitlines()[0]}


def read(file):
    return json.loads((GOLDEN / file).read_text(encoding="utf-8"))


def write(file, text):
    (GOLDEN / file).write_text(f"{text}\n", encoding="utf-8")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def rows(file, renewed):
    """Writes a list with a line for each entry."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in renewed)
    write(file, f"[\n{lines}\n]")


@contextlib.contextmanager
def folder_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, name).write_bytes(text.encode())
        yield folder


def encode(value):
    """Keeps what JSON would lose: which numbers are floats, and what keys are."""
    if isinstance(value, dict):
        return {"map": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    return {"float": repr(value)} if isinstance(value, float) else {"int": str(value)}


def load(files, kind="parameters", strategy="destructive", params=None):
    from kedro.config import OmegaConfigLoader

    with folder_of({"conf/base/.gitkeep": "", "conf/local/.gitkeep": "", **files}) as root:
        how = {
            "env": "local",
            "base_env": "base",
            "default_run_env": "local",
            "config_patterns": {"azureml": ["azureml*", "azureml*/**", "**/azureml*"]},
            "merge_strategy": {kind: strategy},
            "runtime_params": params or {},
        }
        loaded = lambda: encode(OmegaConfigLoader(f"{root}/conf", **how)[kind])
        return answer(loaded, lambda error: {"refused": type(error).__name__})


# What stands around each text of interpolations.json; tests/config/omegaconf/kedro_cases_test.ts has the same.
TREE = {
    "a": {"b": 1, "c": [1, "x", {"d": 2.5}], "e": None, "d": {}}, "b": "str", "c": "a", "e": {"x": "pre ${..b}", "z": 1e20},
    "f": 1.0, "q": "it's \"q\"", "m": "???",
}


def interpolation(text):
    files = {
        "conf/base/azureml.yml": json.dumps({**TREE, "n": {"t": text, "u": "near"}}, ensure_ascii=False),
        "conf/base/globals.yml": "g: 1\nh: {i: '${g}', x: y}\nl: [1, two]\n_p: 1\n",
    }
    found = load(files, "azureml", params={"g": 5, "h": {"i": "rp"}})
    return next(value for key, value in found["map"] if key == "n")["map"][0][1] if "map" in found else found


def is_refused(good, path, other):
    """Whether the plugin's models refuse good configuration with one value replaced, or left out."""
    from kedro_azureml_pipeline.config import KedroAzureMLConfig

    changed = json.loads(json.dumps(good))
    at = changed
    for key in path[:-1]:
        at = at[key]
    if other == "(none)":
        del at[path[-1]]
    else:
        at[path[-1]] = other
    return answer(lambda: not KedroAzureMLConfig.model_validate(changed), lambda error: True)


def config():
    texts = {
        "scalars": lambda text: load({"conf/base/parameters.yml": f"v: {text}\n"}),
        "documents": lambda text: load({"conf/base/parameters.yml": text}),
        "interpolations": interpolation,
    }
    for name, ask in texts.items():
        file = f"config/{name}.json"
        rows(file, [{"text": row["text"], "result": ask(row["text"])} for row in read(file)])
    layers = ({key: row[key] for key in ("kind", "strategy", "params", "files")} for row in read("config/layers.json"))
    rows("config/layers.json", [{**row, "result": load(**row)} for row in layers])
    *paths, last = read("config/schema.json")
    others = [*last["others"], "(none)"]
    refused = lambda path: [other for other in others if is_refused(last["good"], path, other)]
    rows("config/schema.json", [*({"path": row["path"], "refused": refused(row["path"])} for row in paths), last])


def params():
    """What `kedro run --params` reads. Only Kedro 0.18 takes `name:value`: these answers are those of 0.18.14."""
    import click
    from kedro.framework.cli.project import run
    from kedro.framework.cli.utils import _split_params

    option = type("Params", (), {"name": "params"})
    split = lambda text: {"params": json.dumps(_split_params(click.Context(run), option, text))}
    refusal = lambda error: {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    known = read("params.json")
    renewed = {text: answer(lambda: split(text), refusal) for text in known["equals"]}
    write("params.json", json.dumps({**known, "equals": renewed}, ensure_ascii=False, indent=1))


def selected_nodes(root, tried):
    """Which nodes `kedro run` runs in a project; only its runner is replaced, by one that notes them."""
    from kedro.framework.cli.project import run
    from kedro.framework.startup import bootstrap_project
    from kedro.runner import SequentialRunner

    os.chdir(root)
    bootstrap_project(Path(root))
    logging.disable(logging.CRITICAL)

    def nodes(argv):
        noted = []
        SequentialRunner.run = lambda self, pipeline, *_, **__: noted.extend(node.name for node in pipeline.nodes) or {}
        run.main(args=argv, standalone_mode=False)
        return {"nodes": noted}

    return [[argv, answer(lambda: nodes(argv), message)] for argv in tried]


def selections():
    found = {}
    for name, cases in read("selections.json").items():
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cp", "-r", GOLDEN / "projects" / name, folder], check=True)
            # A process each: Kedro keeps one project at a time.
            done = subprocess.run(
                [sys.executable, "-W", "ignore", __file__, "--project", f"{folder}/{name}"],
                input=json.dumps([argv for argv, _ in cases]), check=True, stdout=subprocess.PIPE, text=True,
                env={**os.environ, "DO_NOT_TRACK": "1"},
            )
        found[name] = json.loads(done.stdout.splitlines()[-1])
    write("selections.json", compact(found).replace('[["', '\n[["').replace('],[["', '],\n[["'))


def pipeline_of(nodes):
    from kedro.pipeline import node, pipeline

    def any_number(*args, **kwargs):
        return args

    def made(each):
        name = each["name"].removeprefix(f"{each['namespace']}.")
        return node(
            any_number, each["inputs"] or None, each["outputs"] or None, tags=each["tags"], namespace=each["namespace"],
            # The others have the name that Kedro gives to a node without one.
            name=name if re.fullmatch(r"[\w.-]+", name) else None,
        )

    return pipeline([made(each) for each in nodes])


def slices():
    """What `Pipeline.filter()` makes of random pipelines and filters."""

    def filtered(pipe, filters):
        result = pipe.filter(**filters)
        names = [node.name for node in result.nodes]
        return {"nodes": names, "inputs": sorted(result.inputs()), "outputs": sorted(result.outputs())}

    renewed = []
    for case in read("slices.json"):
        pipe = pipeline_of(case["pipeline"]["nodes"])
        answers = [[each, answer(lambda: filtered(pipe, each), message)] for each, _ in case["filters"]]
        renewed.append({**case, "filters": answers})
    write("slices.json", compact(renewed).replace('{"pipeline"', '\n{"pipeline"'))


def windows():
    """What azure-ai-ml selects and hashes of trees as Windows users have them."""
    from azure.ai.ml._utils._asset_utils import get_content_hash, get_upload_files_from_folder
    from azure.ai.ml.entities._component.code import ComponentIgnoreFile

    def renewed(case):
        tree, ignore = case["tree"], case["patterns"]
        with folder_of(tree if ignore is None else {**tree, ".amlignore": ignore}) as root:
            found = get_upload_files_from_folder(root, ignore_file=ComponentIgnoreFile(root))
            # The plugin copies what is selected, without the ignore file itself, and azure-ai-ml uploads the copy.
            names = sorted({os.path.relpath(path, root) for path, _ in found} - {".amlignore"})
        with folder_of({name: tree[name] for name in names}) as copy:
            # Of names different in case only, the order and so the hash is that of the file system.
            code_hash = None if "case only" in case["name"] else get_content_hash(copy)
        return {**case, "selected": names, "code_hash": code_hash}

    cases = [renewed(case) for case in read("snapshot/windows.json")]
    write("snapshot/windows.json", json.dumps(cases, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if sys.argv[1:2] == ["--project"]:
        print("\n" + json.dumps(selected_nodes(sys.argv[2], json.load(sys.stdin))))
    else:
        every = {each.__name__: each for each in (config, params, selections, slices, windows)}
        for name in sys.argv[1:] or every:
            every[name]()
