"""The pipelines of the project."""

from kedro.pipeline import Pipeline

from bikes.pipelines import preparation, training


def register_pipelines() -> dict[str, Pipeline]:
    """Register each pipeline by name, and all of them as the default."""
    prepare, train = preparation.create_pipeline(), training.create_pipeline()
    return {"__default__": prepare + train, "preparation": prepare, "training": train}
