"""Submits what our program compiled with the real azure-ai-ml, and changes what is in the workspace.

Called with a subscription, a resource group, a workspace, and a JSON object: `compiled` is a job in YAML, `file` a file
for a data asset, `schedule` the name of a schedule. Prints as JSON what azure-ai-ml made of it.
"""

import json
import sys

from azure.ai.ml import load_job
from azure.ai.ml.entities import Data, Environment

from azure_ai_ml_client import connect


def names(found):
    return [one.name for one in found]


def main():
    *place, given = sys.argv[1:]
    given = json.loads(given)
    client = connect(*place)
    jobs, schedules, data = client.jobs, client.schedules, client.data
    seen = {"workspaces": names(client.workspaces.list()), "computes": names(client.compute.list())}
    client.environments.create_or_update(Environment(name="made", image="python:3.12"))
    data.create_or_update(Data(name="made", version="1", type="uri_file", path=given["file"]))
    seen["data"] = [data.get("made", label="latest").version, [one.version for one in data.list("made")]]
    seen["environments"] = names(client.environments.list())
    seen["components"] = names(client.components.list())
    secrets = client.datastores.get(client.datastores.get_default().name, include_secrets=True).credentials
    seen["secrets"] = sorted(secrets.__dict__)
    job = jobs.create_or_update(load_job(given["compiled"]), experiment_name="by-azure-ai-ml")
    seen["job"] = job.name
    seen["services"] = jobs.show_services(job.name)
    jobs.archive(job.name)
    seen["archived"] = names(jobs.list(list_view_type="ArchivedOnly"))
    jobs.restore(job.name)
    jobs.begin_cancel(job.name).result()
    seen["status"] = jobs.get(job.name).status
    seen["jobs"] = names(jobs.list())
    schedule = given["schedule"]
    seen["enabled"] = [
        schedules.begin_disable(schedule).result().is_enabled,
        schedules.begin_enable(schedule).result().is_enabled,
    ]
    seen["triggered"] = schedules.trigger(schedule).job_name
    schedules.begin_disable(schedule).result()
    schedules.begin_delete(schedule).result()
    seen["schedules"] = names(schedules.list())
    print("RESULT " + json.dumps(seen))


main()
