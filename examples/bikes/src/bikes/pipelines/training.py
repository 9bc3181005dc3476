"""One model for each city, and a comparison of both."""

import pandas as pd
from kedro.pipeline import Pipeline, node, pipeline
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split


def split(features: pd.DataFrame, test_share: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep a share of the rows for testing."""
    train, test = train_test_split(features, test_size=test_share, random_state=seed)
    return train, test


def fit(train: pd.DataFrame, options: dict) -> RandomForestRegressor:
    """Fit a forest to all columns but the count of rides."""
    model = RandomForestRegressor(**options)
    return model.fit(train.drop(columns=["rides", "station"]), train["rides"])


def score(model: RandomForestRegressor, test: pd.DataFrame) -> dict:
    """Say how many rides the model is off by, on average."""
    guess = model.predict(test.drop(columns=["rides", "station"]))
    return {"mean_absolute_error": float(mean_absolute_error(test["rides"], guess))}


def compare(small: dict, large: dict) -> dict:
    """Name the better of the two models."""
    best = min(("small", small), ("large", large), key=lambda item: item[1]["mean_absolute_error"])
    return {"best": best[0], "small": small, "large": large}


def _model() -> Pipeline:
    return pipeline(
        [
            node(fit, ["train_table", "params:forest"], "model", name="fit", tags=["memory"]),
            node(score, ["model", "test_table"], "score", name="score"),
        ]
    )


def create_pipeline() -> Pipeline:
    """A split, the same two steps for two sizes of model, and a comparison."""
    shared = {"train_table", "test_table"}
    return pipeline(
        [
            node(
                split,
                ["features", "params:test_share", "params:seed"],
                ["train_table", "test_table"],
                name="split",
                tags=["deterministic"],
            ),
            node(compare, ["small.score", "large.score"], "comparison", name="compare"),
        ]
    ) + pipeline(_model(), inputs=shared, namespace="small") + pipeline(_model(), inputs=shared, namespace="large")
