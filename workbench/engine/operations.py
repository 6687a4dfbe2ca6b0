"""Functions of `keras.ops` in a functional model."""

from typing import Any

import keras

from workbench.analysis import Primitive
from workbench.engine.errors import JobError
from workbench.layers.operations import PREFIX, TENSOR, filled


def apply_operation(primitive: Primitive, tensors: list[Any]) -> Any:
    """What the function makes of its tensors and constants. The name comes from the catalogue, never from a file."""
    name = primitive.kind.key.removeprefix(PREFIX)
    params = primitive.kind.full_params(primitive.node.params)
    args = params["args"] if params["args"] is not None else [{TENSOR: index} for index in range(len(tensors))]
    try:
        positional, named = filled(_plain(args), tensors), filled(_plain(params["kwargs"] or {}), tensors)
    except IndexError:
        message = f"{primitive.name} takes more tensors than are wired to it."
        raise JobError(message, "Connect the missing one.") from None
    if name == "get_item":
        value, key = positional
        result = value[tuple(key) if isinstance(key, list) else key]
    else:
        result = getattr(keras.ops, name)(*positional, **named)
    return _named(result, primitive.name)


def _named(result: Any, name: str) -> Any:
    """Calls the operation what its node is called: Keras's own counting may meet the name of a layer."""
    for tensor in keras.tree.flatten(result):
        tensor._keras_history.operation.name = name
    return result


def _plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
