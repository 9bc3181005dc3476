from functools import partial, update_wrapper

from kedro.pipeline import Pipeline, node, pipeline

from .nodes import evaluate, split, train

quick = update_wrapper(partial(train, rounds=1), train)


def create_pipeline(**kwargs) -> Pipeline:
    instance = pipeline(
        [
            node(split, ["table@pandas", "params:model"], ["train", "test"]),
            node(train, "train", "model", tags=["slow"]),
            node(quick, "train", "quick_model", name="quick"),
            node(lambda model, test: None, ["model", "test"], None, name="check"),
            node(evaluate, {"test": "test", "model": "model"}, {"score": "score", "plot": "plot"}),
        ]
    )
    spark = pipeline([node(split, ["raw", "parameters"], ["table@spark", "rest"], confirms="raw")])
    first = pipeline(pipe=instance, inputs={"table@pandas"}, namespace="first.inner", tags="inner")
    return pipeline([spark, first, instance])
