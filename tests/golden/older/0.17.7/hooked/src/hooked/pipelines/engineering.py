from functools import partial

from kedro.pipeline import Pipeline, node
from kedro.pipeline.modular_pipeline import pipeline


def read(orders, test_size):
    return orders


def scale(x, by=1):
    return x


def create_pipeline(**kwargs):
    part = Pipeline(
        [
            node(read, ["orders", "params:test_size"], "read"),
            node(partial(scale, by=2), "read", "scaled", name="scale", tags=["a", "b"]),
        ],
        tags="all",
    )
    return part + pipeline(part, namespace="again", inputs={"orders"}, parameters={"params:test_size"})
