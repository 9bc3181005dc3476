"""Creates the runs of a job in a store of MLflow, before its steps run. Prints the id of the experiment."""

import importlib.util
import json
import logging
import sys
from types import SimpleNamespace

if importlib.util.find_spec("mlflow") is None:
    sys.exit(3)
logging.disable(logging.CRITICAL)

from mlflow.entities import RunTag
from mlflow.store.tracking import sqlalchemy_store

plan = json.load(sys.stdin)
store = sqlalchemy_store.SqlAlchemyStore(plan["uri"], plan["artifacts"])
found = store.get_experiment_by_name(plan["experiment"])
experiment = found.experiment_id if found else store.create_experiment(plan["experiment"])
known = {run.info.run_id for run in store.search_runs([experiment], "", 1, max_results=50_000)}
for run in plan["runs"]:
    if run["id"] in known:
        continue
    # MLflow chooses ids itself, but the runs of a job have those of Azure ML.
    sqlalchemy_store.uuid = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=run["id"]))
    tags = [RunTag(key, value) for key, value in run["tags"].items()]
    store.create_run(experiment, plan["user"], plan["start"], tags, run["name"])
print(experiment)
