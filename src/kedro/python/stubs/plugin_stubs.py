"""Stand-ins for the Python plugin's modules, as far as reading a project needs them."""

import functools
from dataclasses import dataclass
from enum import StrEnum

_FIELD = "__kedro_azureml_distributed_config__"


class Framework(StrEnum):
    """The distributed frameworks that Azure ML supports."""

    PyTorch = "PyTorch"
    TensorFlow = "TensorFlow"
    MPI = "MPI"


@dataclass
class DistributedNodeConfig:
    """How a node is distributed over machines."""

    framework: Framework
    num_nodes: str | int
    processes_per_node: str | int | None = None


def distributed_job(framework, num_nodes, **settings):
    """Records on a node's function how to distribute it over machines."""

    def decorate(func):
        setattr(func, _FIELD, DistributedNodeConfig(framework, num_nodes, **settings))

        @functools.wraps(func)
        def spread(*args, **kwargs):
            return func(*args, **kwargs)

        return spread

    return decorate


def _alone(*args, **kwargs):
    return False


def contents(module):
    """The names in a module of the plugin; empty for any other module."""
    config = {"Framework": Framework, "DistributedNodeConfig": DistributedNodeConfig}
    decorators = {"distributed_job": distributed_job}
    utils = {
        "is_distributed_environment": _alone,
        "is_distributed_master_node": lambda: True,
        "mpi_rank": lambda: 0,
    }
    package = "kedro_azureml_pipeline.distributed"
    return {
        package: {**config, **decorators, **utils},
        f"{package}.config": config,
        f"{package}.decorators": decorators,
        f"{package}.utils": utils,
    }.get(module, {})
