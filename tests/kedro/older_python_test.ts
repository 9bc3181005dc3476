import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const REGISTRY = `
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
import platform
from kedro.pipeline import node, pipeline

class Kind(str, Enum):
    A = "a"

@dataclass
class Inner:
    size: int = 1

@dataclass
class Outer:
    inner: Inner = Inner()

def same(x): return x

def register_pipelines():
    name = f"{Kind.A}_{Outer().inner.size}_{platform.system()}_{version('kedro')}"
    return {"__default__": pipeline([node(same, "a", "b", name=name)])}
`;

const toml = (version: string) => ({
  "pyproject.toml":
    `[tool.kedro]\npackage_name = "shop"\nproject_name = "x"\nkedro_init_version = "${version}"\n`,
});

Deno.test("code for Python 3.10 is read as Python 3.10 reads it, in a project of Kedro 0.18", async () => {
  const registry = "from collections import Mapping\nfrom inspect import getargspec\n" + REGISTRY;
  const { pipelines, warnings } = await readProject(projectOf(registry, toml("0.18.14")));
  assert.deepEqual(pipelines.__default__!.nodes[0]!.name, "a_1_Linux_0.18.14");
  assert.deepEqual(warnings.map(({ code }) => code), ["kedro.old"]);
});

Deno.test("what Python 3.12 has changed is a warning in a project that may run on either", async () => {
  const { pipelines, warnings } = await readProject(projectOf(REGISTRY));
  assert.deepEqual(pipelines.__default__!.nodes[0]!.name, "Kind.A_1_Linux_1.7.0");
  assert.deepEqual(warnings.map(({ code, place }) => [code, place?.line]), [["kedro.python_differs", 22]]);
});
