from kedro.pipeline import Pipeline, node


def last(x):
    return x


def register_pipelines():
    return {"registered": Pipeline([node(last, "scaled", "last")])}
