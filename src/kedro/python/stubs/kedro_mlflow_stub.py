"""Stub for the pipeline factory of kedro-mlflow, which many projects register."""


def _pipeline_ml_factory(training, inference, input_name=None, kpm_kwargs=None, log_model_kwargs=None, **others):
    """The training pipeline, with kedro-mlflow's extra attributes."""
    from kedro.pipeline import Pipeline

    made = Pipeline(training.nodes)
    made.training, made.inference, made.input_name = training, inference, input_name
    return made


def contents(module):
    """The known names of a kedro-mlflow module; empty for any other module."""
    known = {"pipeline_ml_factory": _pipeline_ml_factory}
    return known if module in ("kedro_mlflow.pipeline", "kedro_mlflow.pipeline.pipeline_ml_factory") else {}
