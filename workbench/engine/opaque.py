"""Layers without rules of ours, made by Keras from what it saved of them, but never from what could run code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import keras

from workbench.engine.errors import JobError

LAYERS = "keras.layers"
PARTS = (
    "activations",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "models",
    "quantizers",
    "regularizers",
)
APPLICATIONS = "keras.src.applications."
"""Where Keras keeps the few layers that its own published networks need and nothing else does."""
MODULES = frozenset(("keras", "builtins", None, *(f"keras.{part}" for part in PARTS)))
"""Where the parts of a configuration may come from."""
_APPLICATIONS = ("convnext", "inception_resnet_v2")
RUN_CODE = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "__lambda__")
READ_FILES = ("StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup")
"""Their vocabularies may be paths."""


def opaque_layer(name: str, params: Mapping[str, Any]) -> keras.layers.Layer:
    """The layer that `class_name`, `module` and `config` tell of, under another name.

    Only layers that Keras itself publishes are made, in its safe mode. Raises JobError naming what is refused.
    """
    class_name, module = params["class_name"], params["module"]
    layer_class = _layer_class(class_name, module)
    if layer_class is None or params["registered_name"] not in (None, class_name):
        raise JobError(
            f"{name} is of the class {module}.{class_name}, which is no layer of Keras.",
            "Put a layer in its place that computes the same: one of the catalogue, or of a plugin (docs/plugins.md).",
        )
    refuse_unsafe(name, {"module": LAYERS, "class_name": class_name, "config": params["config"]})
    record = {"module": module, "class_name": class_name, "config": {**_plain(params["config"]), "name": name}}
    made = keras.saving.deserialize_keras_object({**record, "registered_name": None}, safe_mode=True)
    if type(made) is not layer_class:
        raise JobError(f"{name} is no {class_name} as Keras understands its configuration.")
    return made


def _layer_class(class_name: str, module: str) -> type | None:
    """The class where Keras itself publishes it, or keeps it for its applications."""
    found = None
    if module == LAYERS:
        found = getattr(keras.layers, class_name, None)
    elif module.removeprefix(APPLICATIONS) in _APPLICATIONS:
        found = getattr(import_module(module), class_name, None)
    return found if isinstance(found, type) and issubclass(found, keras.layers.Layer) else None


def refuse_unsafe(name: str, value: Any) -> None:
    """Raises JobError for a configuration with a class or function that is no part of Keras, or may run code."""
    for part in _classes(value):
        _refuse_unsafe(name, part)


def _classes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every record of a class or function in a configuration."""
    if isinstance(value, Mapping):
        if "class_name" in value:
            yield value
        for inner in value.values():
            yield from _classes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _classes(inner)


def _refuse_unsafe(name: str, record: Mapping[str, Any]) -> None:
    class_name, module = record["class_name"], record.get("module")
    if class_name in RUN_CODE:
        raise JobError(f"{name} holds a {class_name}, which may run any code; it is not built.")
    if class_name in READ_FILES:
        raise JobError(f"{name} holds a {class_name}, which may read any file; it is not built.")
    if not isinstance(class_name, str) or module not in MODULES:
        raise JobError(f"{name} holds a {module}.{class_name}, which is no part of Keras; it is not built.")


def _plain(value: Any) -> Any:
    """Keras looks for dictionaries and lists, not for what only behaves like them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
