"""Stand-ins for what projects use of missing libraries at import and that can be answered here.

They are datasets, pydantic's models, small modules such as tqdm, and the modules of two Kedro plugins.
"""

import dataclasses
import datetime
import functools
import threading
import types
import typing
import zoneinfo
from enum import StrEnum

from .stub_values import Stub, StubBase, notes


def adapt_datasets():
    """Replaces datasets of missing classes with datasets that load a stub."""
    from kedro.io import core

    if not hasattr(core, "_parse_known_definition"):
        core._parse_known_definition = core.parse_dataset_definition
        core.parse_dataset_definition = _parse_definition


def _parse_definition(config, load_version=None, save_version=None):
    from kedro.io import core

    try:
        return core._parse_known_definition(config, load_version, save_version)
    except Exception:  # noqa: BLE001 (Kedro's own error, by a name that changed; or any that the dataset's module raises)
        if not isinstance(config.get("type"), str):
            raise
        return _class_of(config["type"]), {key: value for key, value in config.items() if key != "type"}


def _class_of(path):
    from kedro.io import core

    base = getattr(core, "AbstractDataset", None) or core.AbstractDataSet
    methods = {"__init__": _keep, "_describe": _describe, "_type": path}
    methods.update(dict.fromkeys(("load", "_load"), _load), **dict.fromkeys(("save", "_save"), _save))
    return type(path.rpartition(".")[2], (base,), methods)


def _keep(self, **settings):
    self._settings = settings


def _describe(self):
    return self._settings


def _load(self, *args):
    notes.add(self._type, "loads a dataset of it", through_libraries=True)
    return Stub(f"{self._type}.load()")


def _save(self, *args):
    pass


_REQUIRED = object()
# Names of the models of pydantic that were instantiated, in order.
_made = {}


def models_made():
    """Module and name of the models of pydantic that were instantiated; clears the list."""
    names = list(_made)
    _made.clear()
    return names


class FieldInfo:
    """The settings of one field of pydantic, as `Field(...)` creates them."""

    def __init__(self, default=_REQUIRED, *, default_factory=None, alias=None, **described):
        self.default = _REQUIRED if default is ... else default
        self.default_factory = default_factory
        self.alias = alias

    def value(self):
        return self.default_factory() if self.default_factory is not None else self.default


class BaseModel(StubBase):
    """A model of pydantic whose fields hold the given values or their defaults, without validation: what Kedro's typed
    parameters need.
    """

    def __init__(self, **values):
        _made[f"{type(self).__module__}.{type(self).__qualname__}"] = True
        for name, info in _model_fields(type(self)).items():
            value = values[name] if name in values else values.get(info.alias, info.value())
            if value is not _REQUIRED:
                vars(self)[name] = _nested(_hints(type(self)).get(name), value)

    @property
    def model_fields(self):
        return {name: info for name, info in _model_fields(type(self)).items() if name in vars(self)}

    @classmethod
    def model_validate(cls, value, **settings):
        return value if isinstance(value, cls) or not isinstance(value, dict) else cls(**value)

    def model_dump(self, **settings):
        return {name: _dumped(vars(self)[name]) for name in self.model_fields}

    # The names in pydantic 1.
    parse_obj, dict = model_validate, model_dump

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None


def _dumped(value):
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, dict):
        return {key: _dumped(each) for key, each in value.items()}
    return [_dumped(each) for each in value] if isinstance(value, list) else value


def _model_fields(model):
    found = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, BaseModel) or each is BaseModel:
            continue
        for name in _own_annotations(each):
            if not name.startswith("_") and name != "model_config":
                default = vars(each).get(name, _REQUIRED)
                found[name] = default if isinstance(default, FieldInfo) else FieldInfo(default)
    return found


def _own_annotations(model):
    import annotationlib

    return annotationlib.get_annotations(model, format=annotationlib.Format.FORWARDREF)


def _hints(model):
    try:
        return typing.get_type_hints(model)
    except Exception:  # noqa: BLE001 (annotations may name anything)
        return {}


def _nested(hint, value):
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
            return kind(**value)
    return value


def _dataclass(made=None, **settings):
    known = {name: value for name, value in settings.items() if name in ("frozen", "kw_only", "order", "slots")}
    return dataclasses.dataclass(**known) if made is None else dataclasses.dataclass(made)


_YES = ("y", "yes", "t", "true", "on", "1")
_NO = ("n", "no", "f", "false", "off", "0")


def _strtobool(text):
    """`distutils.util.strtobool`, which was removed in Python 3.12."""
    if text.lower() in _YES:
        return 1
    if text.lower() in _NO:
        return 0
    raise ValueError(f"invalid truth value {text.lower()!r}")


def _get_ipython():
    """IPython's answer outside a notebook."""
    return None


class _Progress:
    """A tqdm progress bar that shows nothing and yields the items."""

    pandas = write = set_lock = staticmethod(lambda *args, **settings: None)
    get_lock = staticmethod(threading.RLock)

    def __init__(self, iterable=(), *args, **settings):
        self.iterable = iterable

    def __iter__(self):
        return iter(self.iterable)

    def __len__(self):
        return len(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **settings: None


def _progress_range(*args, **settings):
    return _Progress(range(*args))


class _Zone(zoneinfo.ZoneInfo):
    """A time zone with the interface of pytz."""

    zone = property(lambda self: self.key)

    def localize(self, when, is_dst=False):
        return when.replace(tzinfo=self)

    def normalize(self, when):
        return when.astimezone(self)


_DISTRIBUTED = "__kedro_azureml_distributed_config__"


class Framework(StrEnum):
    """The distributed frameworks that Azure ML supports."""

    PyTorch = "PyTorch"
    TensorFlow = "TensorFlow"
    MPI = "MPI"


@dataclasses.dataclass
class DistributedNodeConfig:
    """How a node is distributed over machines."""

    framework: Framework
    num_nodes: str | int
    processes_per_node: str | int | None = None


def distributed_job(framework, num_nodes, **settings):
    """Records on a node's function how to distribute it over machines."""

    def decorate(func):
        setattr(func, _DISTRIBUTED, DistributedNodeConfig(framework, num_nodes, **settings))

        @functools.wraps(func)
        def spread(*args, **kwargs):
            return func(*args, **kwargs)

        return spread

    return decorate


def _alone(*args, **kwargs):
    return False


def _pipeline_ml_factory(training, inference, input_name=None, kpm_kwargs=None, log_model_kwargs=None, **others):
    """The training pipeline, with the attributes that kedro-mlflow's own adds."""
    from kedro.pipeline import Pipeline

    made = Pipeline(training.nodes)
    made.training, made.inference, made.input_name = training, inference, input_name
    return made


_CONFIG = {"Framework": Framework, "DistributedNodeConfig": DistributedNodeConfig}
_DECORATORS = {"distributed_job": distributed_job}
_UTILS = {
    "is_distributed_environment": _alone,
    "is_distributed_master_node": lambda: True,
    "mpi_rank": lambda: 0,
}
_BARS = {"tqdm": _Progress, "trange": _progress_range, "tqdm_notebook": _Progress}
_CONTENTS = {
    "distutils.util": {"strtobool": _strtobool},
    "IPython": {"get_ipython": _get_ipython},
    "IPython.core.getipython": {"get_ipython": _get_ipython},
    "pytz": {"timezone": _Zone, "utc": datetime.UTC, "UTC": datetime.UTC},
    **dict.fromkeys(("tqdm", "tqdm.auto", "tqdm.autonotebook", "tqdm.notebook", "tqdm.std"), _BARS),
    "pydantic": {"BaseModel": BaseModel, "Field": FieldInfo, "ConfigDict": dict},
    "pydantic.fields": {"Field": FieldInfo, "FieldInfo": FieldInfo},
    "pydantic.main": {"BaseModel": BaseModel},
    "pydantic.dataclasses": {"dataclass": _dataclass},
    "kedro_azureml_pipeline.distributed": {**_CONFIG, **_DECORATORS, **_UTILS},
    "kedro_azureml_pipeline.distributed.config": _CONFIG,
    "kedro_azureml_pipeline.distributed.decorators": _DECORATORS,
    "kedro_azureml_pipeline.distributed.utils": _UTILS,
    "kedro_mlflow.pipeline": {"pipeline_ml_factory": _pipeline_ml_factory},
    "kedro_mlflow.pipeline.pipeline_ml_factory": {"pipeline_ml_factory": _pipeline_ml_factory},
}


def contents(module):
    """The names of a missing module that are known; empty if there are none."""
    return _CONTENTS.get(module, {})
