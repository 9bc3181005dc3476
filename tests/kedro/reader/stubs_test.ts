import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

Deno.test("snapshot() warns if code tests a stub", async () => {
  const registry = "import lightgbm\n\nNAME = 'gpu' if lightgbm.has_gpu() else 'cpu'\n" +
    PIPELINE.replace('"one"', "NAME");
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.project.stubs, ["lightgbm"]);
  assert.deepEqual(snapshot.warnings.map(({ code, place }) => ({ code, place })), [
    { code: "kedro.stub_used", place: { file: "src/shop/pipeline_registry.py", line: 3 } },
  ]);
});

Deno.test("snapshot() accepts imports of missing packages", async () => {
  const registry = `
from __future__ import annotations
import typing as t
from abc import ABC
from multiprocessing import shared_memory
from dataclasses import dataclass
import numpy as np
import pandas as pd
import torch
from torch import nn
from pyspark.sql.types import *
from requests.exceptions import HTTPError
from sklearn.base import BaseEstimator, TransformerMixin

class Net(nn.Module, ABC):
    layer = nn.Linear(3, 4)

class Scaler(BaseEstimator, TransformerMixin):
    def __call__(self, x): return x

class Failed(HTTPError): pass

@dataclass
class Options:
    frame: t.Optional[pd.DataFrame] = None
    other: t.Union[pd.Series, None] = None
    many: list[pd.Series] | None = None

@torch.no_grad()
def first(x: pd.DataFrame | None) -> np.ndarray: return x

@torch.jit.script
def second(x: t.Callable[[pd.DataFrame], int]): return x

SCHEMA = StructType([StructField("a", IntegerType())])
PI2 = np.pi * 2
low, high = np.percentile([1], [1, 99])
HEAD = pd.read_csv("x.csv").map(lambda x: x).head()
with torch.device("cpu"):
    pass
try:
    raise Failed("x")
except HTTPError:
    pass
assert not isinstance(5, pd.DataFrame)

from kedro.pipeline import node, pipeline

def register_pipelines():
    return {"__default__": pipeline([node(first, "a", "b", name="first"), node(second, "b", "c", name="second"), node(Scaler(), "c", "d", name="scale")])}
`;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.warnings, []);
  assert.deepEqual(snapshot.pipelines.__default__!.nodes.map((node) => node.func), [
    "shop.pipeline_registry:first",
    "shop.pipeline_registry:second",
    "shop.pipeline_registry:Scaler()",
  ]);
  assert.deepEqual(snapshot.project.stubs, [
    "numpy",
    "pandas",
    "pyspark",
    "requests",
    "sklearn",
    "torch",
  ]);
});

Deno.test("snapshot() accepts a star import of a missing package", async () => {
  const registry = `from shop.functions import own, udf\n${PIPELINE}`;
  const functions = "from pyspark.sql.functions import *\n\nown = udf(1)\n";
  const read = (from: string) => readProject(projectOf(from, { "src/shop/functions.py": functions }));
  assert.deepEqual((await read(registry)).project.stubs, ["pyspark"]);
  await assert.rejects(read(registry.replace("own, udf", "create_pipeline")), /cannot import name/);
});

Deno.test("snapshot() warns if code reads a missing package's version", async () => {
  const registry =
    "from importlib.metadata import version\n\nOWN = version('shop')\nOTHER = version('lightgbm')\n" +
    PIPELINE;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.warnings.map(({ code, place }) => ({ code, place })), [
    { code: "kedro.stub_used", place: { file: "src/shop/pipeline_registry.py", line: 4 } },
  ]);
});

Deno.test("snapshot() imports packages instead of folders of the same name", async () => {
  const registry =
    `import numpy\nimport wandb.sdk\nimport great_expectations as ge\nfrom pandas import DataFrame\nfrom acme.team.own.tools import X\n${PIPELINE}`;
  const snapshot = await readProject(projectOf(registry, {
    "wandb/run-1/logs/debug.log": "",
    "great_expectations/great_expectations.yml": "",
    "numpy/.gitkeep": "",
    "src/pandas/readme.txt": "",
    "src/acme/team/own/tools.py": "X = 1",
  }));
  assert.deepEqual(snapshot.project.stubs, ["great_expectations", "numpy", "pandas", "wandb"]);
  for (const file of ["wandb/__init__.py", "wandb/steps.py", "wandb/steps/__init__.py", "wandb.py"]) {
    await assert.rejects(readProject(projectOf(registry, { [file]: "" })), {
      message: /ModuleNotFoundError: No module named 'wandb/,
      hint: /not in the project's folder: move `wandb` there$/,
    });
  }
});

Deno.test("snapshot() warns if a stub becomes an environment variable", async () => {
  const settings = "import os\nimport certifi\nos.environ['SSL_CERT_FILE'] = certifi.where()\n";
  const { warnings } = await readProject(projectOf(PIPELINE, { "src/shop/settings.py": settings }));
  assert.deepEqual(warnings.map(({ message, place }) => [message, place]), [[
    '"certifi.where()" is only a stub in the embedded Python, and the project uses it as text at import; its pipelines may differ',
    { file: "src/shop/settings.py", line: 3 },
  ]]);
});

Deno.test("project code can load time zones", async () => {
  const registry = "from zoneinfo import ZoneInfo\n\nZONE = ZoneInfo('America/Sao_Paulo')\n" + PIPELINE;
  assert.deepEqual((await readProject(projectOf(registry))).warnings, []);
});

Deno.test("snapshot() suggests --python if a stub may be the cause", async () => {
  const registry = `
import wrapt

@wrapt.decorator
def logged(wrapped, instance, args, kwargs): return wrapped(*args, **kwargs)

@logged
def load(x): return x
` + PIPELINE;
  await assert.rejects(readProject(projectOf(registry)), {
    code: "kedro.project_code",
    hint: "If `kedro registry list` works, read the project with its own Python: `--python PATH`",
  });
});

Deno.test("snapshot() warns about an optional import", async () => {
  const registry = `
import numpy
try:
    import cudf as frames
except ImportError:
    import pandas as frames
import importlib.util
GPU = importlib.util.find_spec("torch") is not None
def absent(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
for name in ("msvcrt", "winreg", "winsound", "nt", "_winapi", "_overlapped", "js", "pyodide_js"):
    assert absent(name) is None, name
try:
    HAS_IT = True
except ImportError:
    pass
import pandas
def optional():
    try:
        import dask
    except ModuleNotFoundError:
        pass
optional()
` + PIPELINE;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.project.stubs, ["cudf", "dask", "numpy", "pandas"]);
  assert.deepEqual(
    snapshot.warnings,
    [["cudf", 4], ["torch", 8], ["dask", 23]].map(([name, line]) => ({
      code: "kedro.stub_used",
      message:
        `"${name}" is only a stub in the embedded Python, and the project goes another way without it at import; its pipelines may differ`,
      hint: "Read the project with its own Python: `--python PATH`",
      place: { file: "src/shop/pipeline_registry.py", line },
    })),
  );
});

Deno.test("snapshot() warns about a missing decorator of a node", async () => {
  const registry = `
from functools import partial
from kedro.pipeline import node, pipeline
import prefect
import numba

@prefect.task(retries=2)
def load(source, session): return source

@numba.jit
def fast(x): return x

@numba.jit
def named(x): return x

@prefect.flow()
@numba.jit
def twice(x): return x

def register_pipelines():
    nodes = [
        node(load, "a", "b", name="load"),
        node(fast, "b", "c"),
        node(named, "c", "d", name="named"),
        node(partial(partial(fast)), "d", "e"),
        node(twice, "e", "f"),
    ]
    return {"__default__": pipeline(nodes), "other": pipeline(nodes)}
`;
  const { warnings, pipelines } = await readProject(projectOf(registry));
  assert.deepEqual(pipelines.__default__!.nodes.map(({ name }) => name.split("__")[0]), [
    "load",
    "fast",
    "named",
    "partial(fast)",
    "twice",
  ]);
  const used = (name: string, what: string, line: number) => ({
    code: "kedro.stub_used",
    message:
      `"${name}" is only a stub in the embedded Python, and the project ${what} at import; its pipelines may differ`,
    hint: "Read the project with its own Python: `--python PATH`",
    place: { file: "src/shop/pipeline_registry.py", line },
  });
  assert.deepEqual(warnings, [
    used("prefect.task", "gives a function that it decorates other arguments", 22),
    used("numba.jit", "names a node after a function that it decorates", 10),
    used("numba.jit", "names a node after a function that it decorates", 16),
  ]);
});

Deno.test("snapshot() keeps functions with a missing decorator", async () => {
  const registry = `
from kedro.pipeline import node, pipeline
import pandera as pa
import tenacity

class Schema(pa.DataFrameModel):
    size: int

def failed(error): raise RuntimeError("is no decorator")

@pa.check_output(Schema)
@tenacity.retry_if(failed)
def checked(x): return x

@pa.check_types
def typed(x): return x

@pa.check_io(Schema)
class Step:
    def __call__(self, x): return x

fast = tenacity.wrapped(typed)

def register_pipelines():
    return {"__default__": pipeline([
        node(checked, "a", "b", name="1"), node(typed, "b", "c", name="2"),
        node(Step(), "c", "d", name="3"), node(fast, "d", "e", name="4"),
    ])}
`;
  const { pipelines, warnings } = await readProject(projectOf(registry));
  assert.deepEqual(pipelines.__default__!.nodes.map(({ func }) => func.split(":")[1]), [
    "checked",
    "typed",
    "Step()",
    "typed",
  ]);
  assert.deepEqual(warnings, []);
});

Deno.test("snapshot() warns about an unnamed node of a missing package", async () => {
  const registry = `
from functools import partial
from kedro.pipeline import node, pipeline
from sklearn.model_selection import train_test_split

def register_pipelines():
    return {"__default__": pipeline([
        node(train_test_split, "a", "b"),
        node(partial(train_test_split, test_size=1), "b", "c", name="split"),
    ])}
`;
  const { warnings } = await readProject(projectOf(registry));
  assert.deepEqual(warnings.map(({ code, place }) => [code, place?.line]), [["kedro.stub_used", 8]]);
  const pyproject =
    '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "0.19.15"\n';
  const older = await readProject(projectOf(registry, { "pyproject.toml": pyproject }));
  assert.deepEqual(older.warnings.map(({ code }) => code), ["kedro.old"]);
});

Deno.test("snapshot() reads a pipeline of kedro-mlflow", async () => {
  const registry = `
from kedro.pipeline import node, pipeline
from kedro_mlflow.pipeline import pipeline_ml_factory
from kedro_mlflow.pipeline.pipeline_ml_factory import pipeline_ml_factory as same_factory

def same(x): return x

def register_pipelines():
    both = pipeline([node(same, "a", "b", name="train", tags="training"), node(same, "b", "c", name="use", tags="inference")])
    ml = pipeline_ml_factory(training=both.only_nodes_with_tags("training"), inference=both.only_nodes_with_tags("inference"), input_name="a")
    assert [each.name for part in (ml.training, ml.inference) for each in part.nodes] == ["train", "use"]
    assert ml.input_name == "a" and same_factory is pipeline_ml_factory
    return {"ml": ml, "__default__": ml + both}
`;
  const { pipelines, warnings } = await readProject(projectOf(registry));
  assert.deepEqual(pipelines.ml!.nodes.map(({ name }) => name), ["train"]);
  assert.deepEqual(pipelines.__default__!.nodes.map(({ name }) => name), ["train", "use"]);
  assert.deepEqual(warnings, []);
});

Deno.test("snapshot() rejects a stub as a pipeline", async () => {
  const registry = "from kedro_boot.app import boot\n\ndef register_pipelines():\n    return {'x': boot()}\n";
  await assert.rejects(readProject(projectOf(registry)), {
    message: /stub for kedro_boot\.app\.boot\(\)/,
    hint: /--python PATH/,
  });
});

Deno.test("snapshot() warns if code reads hidden variables", async () => {
  const registry = `
import os
import sys

FULL = os.getenv("FULL") == "1"
TOKEN = os.environ.get("API_TOKEN", "none")
ENV = os.environ["KEDRO_ENV"]
PIPE = "--pipeline" in sys.argv
OTHER = os.getenv("NOBODY_SET_IT")
BYTES = os.environb.get(b"API_TOKEN")
LOGIN = os.getenv("AZURE_CLIENT_SECRET")
os.environ["API_TOKEN"] = "own"
OWN = os.environ["API_TOKEN"]
for word in sys.argv: pass
COUNT = len(sys.argv)
WORDS = sys.argv[:2]
assert (COUNT, WORDS) == (2, ["kedro", "run"])
del os.environ["API_TOKEN"]
exec(compile("os.getenv('API_TOKEN')", "/site.zip/x.py", "exec"))
` + PIPELINE.replace('"one"', "ENV");
  const { warnings, pipelines } = await readProject(
    projectOf(registry, {}, { env: { CI: "true", FULL: "1", API_TOKEN: "x", AZURE_CLIENT_SECRET: "x" } }),
  );
  assert.equal(pipelines.__default__!.nodes[0]!.name, "local");
  const python = "Read the project with its own Python: `--python PATH`";
  const hidden = (
    name: string,
    line: number,
    hint = `Let it see ${name} with \`--allow-env-names ${name}\``,
  ) => ({
    code: "kedro.env_not_seen",
    message: `The project reads the environment variable ${name} when imported, which it does not see`,
    hint,
    place: { file: "src/shop/pipeline_registry.py", line },
  });
  const command = (line: number) => ({
    code: "kedro.command_line_read",
    message: "The project reads the command line when imported, which is `kedro run` here",
    hint: python,
    place: { file: "src/shop/pipeline_registry.py", line },
  });
  assert.deepEqual(warnings, [
    hidden("FULL", 5),
    hidden("API_TOKEN", 6),
    command(8),
    hidden("API_TOKEN", 10),
    hidden("AZURE_CLIENT_SECRET", 11, python),
    command(14),
    command(15),
    command(16),
    hidden("API_TOKEN", 19),
  ]);
});

Deno.test("snapshot() warns if code runs programs", async () => {
  const registry = `
import os
import platform
import shutil
import socket
import subprocess

try:
    subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)
except OSError as error:
    assert str(error) == "The embedded Python cannot run programs"
assert os.system("make data") == -1
assert shutil.which("dot") is None
try:
    socket.create_connection(("10.0.0.1", 5432), 1)
    raise ValueError("is connected")
except OSError:
    pass
HOST = socket.gethostname()
assert platform.node() == HOST
exec(compile("import shutil; shutil.which('dot')", "/site.zip/click/x.py", "exec"))
` + PIPELINE;
  const { warnings } = await readProject(projectOf(registry));
  const lacking = (code: string, what: string, line: number) => ({
    code: `kedro.${code}`,
    message: `The project ${what}`,
    hint: "Read the project with its own Python: `--python PATH`",
    place: { file: "src/shop/pipeline_registry.py", line },
  });
  const run = "runs a program when imported, which the embedded Python cannot";
  assert.deepEqual(warnings, [
    lacking("program_not_run", run, 9),
    lacking("program_not_run", run, 12),
    lacking("program_not_run", "looks for a program when imported, and the embedded Python has none", 13),
    lacking(
      "network_not_reached",
      "asks the network when imported, which the embedded Python does not reach",
      15,
    ),
    lacking(
      "machine_asked",
      "asks for the name of the machine when imported, which the embedded Python does not know",
      19,
    ),
    lacking(
      "machine_asked",
      "asks for the name of the machine when imported, which the embedded Python does not know",
      20,
    ),
  ]);
});

Deno.test("snapshot() warns if code reads a variable of .env", async () => {
  const registry = `
import os
from dotenv import load_dotenv

load_dotenv()
MODE = os.getenv("MODE", "one")
` + PIPELINE.replace('"one"', "MODE");
  const { warnings } = await readProject(projectOf(registry, { ".env": "# x\nexport MODE = full\n" }));
  assert.deepEqual(warnings.map(({ code, place }) => [code, place?.line]), [["kedro.env_not_seen", 6]]);
  assert.match(warnings[0]!.hint!, /--python/);
});
