import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

Deno.test("a value of a missing module that the project decides by is a warning with its line", async () => {
  const registry = "import lightgbm\n\nNAME = 'gpu' if lightgbm.has_gpu() else 'cpu'\n" +
    PIPELINE.replace('"one"', "NAME");
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.project.stand_ins, ["lightgbm"]);
  assert.deepEqual(snapshot.warnings.map(({ code, place }) => ({ code, place })), [
    { code: "kedro.stand_in_used", place: { file: "src/shop/pipeline_registry.py", line: 3 } },
  ]);
});

Deno.test("missing modules survive what projects do with them at import, without a warning", async () => {
  const registry = `
from __future__ import annotations
import typing as t
from abc import ABC
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
with torch.device("cpu"):
    pass
try:
    raise Failed("x")
except HTTPError:
    pass
assert not isinstance(5, pd.DataFrame)

from kedro.pipeline import node, pipeline

def register_pipelines():
    return {"__default__": pipeline([node(first, "a", "b"), node(second, "b", "c"), node(Scaler(), "c", "d", name="scale")])}
`;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.warnings, []);
  assert.deepEqual(snapshot.pipelines.__default__!.nodes.map((node) => node.func), [
    "shop.pipeline_registry:first",
    "shop.pipeline_registry:second",
    "shop.pipeline_registry:Scaler()",
  ]);
  assert.deepEqual(snapshot.project.stand_ins, [
    "numpy",
    "pandas",
    "pyspark",
    "requests",
    "sklearn",
    "torch",
  ]);
});

Deno.test("the version of a missing package is a warning, and that of the project itself is none", async () => {
  const registry =
    "from importlib.metadata import version\n\nOWN = version('shop')\nOTHER = version('lightgbm')\n" +
    PIPELINE;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.warnings.map(({ code, place }) => ({ code, place })), [
    { code: "kedro.stand_in_used", place: { file: "src/shop/pipeline_registry.py", line: 4 } },
  ]);
});

Deno.test("functions may be dispatched on classes of missing modules, and on their own", async () => {
  const registry = `
from functools import singledispatch
import pandas as pd

@singledispatch
def kind(x): return "other"

@kind.register
def _(x: pd.DataFrame): return "frame"

@kind.register(pd.Series)
def _(x): return "series"

@kind.register
def _(x: int): return "number"

assert (kind(1), kind("a")) == ("number", "other")
` + PIPELINE;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.warnings, []);
});

Deno.test("time zones are known", async () => {
  const registry = "from zoneinfo import ZoneInfo\n\nZONE = ZoneInfo('America/Sao_Paulo')\n" + PIPELINE;
  assert.deepEqual((await readProject(projectOf(registry))).warnings, []);
});

Deno.test("what needs a process is refused with the way to read it", async () => {
  const registry = "import subprocess\n\nHEAD = subprocess.check_output(['git', 'rev-parse', 'HEAD'])\n" +
    PIPELINE;
  await assert.rejects(readProject(projectOf(registry)), {
    code: "kedro.project_code",
    hint: /--python PATH/,
  });
});

Deno.test("a module that the project may do without is a warning, and one that it needs is none", async () => {
  const registry = `
import numpy
try:
    import cudf as frames
except ImportError:
    import pandas as frames
import importlib.util
GPU = importlib.util.find_spec("torch") is not None
` + PIPELINE;
  const snapshot = await readProject(projectOf(registry));
  assert.deepEqual(snapshot.project.stand_ins, ["cudf", "numpy"]);
  assert.deepEqual(snapshot.warnings.map(({ code, place }) => ({ code, place })), [
    { code: "kedro.stand_in_used", place: { file: "src/shop/pipeline_registry.py", line: 4 } },
    { code: "kedro.stand_in_used", place: { file: "src/shop/pipeline_registry.py", line: 8 } },
  ]);
});
