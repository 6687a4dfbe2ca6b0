"""A model's configuration as layers with calls, whichever version of Keras wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from workbench.importing.older_calls import OPERATIONS, REFUSED, modern_calls
from workbench.importing.older_forms import modern
from workbench.layers import CATALOGUE
from workbench.layers.operations import operation_key

MODELS = ("Functional", "Sequential", "Model")
"""Classes whose configuration is a network itself; Keras 2 called a functional model `Model`."""
LAYERS = "keras.layers"
_LAYER_MODULES = ("keras.src.layers.", "keras.src.engine.", f"{LAYERS}.")
"""Where versions of Keras keep the layers that they publish in `keras.layers`."""


class Tensor(NamedTuple):
    """An output of a layer: which layer, which of its calls, which output; its shape without batch where told."""

    layer: str
    call: int
    output: int
    shape: tuple[int | None, ...] | None = None
    dtype: str = "float32"


@dataclass(frozen=True)
class LayerCall:
    """One application of a layer. Tensors stand in `args` and `kwargs` as `Tensor` values, within lists too."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerRecord:
    """A layer, model or operation as its file tells of it."""

    name: str
    class_name: str
    module: str
    config: Mapping[str, Any]
    calls: tuple[LayerCall, ...]
    registered_name: str | None = None
    refused: str = ""
    """Why it is nothing that Keras 3 has, where its kind is known."""
    shared_id: int | None = None
    """What Keras 3 calls one object that stands in several places of a file."""

    @property
    def is_model(self) -> bool:
        """Whether it is a network in the network."""
        return self.class_name in MODELS and "layers" in self.config

    @property
    def is_operation(self) -> bool:
        """Whether it is a function of `keras.ops` and not a layer."""
        return self.module.startswith(OPERATIONS)


@dataclass(frozen=True)
class NetworkRecord:
    """Layers in Keras's order with the tensors that enter and leave; each end by its place in a nested structure."""

    name: str
    layers: tuple[LayerRecord, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    trainable: bool = True


class BadConfig(ValueError):
    """A configuration that is no network; `place` is where in it."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def network_record(model: Mapping[str, Any]) -> NetworkRecord:
    """The network that a serialised model describes. Raises BadConfig."""
    class_name, config = model.get("class_name"), model.get("config")
    if isinstance(config, list):  # Sequential of Keras before 2.2.3
        config = {"name": "sequential", "layers": config}
    if not isinstance(config, Mapping) or not isinstance(config.get("layers"), list):
        raise BadConfig(
            f"Expected a functional or sequential model. Received: {class_name}, "
            "a class of its own, whose code the file does not hold"
        )
    try:
        return _sequential(config) if class_name == "Sequential" else _functional(config)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadConfig(
            f"Expected a model's layers. Received: something else ({type(error).__name__}: {error})"
        ) from None


def _layer(record: Mapping[str, Any], calls: tuple[LayerCall, ...] = ()) -> LayerRecord:
    config = record["config"]
    if isinstance(config, list):
        config = {"name": record.get("name", "sequential"), "layers": config}
    class_name, changed = modern(str(record["class_name"]), config)
    registered = record.get("registered_name")
    return LayerRecord(
        name=str(record.get("name") or config["name"]),
        class_name=class_name,
        module=_module(record, config),
        config=changed,
        calls=calls,
        registered_name=None if registered in (record["class_name"], class_name) else registered,
        refused=str(record.get(REFUSED, "")),
        shared_id=record.get("shared_object_id"),
    )


def _module(record: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Where Keras finds the class. HDF5 files do not say: there, what has no `trainable` is an operation."""
    told = record.get("module")
    if told is not None:
        own = str(told).removeprefix("tf_")
        return LAYERS if own.startswith(_LAYER_MODULES) else own
    return OPERATIONS if _is_operation(str(record["class_name"]), config) else LAYERS


def _is_operation(class_name: str, config: Mapping[str, Any]) -> bool:
    """Not every layer writes whether it learns, and some operations have the names of layers, or a dtype."""
    if "trainable" in config or "layers" in config or class_name == "InputLayer":
        return False
    if operation_key(class_name) in CATALOGUE:
        return True
    return f"{LAYERS}.{class_name}" not in CATALOGUE and "dtype" not in config


def _functional(config: Mapping[str, Any]) -> NetworkRecord:
    config = modern_calls(config)
    layers = tuple(_layer(record, tuple(map(_call, record["inbound_nodes"]))) for record in config["layers"])
    return NetworkRecord(
        str(config.get("name", "model")),
        layers,
        tuple(_ends(config["input_layers"])),
        tuple(_last_known(tensor, layers) for tensor in _ends(config["output_layers"])),
        config.get("trainable", True) is not False,
    )


def _call(record: Any) -> LayerCall:
    return LayerCall(tuple(map(_argument, record["args"])), {k: _argument(v) for k, v in record["kwargs"].items()})


def _argument(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            told = value["config"]
            layer, call, output = told["keras_history"]
            place = str(layer), int(call), int(output)
            return Tensor(*place, tuple(told["shape"][1:]), str(told["dtype"])) if "shape" in told else Tensor(*place)
        return {key: _argument(item) for key, item in value.items()}
    return [_argument(item) for item in value] if isinstance(value, list) else value


def _ends(value: Any) -> Iterator[Tensor]:
    """The inputs or outputs of a functional model: [layer, call, output], alone, in lists or in a mapping."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _ends(item)
    elif isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], int):
        yield Tensor(value[0], value[1], int(value[2]))
    else:
        for item in value:
            yield from _ends(item)


def _last_known(tensor: Tensor, layers: Sequence[LayerRecord]) -> Tensor:
    """Keras 3 counts the calls of a network before it was put into this one where an output names it."""
    calls = next((len(layer.calls) for layer in layers if layer.name == tensor.layer), 0)
    return tensor._replace(call=min(tensor.call, max(calls - 1, 0)))


def _sequential(config: Mapping[str, Any]) -> NetworkRecord:
    layers: list[LayerRecord] = []
    for record in config["layers"]:
        layer = _layer(record)
        if not layers and layer.class_name != "InputLayer":
            layers.append(_first_input(config, record["config"]))
        calls = (LayerCall((Tensor(layers[-1].name, 0, 0),)),) if layers else ()
        layers.append(replace(layer, calls=calls))
    if not layers:
        raise BadConfig("Expected a sequential model with layers. Received: none")
    first, last = Tensor(layers[0].name, 0, 0), Tensor(layers[-1].name, 0, 0)
    name = str(config.get("name", "sequential"))
    return NetworkRecord(name, tuple(layers), (first,), (last,), config.get("trainable", True) is not False)


def _first_input(config: Mapping[str, Any], first: Any) -> LayerRecord:
    """A sequential model may tell its input's shape in its first layer, or not at all before it is built."""
    told = first if isinstance(first, Mapping) else {}
    shape = told.get("batch_input_shape") or told.get("batch_shape") or config.get("build_input_shape")
    if shape is None and told.get("layers"):  # a model in front
        inner = network_record({"class_name": "Sequential", "config": told})
        shape = inner.layers[0].config.get("batch_shape")
    if shape is None:
        raise BadConfig("Expected a sequential model whose input shape is known. Received: one that was never built")
    return LayerRecord("input", "InputLayer", "keras.layers", {"name": "input", "batch_shape": list(shape)}, ())


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Every tensor in a call's argument, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from tensors_in(item)
