"""Keras classes of plugins: found, registered so that saved models load again, and compared with the plugin's rules."""

import traceback
from collections.abc import Sequence
from typing import Any

import keras

from workbench.analysis import Primitive
from workbench.engine.errors import JobError, first_line
from workbench.layers import plugin_of
from workbench.plugins import SHELF


def layer_class(name: str, key: str) -> Any:
    """The class for a plugin's layer type, registered as `plugin>type`. Raises JobError for a plugin that fails."""
    try:
        return _registered(key, SHELF.keras_layer(key))
    except (Exception, SystemExit) as error:  # whatever a plugin does
        message = f"{name} cannot be built: the plugin of {key} does not work: {first_line(error)}"
        raise JobError(message, "See workbench plugins.", traceback.format_exc()) from error


def _registered(key: str, found: type[keras.layers.Layer]) -> type[keras.layers.Layer]:
    package, name = plugin_of(key), key.rpartition("/")[2]
    if keras.saving.get_registered_object(f"{package}>{name}") is not found:
        keras.saving.register_keras_serializable(package, name)(found)
    return found


def register_layers() -> None:
    """Registers the layers of every plugin that is on: a saved model may hold any of them. A broken one is left out."""
    SHELF.look()
    for plugin in SHELF.plugins:
        for key in plugin.layer_keys if plugin.usable else ():
            try:
                _registered(key, plugin.keras_layer(key))
            except (Exception, SystemExit):  # the model may not need it; loading it says which class is missing
                continue


def compare_with_rules(
    primitive: Primitive, owner: Primitive, layer: keras.layers.Layer, outputs: Sequence[Any]
) -> None:
    """Raises JobError where the rules of a plugin's layer give other weights or shapes than Keras does.

    `owner` is the primitive whose layer and weights `primitive` applies.
    """
    if not plugin_of(primitive.kind.key):
        return
    told = [_sizes(weight.shape) for weight in owner.report.weights]
    made = [_sizes(weight.shape) for weight in layer.weights]
    if told != made:
        raise _disagreement(primitive, "weights", told, made)
    specs = [_sizes((None, *spec.shape)) for spec in primitive.report.outputs.values()]
    shapes = [_sizes(output.shape) for output in outputs]
    if not all(map(_agree, specs, shapes)):
        raise _disagreement(primitive, "outputs", specs, shapes)


Sizes = tuple[int | None, ...]


def _sizes(shape: Any) -> Sizes:
    return tuple(None if size is None else int(size) for size in shape)


def _agree(told: Sizes, made: Sizes) -> bool:
    """Sizes that one of the two does not know agree with any."""
    known = zip(told, made, strict=False)
    return len(told) == len(made) and all(a == b or None in (a, b) for a, b in known)


def _disagreement(primitive: Primitive, what: str, told: list[Sizes], made: list[Sizes]) -> JobError:
    plugin, rule = plugin_of(primitive.kind.key), "weights" if what == "weights" else "shape"
    return JobError(
        f"{primitive.name} cannot be built: the rule {rule} of {primitive.kind.label} (plugin {plugin}) gives {what} "
        f"of {_listed(told)}. Keras makes {_listed(made)}",
        f"Report it to the author of the plugin; workbench plugins --check {plugin} compares all its layers.",
    )


def _listed(shapes: list[Sizes]) -> str:
    return ", ".join(map(_words, shapes)) or "none"


def _words(sizes: Sizes) -> str:
    return "x".join("?" if size is None else str(size) for size in sizes) or "scalar"
