import { deepEqual, equal } from "node:assert/strict";
import { moduleOf } from "../../src/kedro/modules.ts";
import { askModules } from "../fakes/modules.ts";

const parse = async (text: string) => moduleOf(text, (await askModules({ text })).text!);

const imports = async (text: string) =>
  (await parse(text)).imports.map(({ module, names, line, when }) =>
    `${line} ${module}${names.length === 0 ? "" : `(${names.join(" ")})`} ${when}`
  );

Deno.test("moduleOf() lists imports with their lines", async () => {
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

Deno.test("moduleOf() lists the names that a module binds at its top level, and whether it may have others", async () => {
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

Deno.test("moduleOf() marks imports that may fail or may not run", async () => {
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

Deno.test("moduleOf() lists environment variables that the code requires", async () => {
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

Deno.test("moduleOf() reads classes and their constructor parameters", async () => {
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
    name: "One",
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

Deno.test("moduleOf() counts lines and columns from one, also on the first line", async () => {
  const { imports } = await parse("import a\nif x:\n    import b\n");
  deepEqual(imports.map(({ line, column }) => [line, column]), [[1, 1], [3, 5]]);
});

Deno.test("moduleOf() reads a constructor that does not accept arbitrary keyword arguments", async () => {
  const { classes, names } = await parse(
    "class A(B[int], metaclass=M):\n  def __init__(self, a, *, b=1): pass\nx = y = 1\n",
  );
  deepEqual(classes.get("A"), {
    name: "A",
    bases: ["B"],
    init: { args: new Set(["a", "b"]), required: ["a"], takesAny: false },
  });
  deepEqual([...names], ["A", "x", "y"]);
});

Deno.test("moduleOf() treats an import in `finally` as required", async () => {
  deepEqual(await imports("try:\n    import a\nexcept ImportError:\n    pass\nfinally:\n    import b\n"), [
    "2 a optional",
    "6 b always",
  ]);
});

Deno.test("moduleOf() decides whether an import runs by the condition of its own branch", async () => {
  deepEqual(
    await imports(`import logging
if TYPE_CHECKING:
    import a
elif x:
    import b
if __name__ == "__main__":
    import c
else:
    import d
if x:
    log = logging.getLogger(__name__)
elif y:
    import e
elif TYPE_CHECKING:
    import f
if not typing.TYPE_CHECKING: import g
`),
    [
      "1 logging always",
      "3 a never",
      "5 b optional",
      "7 c never",
      "9 d optional",
      "13 e optional",
      "15 f never",
      "16 g optional",
    ],
  );
});

Deno.test("moduleOf() decides whether an import must succeed by the handlers of its own try", async () => {
  deepEqual(
    await imports(`try:
    import a
    try:
        b = 1
    except ImportError:
        pass
except KeyError:
    import c
else:
    import d
try:
    import e
# Why
except (KeyError, ModuleNotFoundError) as error:
    pass
# What
else: # Where
    import f
try:
    import g
except: pass
`),
    ["2 a always", "8 c optional", "10 d always", "12 e optional", "18 f always", "20 g optional"],
  );
});

Deno.test("moduleOf() names the function or class around an import that may not run", async () => {
  const insideOf = async (text: string) => (await parse(text)).imports.map(({ inside }) => inside);
  deepEqual(await insideOf("class C:\n    import a\n    def m(self):\n        import b\n"), [
    undefined,
    "C.m",
  ]);
  deepEqual(await insideOf("if x:\n    import a\nclass C:\n    if x:\n        import b\n"), [undefined, "C"]);
});
