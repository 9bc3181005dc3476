"""Writes what Kedro's own `kedro run` reads from `--params`; run with a Python that has Kedro.

    python scripts/golden/params.py > tests/golden/params.json

Kedro 0.19 and 1 take `name=value`. Kedro 0.18 also takes `name:value`, which the last argument adds:

    PYTHONPATH=folder/with/kedro-0.18.14 python scripts/golden/params.py tests/golden/params.json
"""

import json
import sys

import click
from kedro.framework.cli.project import run
from kedro.framework.cli.utils import _split_params

EQUALS = """
a.b=1,c=2|a=|a= x |a=true|a=yes|a=None|a=null|a=~|a=1e3|a=1e-3|a=1.0|a=0x1F|a=010|a=1_000|a=12:30|a=2024-01-01
a={b: 1}|a=[1]|a[b]=1|a.0=1|a='x y'|a="q"|a=b: c|a=1,a=2|a={b: 1},a={c: 2}|a.b=1,a=2|a=1,a.b=2| a = 1 , b=2|a=x=y
a=http://x:8/y|a|=1|a..b=1|a=ü|a=-1|a=inf|a=.inf|a=!!str 1|a=@x|a=*x|a= #c|a=x #c|a=- b|a.b[c].d=1|a=1,,b=2
a=[1,2]|a.b=1,a.c=x,a.b=3|a={|lr=1E5|a=12345678901234567890|a b=1|a-b=1|a=+1|a=.5|a=5.|a=off|a=x,b|a=1;b=2
"""
COLONS = """
a:1|a.b:1,c:2|a:b=c|a=b:c|a:http://x:8|a: x |:1|a:|a:1,b=2|url:http://h:1/?q=x|a:true
"""


def read(text):
    try:
        found = _split_params(click.Context(run), type("Params", (), {"name": "params"}), text)
        return {"params": json.dumps(found)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


def cases(texts):
    return {text: read(text) for line in texts.strip("\n").splitlines() for text in line.split("|")}


if len(sys.argv) == 1:
    found = {"equals": cases(EQUALS)}
else:
    with open(sys.argv[1], encoding="utf-8") as file:
        found = {**json.load(file), "colons": cases(COLONS)}
print(json.dumps(found, ensure_ascii=False, indent=1))
