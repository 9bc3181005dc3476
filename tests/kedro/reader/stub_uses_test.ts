import { deepEqual } from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const PREPARED = `import copy, enum, logging, os
from vendor import OddError, OddWarning, other, thing
import vendor
`;

const REGISTRY = `
def register_pipelines():
    return {}
`;

/** What project code does with values of a missing module, and the warning about it, if any. */
const USES: readonly (readonly [code: string, ...warnings: readonly string[]])[] = [
  ['assert vendor.__version__ >= "2.1"', "vendor.__version__: looks at it"],
  ['assert thing.__version__ >= "10.0" or thing.__version__ > "2"', "vendor.thing: looks at its version"],
  ["assert thing", "vendor.thing: tests it"],
  ["assert len(thing) == 0", "vendor.thing: takes its length"],
  ["assert 1 not in thing", "vendor.thing: searches in it"],
  ["assert int(thing) == 0", "vendor.thing: converts it"],
  ["assert float(thing) == 0.0", "vendor.thing: converts it"],
  ["assert complex(thing) == 0j", "vendor.thing: converts it"],
  ['assert bytes(thing) == b""', "vendor.thing: converts it"],
  ["assert [5][thing] == 5", "vendor.thing: converts it"],
  ['assert os.fspath(thing) == "stub"', "vendor.thing: uses it as a path"],
  ["assert next(thing, 5) == 5", "vendor.thing: iterates over it"],
  ["for _ in thing: raise ValueError", "vendor.thing: iterates over it"],
  ["low, high = thing"],
  ["assert low is not high and low is not thing"],
  ["(one, *most, last), [two] = thing, thing.shape; assert most == [] and last is not two"],
  ["def size(x): return [(\n    height := x.shape\n)]\n[(tall, wide, deep)] = size(thing)"],
  ['assert vendor.__file__ == "/stubs/vendor/__init__.py"', "vendor: asks where it is"],
  ['assert thing.__file__ == "/stubs/vendor/thing/__init__.py"', "vendor.thing: asks where it is"],
  ['import vendor.inner as inner; assert inner.__path__[0] == "/stubs/vendor/inner"'],
  [
    "assert issubclass(thing, object) and not issubclass(other, int)",
    "vendor.thing: asks what it extends",
    "vendor.other: asks what it extends",
  ],
  ['os.environb[b"V"] = thing', "vendor.thing: uses it as text"],
  ["assert (thing == 5) is False", "vendor.thing: compares it"],
  ["assert thing == thing and not thing == other"],
  ["assert {thing: 1}[thing] == 1 and thing not in {1}"],
  ['assert f"{thing}" == "<stub for vendor.thing>"', "vendor.thing: uses it as text"],
  ['assert str(thing) == "<stub for vendor.thing>"', "vendor.thing: uses it as text"],
  ['assert repr(thing) == "<stub for vendor.thing>"'],
  ['hasattr(vendor, "fast")', "vendor: asks what it has"],
  ['hasattr(thing, "fast")', "vendor.thing: asks what it has"],
  ["thing.slow, vendor.slow"],
  ["if thing < 3: pass", "vendor.thing: tests it"],
  ["assert (thing < 3) is (thing >= 3) is (3 <= thing) is thing"],
  ["assert -thing + 2 is 3 * thing is ~thing is abs(thing) is thing | None is thing"],
  ["assert copy.copy(thing) is copy.deepcopy(thing) is thing"],
  ["thing.size = 3; assert thing.size == 3"],
  ["thing[1] = thing[2]; del thing[3]"],
  ["with thing as opened: assert opened is not thing"],
  ["async def enter():\n    async with thing as opened: return opened\ntry: enter().send(None)\nexcept StopIteration as end: assert end.value is not thing"],
  ["try:\n    with thing: raise KeyError\nexcept KeyError: pass\nelse: raise ValueError"],
  ["async def leave():\n    async with thing: raise KeyError\ntry: leave().send(None)\nexcept KeyError: pass\nelse: raise ValueError"],
  ["class Own(thing, table=True): size = 1"],
  ["class Same(thing): pass"],
  ["assert Own.__mro__[1] is Same.__mro__[1] and Own[int] is Own and Own(1, b=2).size == 1"],
  ["assert isinstance(Own(), thing) and issubclass(Own, thing)"],
  ["assert not isinstance(5, thing) and not isinstance(5, other) and not issubclass(int, thing)"],
  ['assert not hasattr(Own, "_size")'],
  ['hasattr(Own, "fast")', "shop.pipeline_registry.Own: asks what it has"],
  ["assert Own().rows", "shop.pipeline_registry.Own().rows: tests it"],
  ['getattr(Own(), "fast", None)', "shop.pipeline_registry.Own: asks what it has"],
  ["class Typed(thing[int]): pass"],
  [
    "class Options(vendor.BaseSettings): pass",
    "vendor.BaseSettings: has settings that it fills from the environment",
  ],
  ['assert thing("Made", (int,), {"size": 2})(5).size == 2'],
  ["assert issubclass(OddWarning, Warning) and issubclass(OddError, Exception) and not issubclass(OddError, Warning)"],
  ["assert (OddError.__module__, OddError.__name__) == ('vendor', 'OddError')"],
  ["assert all(thing(each) is each for each in (Own().__init__, classmethod(len), staticmethod(len), property(len)))"],
  [
    'assert (lambda: getattr(thing, "quick", None))()',
    "vendor.thing: asks what it has",
    "vendor.thing.quick: tests it",
  ],
  ["class Choice(enum.Enum): A = thing"],
  ['logging.getLogger("shop").error("%s", thing)'],
  ["exec(compile('bool(thing)', '/site.zip/click/x.py', 'exec'))"],
  ["def plain(x): return x"],
  ["assert thing(plain) is plain and thing(plain, retries=1) is not plain and thing(int) is not int"],
  [
    "defined = 1\nfrom vendor.names import *\nassert defined == 1 and Missing",
    "vendor.names.Missing: tests it",
  ],
  ["def later(): return Inner\nassert later()", "vendor.names.Inner: tests it"],
];

Deno.test("snapshot() warns about stubs that may change pipelines", async () => {
  let line = PREPARED.split("\n").length;
  const expected: string[] = [];
  for (const [code, ...warnings] of USES) {
    // Of several lines, the one with `assert`.
    const at = code.split("\n").findIndex((each) => each.startsWith("assert"));
    expected.push(...warnings.map((warning) => `${line + Math.max(at, 0)}: ${warning}`));
    line += code.split("\n").length;
  }
  const code = USES.map(([code]) => code).join("\n");
  const { warnings } = await readProject(projectOf(PREPARED + code + REGISTRY));
  const message =
    /^"(.+)" is only a stub in the embedded Python, and the project (.+) at import; its pipelines may differ$/;
  deepEqual(
    warnings.map(({ message: text, place }) => `${place?.line}: ${text.replace(message, "$1: $2")}`),
    expected,
  );
});
