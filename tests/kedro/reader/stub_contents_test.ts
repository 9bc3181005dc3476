import { deepEqual, match } from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const REGISTRY = `
def register_pipelines():
    return {}
`;

/** Reads a project, and returns the JSON that its code prints, and its warnings. */
async function printedBy(code: string, files: Record<string, string> = {}) {
  const printed: string[] = [];
  const { warnings } = await readProject(
    projectOf(`${code}\nimport json\nprint(json.dumps(VALUES))${REGISTRY}`, files),
    {
      onPrint: (text) => void printed.push(text),
    },
  );
  return { values: JSON.parse(printed.join("").replace(/^project: /, "")), warnings };
}

Deno.test("snapshot() builds pydantic models", async () => {
  const { values, warnings } = await printedBy(`
from __future__ import annotations
from typing import Optional
from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo
from pydantic.main import BaseModel as Same

class Tree(BaseModel):
    depth: int = 3
    kinds: list[str] = Field(default_factory=lambda: ["a"])

class Forest(BaseModel):
    model_config: ConfigDict = ConfigDict(extra="forbid")
    _cache: int = 1
    name: str = Field(..., alias="Name")
    tree: Tree
    other: Tree | None = None
    third: Optional[Tree] = None
    trees: list = []
    by_name: dict = {}

class Large(Forest):
    size: int = Field(5, gt=0)

class Lazy(BaseModel):
    when: Missing = 1
    other: Tree = Tree()

@dataclass
class Plain:
    size: int = 1

@dataclass(frozen=True, kw_only=True, order=True, slots=True, config={})
class Frozen:
    size: int = 2

def refused(act):
    try:
        act()
    except Exception as error:
        return type(error).__name__

large = Large(Name="x", tree={"depth": 4}, other={"depth": 5}, third=Tree(depth=6), trees=[Tree()], by_name={"a": Tree(depth=7)})
VALUES = {
    "large": large.model_dump(),
    "inner": [large.tree.depth, large.other.kinds, large.third.depth],
    "by_field": Large(name="y", tree=Tree()).model_dump(),
    "own_lists": Tree().kinds is not Tree().kinds,
    "fields": list(Large(Name="x", tree={}).model_fields),
    "incomplete": Forest().model_dump(),
    "validated": [Tree.model_validate(large.tree) is large.tree, Tree.parse_obj({"depth": 8}).dict(), Tree.model_validate(5)],
    "equal": [Tree() == Tree(), Tree() == Tree(depth=1), Tree() == Forest()],
    "lazy": Lazy().model_dump(),
    "same": [Same is BaseModel, Field is FieldInfo, ConfigDict(extra="forbid") == {"extra": "forbid"}],
    "dataclasses": [Plain().size, Frozen(size=4).size, Frozen() < Frozen(size=3), Frozen.__slots__],
    "refused": [refused(lambda: Frozen(5)), refused(lambda: setattr(Frozen(), "size", 1)), refused(lambda: hash(Tree()))],
}
`);
  const tree = { depth: 3, kinds: ["a"] };
  const deep = (depth: number) => ({ depth, kinds: ["a"] });
  deepEqual(values, {
    large: {
      name: "x",
      tree: deep(4),
      other: deep(5),
      third: deep(6),
      trees: [tree],
      by_name: { a: deep(7) },
      size: 5,
    },
    inner: [4, ["a"], 6],
    by_field: { name: "y", tree, other: null, third: null, trees: [], by_name: {}, size: 5 },
    own_lists: true,
    fields: ["name", "tree", "other", "third", "trees", "by_name", "size"],
    incomplete: { other: null, third: null, trees: [], by_name: {} },
    validated: [true, deep(8), 5],
    equal: [true, false, false],
    lazy: { when: 1, other: tree },
    same: [true, true, true],
    dataclasses: [1, 4, true, ["size"]],
    refused: ["TypeError", "FrozenInstanceError", "TypeError"],
  });
  const names = ["Tree", "Large", "Forest", "Lazy"];
  deepEqual(
    warnings,
    names.map((name) => ({
      code: "kedro.parameters_unchecked",
      message:
        `Values of shop.pipeline_registry.${name} are not checked or converted: pydantic is not in the embedded Python`,
      hint: "Read the project with its own Python: `--python PATH`",
    })),
  );
});

Deno.test("snapshot() fills typed parameters with defaults", async () => {
  const registry = `
from pydantic import BaseModel
from kedro.pipeline import node, pipeline

class Tree(BaseModel):
    depth: int = 3
    kinds: tuple = ("a", "b")

class Options(BaseModel):
    name: str = "x"
    tree: Tree

def same(options: Options): return options

def register_pipelines():
    return {"__default__": pipeline([node(same, "params:options", "b", name="one")])}
`;
  const parameters = { "conf/base/parameters.yml": "options: {tree: {depth: 4}}\nother: 1\n" };
  const snapshot = await readProject(projectOf(registry, parameters));
  deepEqual(snapshot.parameters, { options: { name: "x", tree: { depth: 4, kinds: ["a", "b"] } }, other: 1 });
  deepEqual(snapshot.project.stubs, ["pydantic"]);
});

Deno.test("project code can use tqdm, pytz and IPython", async () => {
  const { values, warnings } = await printedBy(
    `
import io
from datetime import datetime, UTC
from distutils.util import strtobool
from IPython import get_ipython
from IPython.core.getipython import get_ipython as other_ipython
import importlib.metadata
import pkg_resources
import pytz
from tqdm import tqdm
from tqdm.notebook import tqdm_notebook
from tqdm.std import tqdm as other_bar
from tqdm.autonotebook import trange
import multiprocessing
import shelve
import yaml

zone = pytz.timezone("America/New_York")
winter = zone.localize(datetime(2020, 1, 1, 12))
bar = tqdm([1, 2], total=2)
tqdm.pandas(desc="rows")
tqdm.set_lock(tqdm.get_lock())
with tqdm.get_lock(): tqdm.write("not shown")
with tqdm_notebook([1, 2, 3]) as opened:
    opened.set_postfix(loss=1)
    opened.update(1)
try:
    strtobool("perhaps")
except ValueError as error:
    refused = str(error)
try:
    with tqdm([]): raise KeyError("not hidden")
except KeyError as error:
    raised = str(error)
with shelve.open("kept") as kept, multiprocessing.Lock(), multiprocessing.RLock():
    kept["a"] = 5
    stored = kept["a"]
VALUES = {
    "raised": [raised, list(trange(2, 4)), stored, yaml.dump([5], Dumper=yaml.CSafeDumper)],
    "bool": [strtobool(each) for each in ("y", "YES", "t", "True", "on", "1", "n", "NO", "f", "False", "off", "0")],
    "refused": refused,
    "ipython": [get_ipython(), other_ipython()],
    "bars": [len(bar), list(bar), len(opened), list(opened), list(other_bar("ab")), list(other_bar()), hasattr(bar, "_private")],
    "zones": [zone.zone, winter.isoformat(), zone.normalize(datetime(2020, 7, 1, tzinfo=pytz.utc)).isoformat(), pytz.UTC is UTC],
    "versions": [importlib.metadata.version(each) for each in ("kedro", "my-tools", "Shop", "my-file")],
    "entry points": [*pkg_resources.iter_entry_points("kedro.hooks"), *importlib.metadata.entry_points(group="kedro.hooks")],
    "resource": pkg_resources.resource_filename("shop", "a/b.txt"),
    "parsed": pkg_resources.parse_version("1.10") > pkg_resources.parse_version("1.9"),
    "same error": pkg_resources.DistributionNotFound is importlib.metadata.PackageNotFoundError,
}
`,
    { "src/my_tools/__init__.py": "", "my_file.py": "" },
  );
  deepEqual(values, {
    bool: [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    refused: "invalid truth value 'perhaps'",
    raised: ["'not hidden'", [2, 3], 5, "- 5\n"],
    ipython: [null, null],
    bars: [2, [1, 2], 3, [1, 2, 3], ["a", "b"], [], false],
    zones: ["America/New_York", "2020-01-01T12:00:00-05:00", "2020-06-30T20:00:00-04:00", true],
    versions: ["1.7.0", "0.0.0", "0.0.0", "0.0.0"],
    "entry points": [],
    resource: "/project/shop/src/shop/a/b.txt",
    parsed: true,
    "same error": true,
  });
  deepEqual(warnings, []);
});

Deno.test("project code can use distributed_job of the plugin", async () => {
  const registry = `
from kedro.pipeline import node, pipeline
from kedro_azureml_pipeline.distributed import distributed_job, is_distributed_environment, mpi_rank
from kedro_azureml_pipeline.distributed.config import DistributedNodeConfig, Framework
from kedro_azureml_pipeline.distributed.decorators import distributed_job as same
from kedro_azureml_pipeline.distributed.utils import is_distributed_master_node

assert same is distributed_job
assert (is_distributed_environment(), is_distributed_master_node(), mpi_rank()) == (False, True, 0)
assert DistributedNodeConfig(Framework.MPI, 2).processes_per_node is None
assert [*Framework] == ["PyTorch", "TensorFlow", "MPI"]

@distributed_job(Framework.TensorFlow, num_nodes="params:nodes")
def train(x): return x

@same("PyTorch", 2, processes_per_node=3)
def score(x): return x

assert train(5) == 5

def register_pipelines():
    return {"__default__": pipeline([node(train, "a", "b"), node(score, "b", "c")])}
`;
  const { pipelines, warnings } = await readProject(projectOf(registry));
  deepEqual(pipelines.__default__!.nodes.map(({ func, distributed }) => ({ func, distributed })), [
    {
      func: "shop.pipeline_registry:train",
      distributed: { framework: "TensorFlow", num_nodes: "params:nodes", processes_per_node: null },
    },
    {
      func: "shop.pipeline_registry:score",
      distributed: { framework: "PyTorch", num_nodes: 2, processes_per_node: 3 },
    },
  ]);
  deepEqual(warnings, []);
});

for (const version of ["0.18.14", "1.7.0"]) {
  Deno.test(`hooks of Kedro ${version} can load datasets of missing packages`, async () => {
    const settings = `
from kedro.framework.hooks import hook_impl

class Hooks:
    @hook_impl
    def after_catalog_created(self, catalog):
        catalog.save("a", 1)
        catalog.load("a")
        loaded = catalog.load("a").head
        dataset = ${version.startsWith("0") ? 'catalog._get_dataset("a")' : 'catalog["a"]'}
        print(dataset._describe(), type(dataset).__name__)

    @hook_impl
    def after_context_created(self, context):
        context.catalog

HOOKS = (Hooks(),)
`;
    const printed: string[] = [];
    const ctx = projectOf(REGISTRY, {
      "pyproject.toml":
        `[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "${version}"\n`,
      "src/shop/settings.py": settings,
      "conf/base/catalog.yml": "a: {type: vendor.frames.FrameDataset, filepath: a.csv}\n",
    });
    const { warnings } = await readProject(ctx, { onPrint: (text) => void printed.push(text) });
    match(printed.at(-1)!, /^project: \{'filepath': '?[^']*a\.csv'?\} FrameDataset$/m);
    const told = warnings.filter(({ code }) => code !== "kedro.old");
    deepEqual(told.map(({ code, message, place }) => [code, message.split('"')[1], place]), [
      ["kedro.stub_used", "vendor.frames.FrameDataset", { file: "src/shop/settings.py", line: 8 }],
      ["kedro.stub_used", "vendor.frames.FrameDataset", { file: "src/shop/settings.py", line: 9 }],
    ]);
  });
}
