"""Stands in for what makes pipelines in kedro-mlflow, which many projects register."""


def _pipeline_ml_factory(training, inference, input_name=None, kpm_kwargs=None, log_model_kwargs=None, **others):
    """The training pipeline, which also knows how its model is used."""
    from kedro.pipeline import Pipeline

    made = Pipeline(training.nodes)
    made.training, made.inference, made.input_name = training, inference, input_name
    return made


def contents(module):
    """The names that a module of kedro-mlflow holds as far as they are known here; none for any other module."""
    known = {"pipeline_ml_factory": _pipeline_ml_factory}
    return known if module in ("kedro_mlflow.pipeline", "kedro_mlflow.pipeline.pipeline_ml_factory") else {}
