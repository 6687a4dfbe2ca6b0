"""A layer's configuration as parameters of the catalogue: what differs from the defaults, in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.layers import LayerType
from workbench.layers.params import Choice, Either, KerasObject, Kind, Optional

OF_THE_NODE = frozenset({"name", "trainable", "dtype"})


class NotOurs(ValueError):
    """A configuration that the catalogue's entry cannot hold: the layer stays opaque."""


def catalogue_params(kind: LayerType, config: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that differ from the defaults. Raises NotOurs where something would be lost."""
    params: dict[str, Any] = {}
    for name, value in config.items():
        if name in OF_THE_NODE:
            continue
        if name not in kind.by_name:
            if value is None or value is False:
                continue  # an option that is off
            raise NotOurs(f"{kind.label} has no parameter {name}")
        param = kind.by_name[name]
        known = _simplest(param.kind, value)
        if not _is_default(param, known):
            params[name] = known
    policy = policy_name(config.get("dtype"))
    if policy not in (None, "float32") and "dtype" in kind.by_name:
        params["dtype"] = policy
    problems = kind.param_problems(params)
    if problems:
        raise NotOurs(problems[0][1])
    return params


def policy_name(dtype: Any) -> str | None:
    """`float32`, `mixed_float16` and so on, from a name or a serialised policy."""
    if isinstance(dtype, Mapping):
        config = dtype.get("config")
        return str(config["name"]) if isinstance(config, Mapping) and "name" in config else None
    return None if dtype is None else str(dtype)


def _is_default(param: Any, value: Any) -> bool:
    if param.required:
        return False
    if param.default is None and value == "channels_last" and param.name == "data_format":
        return True
    if param.default is None and value == "linear":
        return True
    return bool(value == param.default and isinstance(value, bool) == isinstance(param.default, bool))


def _simplest(kind: Kind, value: Any) -> Any:
    """A serialised object as its name where that says everything; one size for equal ones stays as it is."""
    names = _names(kind)
    if isinstance(value, Mapping) and "class_name" in value:
        return _object(names, value)
    if isinstance(value, str) and names and value not in names:
        snake = snake_case(value)
        return snake if snake in names else value
    if isinstance(kind, Choice) or not isinstance(value, list):
        return value
    return [_simplest(kind, item) if isinstance(item, Mapping) else item for item in value]


def _object(names: tuple[str, ...], value: Mapping[str, Any]) -> Any:
    class_name, config = str(value["class_name"]), value.get("config")
    snake = snake_case(class_name)
    if class_name == "function" and isinstance(config, str) and config in names:
        return config
    if snake in names and (not config or all(item is None for item in _plain(config).values())):
        return snake
    return {key: value[key] for key in ("module", "class_name", "config", "registered_name") if key in value}


def _plain(config: Any) -> Mapping[str, Any]:
    return config if isinstance(config, Mapping) else {}


def _names(kind: Kind) -> tuple[str, ...]:
    if isinstance(kind, Optional):
        return _names(kind.kind)
    if isinstance(kind, Either):
        return tuple(name for each in kind.kinds for name in _names(each))
    return kind.names if isinstance(kind, KerasObject) else ()


def snake_case(name: str) -> str:
    """As Keras names what belongs to a class: `Conv2DTranspose` is `conv2d_transpose`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
