from kedro.pipeline import Pipeline, node
from kedro.pipeline.modular_pipeline import pipeline

from .nodes import clean, join, total


def create_pipeline(**kwargs) -> Pipeline:
    base = pipeline(
        [
            node(func=clean, inputs=["orders", "params:clean"], outputs="clean_orders", name="clean"),
            node(total, dict(frame="clean_orders"), "total", tags={"daily", "report"}),
        ],
        tags="sales",
    )
    north = pipeline(pipe=base, namespace="north", parameters={"clean"})
    south = pipeline(pipe=base, namespace="south", parameters={"params:clean": "params:clean_south"}, outputs={"total": "south_total"})
    return north + south + pipeline([node(join, ["north.total", "south_total"], ["report@csv", "log"], name="join")])
