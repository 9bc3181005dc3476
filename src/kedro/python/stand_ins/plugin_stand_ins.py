"""What the modules of the Python plugin hold, as far as reading a project needs it."""

import functools
from dataclasses import dataclass
from enum import StrEnum

_FIELD = "__kedro_azureml_distributed_config__"


class Framework(StrEnum):
    """The frameworks that Azure ML can start."""

    PyTorch = "PyTorch"
    TensorFlow = "TensorFlow"
    MPI = "MPI"


@dataclass
class DistributedNodeConfig:
    """How a node is spread over machines."""

    framework: Framework
    num_nodes: str | int
    processes_per_node: str | int | None = None


def distributed_job(framework, num_nodes, **settings):
    """Notes on a node's function how it is spread over machines."""

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
    """The names that a module of the plugin holds; none for any other module."""
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
