"""From raw rides to a table that a model can learn from."""

import pandas as pd
from kedro.pipeline import Pipeline, node, pipeline


def clean_rides(rides: pd.DataFrame) -> pd.DataFrame:
    """Drop rides without an end, and those of less than a minute."""
    rides = rides.dropna()
    return rides[rides["minutes"] >= 1]


def count_by_hour(rides: pd.DataFrame) -> pd.DataFrame:
    """Count the rides of each station and hour."""
    started = pd.to_datetime(rides["started_at"])
    return (
        rides.assign(hour=started.dt.hour, weekday=started.dt.weekday)
        .groupby(["station", "weekday", "hour"])
        .size()
        .reset_index(name="rides")
    )


def join_weather(counts: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Add the temperature and the rain of each hour."""
    return counts.merge(weather, on=["weekday", "hour"], how="left")


def create_pipeline() -> Pipeline:
    """Three steps, one after the other."""
    return pipeline(
        [
            node(clean_rides, "rides", "clean_rides", name="clean_rides"),
            node(count_by_hour, "clean_rides", "hourly_rides", name="count_by_hour"),
            node(join_weather, ["hourly_rides", "weather"], "features", name="join_weather"),
        ]
    )
