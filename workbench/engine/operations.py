"""Functions of `keras.ops` in a functional model."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import keras

from workbench.analysis import Primitive
from workbench.engine.errors import JobError
from workbench.layers.operations import ARRAYS, ELLIPSIS, PREFIX, TENSOR, filled


def apply_operation(primitive: Primitive, tensors: list[Any]) -> Any:
    """What the function makes of its tensors and constants. Raises JobError where a wire is missing."""
    try:
        result = call_operation(primitive.kind.key, primitive.kind.full_params(primitive.node.params), tensors)
    except IndexError:
        message = f"{primitive.name} takes more tensors than are wired to it."
        raise JobError(message, "Connect the missing one.") from None
    return _named(result, primitive.name)


def _named(result: Any, name: str) -> Any:
    """Calls the operation what its node is called: Keras's own counting may meet the name of a layer."""
    for tensor in keras.tree.flatten(result):
        tensor._keras_history.operation.name = name
    return result


def call_operation(key: str, params: Mapping[str, Any], tensors: list[Any]) -> Any:
    """The operation of a catalogue's key with the arguments in its parameters. Raises IndexError without a tensor.

    The name comes from the catalogue, never from a file.
    """
    name = key.removeprefix(PREFIX)
    args = params["args"] if params["args"] is not None else [{TENSOR: index} for index in range(len(tensors))]
    positional: list[Any] = filled(_plain(args), tensors)
    named: dict[str, Any] = filled(_plain(params["kwargs"] or {}), tensors)
    if name == "get_item":
        value, at = (*positional, *named.values())
        return value[tuple(at) if isinstance(at, list) else at]
    function = reduce(getattr, name.split("."), keras.ops)
    return function(*positional, **named)


def _plain(value: Any) -> Any:
    """Keras looks for dictionaries and lists; constants that it saved as records are what they stand for."""
    if hasattr(value, "items"):
        return _constant(value) if "class_name" in value else {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _constant(record: Mapping[str, Any]) -> Any:
    config = record.get("config") or {}
    if record["class_name"] == ELLIPSIS:
        return ...
    if record["class_name"] in ARRAYS:
        return keras.ops.array(_plain(config["value"]), dtype=config["dtype"])
    return {key: _plain(item) for key, item in record.items()}
