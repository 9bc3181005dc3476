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

Deno.test("snapshot() runs code for Python 3.10 in Kedro 0.18", async () => {
  const registry = "from collections import Mapping\nfrom inspect import getargspec\n" + REGISTRY;
  const { pipelines, warnings } = await readProject(projectOf(registry, toml("0.18.14")));
  assert.deepEqual(pipelines.__default__!.nodes[0]!.name, "a_1_Linux_0.18.14");
  assert.deepEqual(warnings.map(({ code }) => code), ["kedro.old"]);
});

Deno.test("snapshot() warns about code that Python 3.12 changed", async () => {
  const { pipelines, warnings } = await readProject(projectOf(REGISTRY));
  assert.deepEqual(pipelines.__default__!.nodes[0]!.name, "Kind.A_1_Linux_1.7.0");
  assert.deepEqual(warnings.map(({ code, place }) => [code, place?.line]), [["kedro.python_differs", 22]]);
});

Deno.test("snapshot() accepts names that Python 3.12 removed", async () => {
  const registry = "from re import T\nfrom ast import Str\nimport configparser\n" +
    "assert configparser.SafeConfigParser and not hasattr(configparser, 'x')\n";
  const { warnings } = await readProject(projectOf(`${registry}def register_pipelines(): return {}\n`));
  assert.deepEqual(warnings.map(({ message, place }) => [message, place?.line]), [
    ["The project uses re.T, which Python 3.13 dropped", 1],
    ["The project uses ast.Str, which Python 3.14 dropped", 2],
    ["The project uses configparser.SafeConfigParser, which Python 3.12 dropped", 4],
  ]);
});

const CHANGED = `
import collections, enum, inspect
from dataclasses import dataclass, field

class Kind(str, enum.Enum):
    A = "a"

class Size(int, enum.Enum):
    LARGE = 3

class Text(str, enum.Enum):
    A = "a"
    def __str__(self): return "own"

class Plain(enum.Enum):
    A = "a"

class Repr(enum.StrEnum):
    A = "a"

@dataclass
class Inner:
    size: int = 1

@dataclass
class Outer:
    inner: Inner = Inner()
    other: Inner = field(default=Inner(2))

def refused(act):
    try:
        act()
    except Exception as error:
        return type(error).__name__

def with_default(value):
    @dataclass
    class Wrong:
        items: object = value

TEXTS = [f"{Kind.A}", f"{Size.LARGE}", f"{Text.A}", f"{Plain.A}", f"{Repr.A}", f"{Size.LARGE:03}" if OLD else "", str(Kind.A)]
VALUES = [Outer().other.size, *{refused(lambda: with_default(each)) for each in ([], {}, {1})}, refused(lambda: hash(Inner()))]
VALUES += [hasattr(collections, "Mapping"), hasattr(inspect, "getargspec")]
print(*TEXTS, *VALUES)

def register_pipelines():
    return {}
`;

const NEW = "Kind.A Size.LARGE own Plain.A a  Kind.A 2 ValueError TypeError";
const TOLD = [
  'Kind.A in a text when imported: that gives "Kind.A" since Python 3.12, and "a" before',
  'Size.LARGE in a text when imported: that gives "Size.LARGE" since Python 3.12, and "3" before',
];

for (
  const [version, shown, lines] of [
    ["0.18.14", "a 3 own Plain.A a 003 Kind.A 2 ValueError TypeError True True", []],
    ["0.19.15", `${NEW} True True`, TOLD],
    ["1.7.0", `${NEW} False True`, TOLD],
  ] as const
) {
  Deno.test(`snapshot() formats enums as the Python of Kedro ${version}`, async () => {
    const printed: string[] = [];
    const { warnings } = await readProject(
      projectOf(`OLD = ${version.startsWith("0.18") ? "True" : "False"}\n${CHANGED}`, toml(version)),
      { onPrint: (text) => void printed.push(text) },
    );
    assert.deepEqual(printed, [`project: ${shown}\n`]);
    assert.deepEqual(
      warnings.filter(({ code }) => code === "kedro.python_differs").map(({ message }) => message),
      lines.map((line) => `The project writes ${line}`),
    );
  });
}

for (const version of ["0.18.14", "0.19.15", "1.7.0"]) {
  Deno.test(`snapshot() imports IPython and pydantic in Kedro ${version}`, async () => {
    const registry = `
import pkg_resources
from kedro.framework.cli.cli import KedroCLI
from kedro.framework.cli.utils import KedroCliError
from kedro.ipython import reload_kedro
from pydantic import BaseModel, Field
from kedro.pipeline import node, Pipeline

class Options(BaseModel):
    size: int = Field(3, gt=0)

def same(x): return x

def register_pipelines():
    name = f"{Options().size}_{pkg_resources.get_distribution('kedro').version}"
    return {"__default__": Pipeline([node(same, "a", "b", name=name)])}
`;
    const { pipelines } = await readProject(projectOf(registry, toml(version)));
    assert.equal(pipelines.__default__!.nodes[0]!.name, `3_${version}`);
  });
}
