from functools import reduce
from operator import add

from kedro.framework.session import get_current_session
from kedro.pipeline import Pipeline, node
from kedro.pipeline.modular_pipeline import pipeline


def fill(index, strategy):
    return index


def register_pipelines():
    context = get_current_session().load_context()
    indices = context.catalog.load("params:indices")
    base = Pipeline([node(fill, ["index", "params:strategy"], "filled", name="fill")])
    parts = [
        pipeline(base, namespace=name, inputs={"index": f"raw_{name}"}, parameters={"params:strategy": "params:strategy"})
        for name in indices
        if f"raw_{name}" in context.catalog.list()
    ]
    return {"__default__": reduce(add, parts)}
