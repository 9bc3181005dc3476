import { deepEqual, equal } from "node:assert/strict";
import { followImports, functionOfNode, moduleOf, readProjectSource } from "../../src/kedro/modules.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { createFolder } from "../fakes/folder.ts";
import { askModules } from "../fakes/modules.ts";

const parse = async (text: string) => moduleOf(text, (await askModules({ text })).text!);

const imports = async (text: string) =>
  (await parse(text)).imports.map(({ module, names, line, when }) =>
    `${line} ${module}${names.length === 0 ? "" : `(${names.join(" ")})`} ${when}`
  );

Deno.test("moduleOf() returns imports and their lines", async () => {
  deepEqual(
    await imports(`"""Says import nothing."""
import a.b as c, d  # import e
from ..x.y import (
    q as r,  # a comment
    s,
)
from . import z
text = """
import not_this
"""
`),
    ["2 a.b always", "2 d always", "3 ..x.y(q s) always", "7 .(z) always"],
  );
});

Deno.test("moduleOf() returns names defined at the top level", async () => {
  const { names, isOpen } = await parse(`import a.b, c as d
from e import f
if x:
    g: int = 1
def h():
    import i
    from j import k
    l = 1
class M:
    n = 2
o, p = 1, 2
`);
  deepEqual([...names].toSorted(), ["M", "a", "d", "f", "g", "h", "o", "p"]);
  const open = ["from a import *", "def __getattr__(name): pass", 'globals()["x"] = 1'];
  deepEqual([isOpen, ...await Promise.all(open.map(async (text) => (await parse(text)).isOpen))], [
    false,
    true,
    true,
    true,
  ]);
});

Deno.test("moduleOf() marks optional imports", async () => {
  deepEqual(
    await imports(`import typing
if typing.TYPE_CHECKING:
    import a
else:
    import a2
try:
    import b
except ImportError:
    import c
try:
    import d
except KeyError:
    pass
try:
    import e
finally:
    pass
if x:
    import f
if __name__ == "__main__":
    import g
def f():
    import h
    try:
        import i
    except Exception:
        pass
class C:
    import j
    async def m(self):
        import k
with contextlib.suppress(ImportError):
    import l
def suppress(errors):
    import m
`),
    [
      "1 typing always",
      "3 a never",
      "5 a2 optional",
      "7 b optional",
      "9 c optional",
      "11 d always",
      "15 e always",
      "19 f optional",
      "21 g never",
      "23 h called",
      "25 i optional",
      "29 j always",
      "31 k called",
      "33 l optional",
      "35 m called",
    ],
  );
});

Deno.test("moduleOf() returns environment variables that code reads", async () => {
  const { variables } = await parse(`import os
A = os.environ["A"]
os.environ["B"] = "1"
C = os.environ["C"] if "C" in os.environ else 1
try:
    D = os.environ["D"]
except KeyError:
    D = 1
E = os.environ.get("E")
def f():
    return environ['F']
os.environ.setdefault("G", "1")
G = os.environ["G"]
H = os.environ["H"] if G else 1
del os.environ["I"]
`);
  deepEqual(variables, [
    { variable: "A", line: 2, column: 5, when: "always" },
    { variable: "F", line: 11, column: 12, when: "called", inside: "f" },
  ]);
});

Deno.test("moduleOf() returns classes and their arguments", async () => {
  const { classes, names, isOpen } = await parse(`import a as b
X = 1
y: int = 2
class One(AbstractDataset[Any, Any], Mixin, metaclass=Meta):
    def __init__(self, filepath: str, *, load_args=None, credentials: dict[str, int], **kwargs) -> None:
        pass
@decorated
class Two(One): pass
def three(): pass
`);
  deepEqual(classes.get("One"), {
    bases: ["AbstractDataset", "Mixin"],
    init: {
      args: new Set(["filepath", "load_args", "credentials"]),
      required: ["filepath", "credentials"],
      takesAny: true,
    },
  });
  equal(classes.get("Two")!.init, undefined);
  deepEqual([...names].sort(), ["One", "Two", "X", "b", "three", "y"]);
  equal(isOpen, false);
  equal((await parse("from x import *")).isOpen, true);
});

const read = (files: Record<string, string>) =>
  readProjectSource(
    fakeContext({
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/p/src/${name}`, text])),
    }),
    { root: "/p", sourceDir: "/p/src" },
    askModules,
  );

Deno.test("followImports() returns missing modules", async () => {
  const source = await read({
    "shop/__init__.py": "import top",
    "shop/settings.py": "from shop.hooks import Hook",
    "shop/hooks.py": "import mlflow",
    "shop/unused.py": "import unused",
    "shop/pipelines/demand/__init__.py": "from .pipeline import create",
    "shop/pipelines/demand/pipeline.py": "from . import nodes\nfrom ...helpers.math import mean",
    "shop/pipelines/demand/nodes.py": "import sklearn.linear_model",
    "shop/helpers/math.py":
      "from shop.gone import x\nfrom shop.helpers import stats\nfrom shop.helpers.stats import mean, medain\nfrom shop.helpers.lazy import any",
    "shop/helpers/__init__.py": "",
    "shop/helpers/stats.py": "for mean in [1]: pass",
    "shop/helpers/lazy.py": "def __getattr__(name): return name",
  });
  const { modules, outside, missing } = followImports(source, ["shop.settings", "shop.pipelines.demand"]);
  deepEqual(outside.map(({ module, file }) => `${module} ${file}`), [
    "top src/shop/__init__.py",
    "mlflow src/shop/hooks.py",
    "sklearn.linear_model src/shop/pipelines/demand/nodes.py",
  ]);
  equal(modules.has("shop.unused"), false);
  deepEqual(missing.map(({ module, file }) => `${module} in ${file}`), [
    "shop.hooks.Hook in src/shop/settings.py",
    "shop.pipelines.demand.pipeline.create in src/shop/pipelines/demand/__init__.py",
    "shop.gone in src/shop/helpers/math.py",
    "shop.helpers.stats.medain in src/shop/helpers/math.py",
  ]);
});

Deno.test("followImports() ignores imports below TYPE_CHECKING", async () => {
  const source = await read({
    "shop/a.py": `from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import pyspark
    from shop import gone
try:
    import polars
    from shop.none import x
    from shop.b import other
    from ..optional import x
except ImportError:
    pass
`,
    "shop/b.py": "import b_needs",
  });
  const { modules, outside, missing } = followImports(source, ["shop.a"]);
  deepEqual([...modules], [["shop.a", "always"], ["shop", "always"], ["shop.b", "optional"]]);
  deepEqual(outside.map(({ module, when }) => `${module} ${when}`), [
    "typing always",
    "polars optional",
    "b_needs optional",
  ]);
  deepEqual(missing, []);
});

Deno.test("followImports() reports a name missing in a namespace package", async () => {
  const source = await read({
    "acme/shop/nodes.py": "from acme.shop import gone, tools, texts\nimport acme.shop.texts",
    "acme/shop/tools.py": "",
    "acme/shop/texts/mail.html": "",
  });
  const { missing } = followImports(source, ["acme.shop.nodes"]);
  deepEqual(missing.map(({ module }) => module), ["acme.shop.gone"]);
});

Deno.test("followImports() ignores compiled modules", async () => {
  const source = await read({
    "shop/nodes.py":
      "from .made.virtual import x\nimport shop.moved.deep\nfrom .fast.core import run\nfrom . import slow\nfrom .fast import gone",
    "shop/made/__init__.py": "import sys\nsys.modules[__name__ + '.virtual'] = object()",
    "shop/moved/__init__.py": "__path__.append('/elsewhere')",
    "shop/fast/core.cpython-311-x86_64-linux-gnu.so": "",
    "shop/slow.pyx": "",
  });
  const { missing } = followImports(source, ["shop.nodes"]);
  deepEqual(missing.map(({ module }) => module), []);
});

Deno.test("followImports() reports imports above the package", async () => {
  const source = await read({
    "shop/__init__.py": "from . import a\nfrom ..a import x",
    "shop/a.py": "from .. import above\nfrom ..shop import a\nfrom ....deep.er import x",
    "shop/deep/er.py": "x = 1",
  });
  const { outside, missing } = followImports(source, ["shop.a"]);
  deepEqual(outside, []);
  deepEqual(missing.map(({ module, file, line }) => `${module} in ${file}:${line}`), [
    ".. in src/shop/a.py:1",
    "..shop in src/shop/a.py:2",
    "....deep.er in src/shop/a.py:3",
    "..a in src/shop/__init__.py:2",
  ]);
});

Deno.test("readProjectSource() does not parse credentials.py", async () => {
  const asked: string[] = [];
  const { fs } = fakeContext({
    files: { "/p/src/shop/credentials.py": "KEY = 'x'", "/p/src/shop/nodes.py": "import y" },
  });
  const source = await readProjectSource({ fs }, { root: "/p", sourceDir: "/p/src" }, (texts) => {
    asked.push(...Object.keys(texts));
    return askModules(texts);
  });
  deepEqual(asked, ["shop.nodes"]);
  deepEqual([source.read("shop.credentials")!.isOpen, source.read("shop.nodes")!.isOpen], [true, false]);
});

Deno.test("readProjectSource() skips data and venv at the top level", async () => {
  const never = [".git", "node_modules", "site-packages", "__pycache__", "conda-meta"];
  const atTop = ["venv", "env", "virtualenv", "data", "mlruns", "build", "dist"];
  const source = await read(Object.fromEntries(
    [
      ...never.flatMap((name) => [name, `shop/${name}`]),
      ...atTop.flatMap((name) => [name, `shop/${name}`]),
    ].map((folder) => [`${folder}/load.py`, ""]),
  ));
  deepEqual([...source.modules].sort(), atTop.map((name) => `shop.${name}.load`).sort());
});

Deno.test("functionOfNode() returns the line of a node's function", async () => {
  const source = await read({
    "shop/nodes.py":
      "import x\n\n\n@x.timed\ndef fit(a):\n    def inner():\n        pass\n    return inner\n\n\n" +
      "class Model:\n    def __call__(self):\n        pass\n\n    def score(self): return 1\n",
  });
  const lineOf = (func: string) => functionOfNode(source, func)?.line;
  deepEqual(functionOfNode(source, "shop.nodes:fit"), {
    file: "src/shop/nodes.py",
    line: 5,
    text: "@x.timed\ndef fit(a):\n    def inner():\n        pass\n    return inner",
  });
  equal(lineOf("shop.nodes:fit.<locals>.inner"), 6);
  equal(lineOf("partial(partial(shop.nodes:fit))"), 5);
  equal(lineOf("shop.nodes:Model()"), 12);
  equal(lineOf("shop.nodes:Model.score"), 15);
  for (const none of ["shop.nodes:<lambda>", "pandas:concat", "shop.nodes", ""]) {
    equal(lineOf(none), undefined);
  }
});

Deno.test("readProjectSource() follows links to allowed folders", async () => {
  await using folder = await createFolder({
    "shop/src/shop/nodes.py": "import shared.names\nimport near.a\nfrom one import x\nimport gone, one_more",
    "shop/src/shared": "-> ../../libs/shared",
    "shop/src/near": "-> ../near",
    "shop/src/one.py": "-> ../../libs/one.py",
    "shop/src/gone": "-> nowhere",
    "shop/src/.venv": "-> ../../libs",
    "shop/src/one_more.py": "",
    "shop/near/a.py": "",
    "shop/near/back": "-> ../near",
    "libs/shared/names.py": "import requests",
    "libs/one.py": "x = 1",
  });
  const { root } = folder;
  const project = { root: `${root}/shop`, sourceDir: `${root}/shop/src` };
  const found = async (outside?: string[]) => {
    const source = await readProjectSource({ fs: systemFs }, { ...project, outside }, askModules);
    const reached = followImports(source, ["shop.nodes"]);
    const files = [...reached.modules.keys()].flatMap((module) => source.fileOf(module) ?? []);
    return [files.sort(), reached.outside.map(({ module }) => module), reached.missing];
  };
  const own = ["src/near/a.py", "src/one.py", "src/one_more.py"];
  deepEqual(await found([`${root}/libs`]), [[...own, "src/shared/names.py", "src/shop/nodes.py"], [
    "gone",
    "requests",
  ], []]);
  deepEqual(await found(), [[...own, "src/shared", "src/shop/nodes.py"], ["gone"], []]);
});
