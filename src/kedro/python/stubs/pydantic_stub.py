"""Stub for pydantic, as far as Kedro's typed parameters need it: fields and defaults, without validation."""

import dataclasses
import types
import typing

from .stub_values import StubBase

_REQUIRED = object()
# Names of the models that were instantiated, in order.
_made = {}


def made():
    """Module and name of the models that were instantiated; clears the list."""
    names = list(_made)
    _made.clear()
    return names


class FieldInfo:
    """The settings of one field, as `Field(...)` creates them."""

    def __init__(self, default=_REQUIRED, *, default_factory=None, alias=None, **described):
        self.default = _REQUIRED if default is ... else default
        self.default_factory = default_factory
        self.alias = alias

    def value(self):
        return self.default_factory() if self.default_factory is not None else self.default


class BaseModel(StubBase):
    """A model whose fields hold the given values or their defaults."""

    def __init__(self, **values):
        _made[f"{type(self).__module__}.{type(self).__qualname__}"] = True
        for name, info in _fields(type(self)).items():
            value = values[name] if name in values else values.get(info.alias, info.value())
            if value is not _REQUIRED:
                vars(self)[name] = _nested(_hints(type(self)).get(name), value)

    @property
    def model_fields(self):
        return {name: info for name, info in _fields(type(self)).items() if name in vars(self)}

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


def _fields(model):
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


def contents(module):
    """The names in a module of pydantic; empty for any other module."""
    return {
        "pydantic": {"BaseModel": BaseModel, "Field": FieldInfo, "ConfigDict": dict},
        "pydantic.fields": {"Field": FieldInfo, "FieldInfo": FieldInfo},
        "pydantic.main": {"BaseModel": BaseModel},
        "pydantic.dataclasses": {"dataclass": _dataclass},
    }.get(module, {})


def _dataclass(made=None, **settings):
    known = {name: value for name, value in settings.items() if name in ("frozen", "kw_only", "order", "slots")}
    return dataclasses.dataclass(**known) if made is None else dataclasses.dataclass(made)
