"""Writes tests/golden/config/*.json: what Kedro's own OmegaConfigLoader and pydantic models make of odd configuration.

Run it with a Python that has kedro 1.7.0 and kedro-azureml-pipeline 0.1.0:

    python scripts/golden/config.py tests/golden/config
"""

import json
import logging
import pathlib
import sys
import tempfile
import warnings

from kedro.config import OmegaConfigLoader
from kedro_azureml_pipeline.config import KedroAzureMLConfig

PATTERNS = {"azureml": ["azureml*", "azureml*/**", "**/azureml*"]}

SCALARS = """yes no on off y n Yes NO On oFF true True TRUE tRue null Null NULL nUll ~ 1 -1 +1 01 010 08 0o10 0x1F 0xZ 0b101
0b2 1_000 1_0.5 1__0 _1 1e3 1E+3 1e-3 1.e3 1.5e3 .5 .5e3 .5e+3 5. -.5 +.5 -.inf .INF +.inf .nan .NaN inf nan 1:30 1:30:15
190:20:30 1:75 1:30.5 0:30 12:30:45.5 2024-01-01 2024-01-01T00:00:00Z 1.2.3 v1 0.0.0.0 10.0 -0 -0.0 0 00 0_0 = << ??? !
null~ 123456789012345678901234567890 1e16 1e22 0.1 100000.0 1.0e-5 0.00001 1e05 foo a-b a:b a::b http://x.y/z?q=1#f a#b
x,y [] {} 'yes' "1" '' "" é 日本 %a @b `c *nope 100% $x a&b a*b - -- -a ?a :a & . .. e1 1e + 0. 1. 0x 1: :1 C:\\x
a\\tb""".split() + [
    "!!str 1", "!!int '1'", "!!int 0x10", "!!float 1", "!!float '1.5'", "!!bool yes", "!!null ''", "! 1", "!foo x",
    "!!int abc", "!!bool maybe", "2001-12-14 21:59:43.10 -5", "a b c", "a: b: c", "key: [a", "'unclosed", "x # comment",
    "#c", "'it''s'", '"a\\nb"', "'a\\nb'", '"\\u00e9"', '"\\x41"', "{a:1}", "[a:1]", '{"a":1}', "{a}", "[a b, c d]",
    "[a,,b]", "{a: , b: }", "\"a\" b", "'a' 'b'", "&x foo", "a |", "|\n    lit\n    two\n", "|-\n    lit\n", ">\n    a\n    b\n\n    c\n",
]

DOCUMENTS = [
    "", "\n", "# only a comment\n", "foo\n", "- a\n- b\n", "a: 1\na: 2\n", "a: 1\n'a': 2\n", "1: a\n1: b\n", "yes: a\n",
    "1.5: a\n", "~: a\n", "? a\n: b\n", "? [a]\n: b\n", "a: 1\n---\nb: 2\n", "--- \na: 1\n...\n", "a:\n\tb: 1\n",
    "a:\tb\n", "a: b\n c: d\n", "a:\n  b: 1\n c: 2\n", "a: &A {x: 1, y: 2}\nb: *A\n", "a: &A {x: 1}\nb: {<<: *A, y: 2}\n",
    "a: &A {x: 1, y: 2}\nb:\n  y: 3\n  <<: *A\n  z: 4\n", "b:\n  <<: [{m: 1}, {m: 2, o: 3}]\n  m: 0\n", "b: {<<: 5}\n",
    "a: &A {s: *A}\n", "a: &A [1, 2]\nb: [*A, *A]\n", "a:\n- 1\n- 2\n", "a:\n    - - x\n      - y\n    - z\n",
    "a: 'multi\n  line'\n", "a: multi\n  line\n", "\ufeffa: 1\n", "a: 1\r\nb: 2\r\n", "a: \"\\q\"\n", "{a: 1, b: [2]}\n",
    "a: '${b'\n", "a: ${b}\n", "_private: 1\na: ${_private}\n", "a b: 1\nc-d: 2\n\"e\": 3\n", "a: {b: 1, b: 2}\n", "on: [start]\n",
]

TREE = {
    "a": {"b": 1, "c": [1, "x", {"d": 2.5}], "e": None, "d": {}}, "b": "str", "c": "a", "e": {"x": "pre ${..b}", "z": 1e20},
    "f": 1.0, "q": "it's \"q\"", "m": "???",
}

TEXTS = r"""${a} ${a.b} ${a[b]} ${[a].b} ${a.c} ${a.c.0} ${a.c[2].d} ${a.c[-1]} ${a.c.9} ${a.c.x} ${a.e} ${a.d} ${b} ${b.x}
${nope} ${a.nope} ${m} ${t} ${n} ${.u} ${..b} ${...b} ${.} ${} ${a.} ${a..b} ${${c}} ${${c}.b} ${a.${c}} ${a[${c}]} ${f} x${f}
x${a.e} x${a} x${a.c} x${q} x${e.z} x${e.x}y \${a} \\${a} \\\${a} \\\\${a} $${a} $ $x ${a}$ ${a}} ${{a}} ${a ${a}\\ \x ${:x}
${a:b:c} ${nope:1} ${oc.env:HOME} ${oc.env:HOME,x} ${globals:g} ${globals:nope} ${globals:nope,5} ${globals:nope,null}
${globals:h} ${globals:h.i} ${globals:h.x.y,1} ${globals:l.0} ${globals:l.x,1} ${globals:_p} ${globals:} ${globals:g,1,2}
${globals:nope,${a.b}} ${globals:${c}} ${runtime_params:g} ${runtime_params:nope} ${runtime_params:nope,1.5}
${runtime_params:nope,${globals:g}} ${runtime_params:h.i} ${oc.create:{x:1,y:[2]}} ${oc.create:[1,"${b}"]} ${oc.create:"x:\ 1"}
${oc.create:null} ${oc.create:5} ${oc.create:1.5} ${oc.create:${a}} ${oc.select:a.b} ${oc.select:nope} ${oc.select:nope,7}
${oc.select:m,8} ${oc.select:.u} ${oc.select:..b} ${oc.select:a.c} ${oc.decode:"[1,2,{a:b}]"} ${oc.decode:"1e3"} ${oc.decode:null}
${oc.decode:"${b}"} ${oc.decode:5} ${oc.dict.keys:a} ${oc.dict.values:a} ${oc.dict.keys:b} ${oc.dict.keys:nope} x${oc.dict.values:a}
${oc.deprecated:a.b} ${oc.deprecated:nope} ${oc.deprecated:a.b,5} ${oc.create:a/b} ${globals:nope,'???'} ${globals:nope,"q"}
${globals:nope,'it\'s'} ${globals:nope,"a,b"} ${globals:nope,'x${b}y'} ${globals:nope,'\${b}'} ${globals:nope,a\,b} ${globals:nope,[]}
${globals:nope,{}} ${globals:nope,[1,[2]]} ${globals:nope,{a:{b:1}}} ${globals:nope,{a:1,}} ${globals:nope,[1,]} ${globals:nope,}
${globals:nope,1_000} ${globals:nope,010} ${globals:nope,+5} ${globals:nope,-inf} ${globals:nope,nan} ${globals:nope,TRUE}
${globals:nope,NULL} ${globals:nope,1.} ${globals:nope,.5} ${globals:nope,1e5} ${globals:nope,a:b} ${globals:nope,a-b/c.d@e%f?g|h}
${globals:nope,é} ${globals:nope,"unclosed} ${globals:nope,(x)} ${globals:nope,\(x\)} ${globals:nope,x=y}""".split() + [
    "${ a.b }", "${a .b}", "${globals : g}", "${globals: nope , a b }", "${globals:nope, 'a' b}", "${oc.select: a.b , 1 }",
    "pre ${a.b} mid ${b} post", "${globals:nope,{a b: c d}}", "${globals:nope, [ 1 , 2 ] }", "${runtime_params: nope, {x: ${a.b}}}",
]

LAYERS = [
    {"conf/base/azureml.yml": "a: {x: 1, y: 2}\nb: 1\n", "conf/local/azureml.yml": "a: {x: 3}\nc: 4\n"},
    {"conf/base/azureml.yml": "a: {x: {p: 1}, l: [1, 2]}\n", "conf/local/azureml.yml": "a: {x: {q: 2}, l: [3]}\n"},
    {"conf/base/azureml.yml": "a: {x: 1}\n", "conf/local/azureml.yml": "a: [1]\n"},
    {"conf/base/azureml.yml": "a: {x: 1}\n", "conf/local/azureml.yml": "a: null\n"},
    {"conf/base/azureml.yml": "a: {x: 1}\n", "conf/local/azureml.yml": "a: ???\n"},
    {"conf/base/azureml.yml": "a: null\n", "conf/local/azureml.yml": "a: {x: 1}\n"},
    {"conf/base/azureml.yml": "a: ${b}\nb: 1\n", "conf/local/azureml.yml": "b: 2\n"},
    {"conf/base/azureml.yml": "b: 1\n", "conf/local/azureml.yml": "a: ${b}\n"},
    {"conf/base/azureml.yml": "a: \\${x}\n", "conf/local/azureml.yml": "b: 1\n"},
    {"conf/base/azureml.yml": "a: ${nope}\n", "conf/local/azureml.yml": "a: 1\n"},
    {"conf/base/azureml_1.yml": "a: 1\n", "conf/base/azureml_2.yaml": "b: 2\n", "conf/base/azureml/c.json": '{"c": 3}'},
    {"conf/base/azureml_1.yml": "a: 1\n", "conf/base/azureml_2.yml": "a: 2\n"},
    {"conf/base/azureml_1.yml": "_a: 1\nb: ${_a}\n", "conf/base/azureml_2.yml": "c: ${b}\n"},
    {"conf/base/deep/azureml.yml": "a: 1\n", "conf/base/deep/er/azureml_x.yml": "b: 2\n"},
    {"conf/base/deep/other.yml": "a: 1\n", "conf/base/azureml.txt": "b: 2\n", "conf/base/xazureml.yml": "c: 3\n"},
    {"conf/base/.azureml.yml": "a: 1\n", "conf/base/.hid/azureml.yml": "b: 1\n", "conf/base/azureml.yml": "c: 1\n"},
    {"conf/base/azureml/.hid.yml": "a: 1\n", "conf/base/azureml/sub/any.yml": "b: 1\n"},
    {"conf/base/azureml.yml": ""}, {"conf/local/azureml.yml": "a: 1\n"}, {"conf/base/other.yml": "a: 1\n"},
    {"conf/base/azureml.yml": "a: ${globals:g}\n", "conf/base/globals.yml": "g: 1\n", "conf/local/globals.yml": "g: 2\n"},
    {"conf/base/azureml.yml": "a: ${globals:g}\n", "conf/base/sub/globals.yml": "g: 1\n"},
    {"conf/base/azureml.yml": "a: 1\n", "conf/base/globals.yml": "g: ${runtime_params:x,1}\n"},
    {"conf/base/azureml.yml": "a: 1\n", "conf/base/globals.yml": "g: ${globals:x,1}\n"},
    {"conf/base/azureml.yml": "1: a\n"},
    {"conf/base/azureml.json": '{"a": 1.0, "b": [true, null, "x"]}'},
    {"conf/base/azureml.json": '{"a": 1, "a": 2}'},
    {"conf/base/azureml.yml": "a: 1\n", "conf/local/azureml.yml": "b: [\n"},
]
PARAMETERS = [
    {"conf/base/parameters.yml": "a: {x: 1}\n", "conf/base/parameters_b.yml": "a: {y: 2}\n"},
    {"conf/base/parameters.yml": "a: {x: 1}\n", "conf/base/parameters_b.yml": "a: {x: 2}\n"},
    {"conf/base/parameters.yml": "h: {i: 1, z: 2}\n_p: 3\n", "conf/local/parameters.yml": "h: {z: 9}\n"},
    {"conf/base/parameters.yml": "h: 1\nw: ${h}\n"}, {"conf/base/parameters.yml": "h: [1]\n"},
    {"conf/base/parameters.yml": "w: ${g}\n"}, {"conf/local/parameters.yml": "a: 1\n"},
]


def encode(value):
    """Keeps what JSON would lose: which numbers are floats, and what keys are."""
    if isinstance(value, dict):
        return {"map": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    return {"float": repr(value)} if isinstance(value, float) else {"int": str(value)}


def load(case):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for env in ("base", "local"):
            (root / "conf" / env).mkdir(parents=True)
        for name, text in case["files"].items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        try:
            loader = OmegaConfigLoader(
                str(root / "conf"),
                env="local",
                base_env="base",
                default_run_env="local",
                config_patterns=PATTERNS,
                merge_strategy={case["kind"]: case["strategy"]},
                runtime_params=case["params"],
            )
            return encode(loader[case["kind"]])
        except Exception as error:
            return {"refused": type(error).__name__}


def case(files, kind="parameters", strategy="destructive", params=None):
    made = {"kind": kind, "strategy": strategy, "params": params or {}, "files": files}
    return {**made, "result": load(made)}


def interpolation(text):
    tree = {**TREE, "n": {"t": text, "u": "near"}}
    files = {
        "conf/base/azureml.yml": json.dumps(tree, ensure_ascii=False),
        "conf/base/globals.yml": "g: 1\nh: {i: '${g}', x: y}\nl: [1, two]\n_p: 1\n",
    }
    made = case(files, "azureml", params={"g": 5, "h": {"i": "rp"}})
    found = made["result"]
    if "map" in found:
        found = next(value for key, value in found["map"] if key == "n")["map"][0][1]
    return {"text": text, "result": found}


def schema_cases():
    """Valid configuration with one value replaced by another, at every place."""
    good = {
        "workspace": {"__default__": {"subscription_id": "s", "resource_group": "r", "name": "n"}},
        "compute": {"__default__": {"cluster_name": "c"}, "gpu": {"instance_type": "t"}},
        "execution": {"environment": "e", "code_directory": "."},
        "schedules": {"d": {"cron": {"expression": "0 0 * * *"}}},
        "notifications": {"n": {"webhook_env": "H", "events": ["start"], "payload": "a:b", "wait_timeout": 60}},
        "jobs": {
            "main": {
                "pipeline": {"tags": ["a"]}, "schedule": "d", "limits": {"timeout": 3600}, "notifications": "n", "params": {"p": 1}
            },
            "two": {"pipeline": {}, "schedule": [{"recurrence": {"frequency": "day", "interval": 1, "schedule": {"hours": [1]}}}, "d"]},
        },
    }
    others = [None, True, 1, 2.0, 2.5, "", "12", " 1_0 ", "1.0", "1.", [], ["a"], {}, {"a": 1}, 60, 0]

    def places(value, path=()):
        yield path
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
        for key, item in items:
            yield from places(item, (*path, key))

    for path in [path for path in places(good) if path]:
        refused = []
        for other in [*others, "(none)"]:
            changed = json.loads(json.dumps(good))
            at = changed
            for key in path[:-1]:
                at = at[key]
            if other == "(none)":
                del at[path[-1]]
            else:
                at[path[-1]] = other
            try:
                KedroAzureMLConfig.model_validate(changed)
            except Exception:
                refused.append(other)
        yield {"path": list(path), "refused": refused}
    yield {"good": good, "others": others}


def main(folder):
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    tables = {
        "scalars": [{"text": t, "result": case({"conf/base/parameters.yml": f"v: {t}\n"})["result"]} for t in SCALARS],
        "documents": [{"text": t, "result": case({"conf/base/parameters.yml": t})["result"]} for t in DOCUMENTS],
        "interpolations": [interpolation(text) for text in TEXTS],
        "layers": [case(files, "azureml", strategy) for files in LAYERS for strategy in ("destructive", "soft")]
        + [case(files, params={"g": 5, "h": {"i": "rp"}}) for files in PARAMETERS],
        "schema": list(schema_cases()),
    }
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (pathlib.Path(folder) / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
