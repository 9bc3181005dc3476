"""Reads jobs and schedules back with the real azure-ai-ml, and prints as JSON what it sees.

Called with a subscription, a resource group, a workspace, and a JSON object of names: jobs, schedules, and a folder to
download the first job's first step into.
"""

import json
import pathlib
import sys

from azure_ai_ml_client import connect


def step_of(client, step):
    """A step of a job with its component, whose code and environment must be there, too."""
    component = client.components.get(*step.component.removeprefix("azureml:").split(":"))
    client.environments.get(*component.environment.removeprefix("azureml:").split("/")[-3::2])
    client._code.get(*component.code.split("/")[-3::2])
    wire = step._to_rest_object()
    return {
        "command": component.command,
        "compute": step.compute.split("/")[-1].removeprefix("azureml:"),
        "variables": step.environment_variables,
        "inputs": wire.get("inputs") or {},
    }


def main():
    *place, names = sys.argv[1:]
    names = json.loads(names)
    client = connect(*place)
    jobs = {}
    for name in names["jobs"]:
        client.jobs.stream(name)
        job = client.jobs.get(name)
        jobs[name] = {
            "status": job.status.value,
            "displayName": job.display_name,
            "experimentName": job.experiment_name,
            "outputs": sorted(job.outputs),
            "steps": {key: step_of(client, step) for key, step in job.jobs.items()},
        }
    child = next(iter(client.jobs.list(parent_job_name=names["jobs"][0])))
    client.jobs.download(child.name, download_path=names["folder"], all=True)
    schedules = {one.name: [one.trigger.expression, one.trigger.time_zone] for one in client.schedules.list()}
    files = [path.name for path in pathlib.Path(names["folder"]).rglob("*") if path.is_file()]
    print("RESULT " + json.dumps({"jobs": jobs, "schedules": schedules, "files": files}))


main()
