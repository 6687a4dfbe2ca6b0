"""What a layer makes of its inputs, according to Keras and according to the catalogue, in one comparable value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from workbench.analysis.infer import Inference
from workbench.analysis.plan import make_site
from workbench.analysis.receptive_field import WHOLE
from workbench.graph import Node, NodeId, Wire
from workbench.layers import CATALOGUE, FLOATS, LayerType, Shape, TensorSpec
from workbench.layers.primitives import PRIMITIVES

NOT_IN_NETWORKS = {"Equalization"}
"""Keras itself sees a cycle where a functional model holds it; the catalogue refuses it."""
KERAS_TYPES = [
    layer
    for layer in PRIMITIVES
    if isinstance(layer, LayerType)
    and layer.key.startswith(("keras.layers.", "input"))
    and layer.label not in NOT_IN_NETWORKS
]
"""Every type that is one Keras layer, and the input."""
REFUSALS = (ValueError, TypeError, LookupError, ArithmeticError, NotImplementedError)
"""How Keras refuses; its backend has errors of its own besides."""
UNKNOWN_SIZE = 17
"""What an unknown size becomes where Keras is called on real values."""


@dataclass(frozen=True)
class Outcome:
    """`weights`: (name, shape, trainable, dtype) in the order of the layer's variables."""

    shape: Shape
    dtype: str
    weights: tuple[tuple[str, tuple[int, ...], bool, str], ...]
    params: int


@dataclass(frozen=True)
class Refused:
    """No output: the input or the parameters do not fit. Why is for people, not for the comparison."""

    why: str = field(default="", compare=False)


def by_port(layer: LayerType, inputs: Sequence[TensorSpec]) -> dict[str, tuple[TensorSpec, ...]]:
    """Inputs dealt to the ports in order: a variadic port takes all that are left, an optional one may stay empty."""
    dealt: dict[str, tuple[TensorSpec, ...]] = {}
    left = list(inputs)
    for port in layer.inputs:
        count = len(left) if port.variadic else 1
        dealt[port.name], left = tuple(left[:count]), left[count:]
    return dealt


def catalogue_outcome(layer: LayerType, params: dict[str, Any], inputs: Sequence[TensorSpec]) -> Outcome | Refused:
    """Shape, dtype and weights by the catalogue's rules."""
    problems = layer.param_problems(params)
    if problems:
        return Refused(str(problems))
    node, source = NodeId("a"), NodeId("source")
    wires = [
        Wire(source, node, target_port=port, order=order)
        for port, specs in by_port(layer, inputs).items()
        for order in range(len(specs))
    ]
    site = make_site(Node(node, layer.key, "a", params), layer, wires, "float32")
    report, found = Inference(CATALOGUE, "float32").infer(site, tuple(inputs), (WHOLE,) * len(inputs))
    if found:
        return Refused(found[0].message)
    (output,) = report.outputs.values()
    weights = tuple((w.name, w.shape, w.trainable, w.dtype) for w in report.weights)
    return Outcome(output.shape, output.dtype, weights, report.params)


def keras_arguments(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as Keras's constructors take them: lists are tuples, all the way down."""
    return {name: _tuples(value) for name, value in params.items()}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def keras_outcome(
    keras: ModuleType, layer: LayerType, params: dict[str, Any], inputs: Sequence[TensorSpec]
) -> Outcome | Refused:
    """Shape, dtype and weights of the real layer, symbolic and (where the CPU can) on values of ones."""
    from tensorflow import errors

    if kills_tensorflow(layer, params, inputs):
        return Refused("the process dies")
    try:
        if not layer.inputs:
            built = keras.Input(**keras_arguments(params))
            return Outcome(built.shape[1:], built.dtype, (), 0)
        real = getattr(keras.layers, layer.label)(**keras_arguments(params))
        output = called(real, layer, [keras.Input(spec.shape, dtype=spec.dtype) for spec in inputs])
        dtype = output.dtype
        if can_try_on_values(layer, params, inputs):
            dtype = _call_on_values(real, layer, inputs, output)
    except (*REFUSALS, errors.OpError) as error:
        return Refused(f"{type(error).__name__}: {error}")
    return Outcome(output.shape[1:], dtype, weights_of(real), real.count_params())


def weights_of(real: Any) -> tuple[tuple[str, tuple[int, ...], bool, str], ...]:
    """Name, shape, whether it is trained, and dtype of each weight of a real layer."""
    weights = [variable for variable in real.variables if "seed" not in variable.path]
    return tuple((_name_in(real, w), tuple(w.shape), w.trainable, str(w.dtype)) for w in weights)


def _name_in(layer: Any, weight: Any) -> str:
    """The name of a weight with those of the layers within its layer."""
    path = str(weight.path)
    return path.removeprefix(f"{layer.name}/") if path.startswith(f"{layer.name}/") else str(weight.name)


def called(real: Any, layer: LayerType, values: list[Any]) -> Any:
    """The real layer applied to what its ports get, in their order."""
    if layer.takes_list or layer.inputs[0].variadic:
        return real(values)
    if len(layer.inputs) == 1:
        return real(values[0])
    return real(**dict(zip((port.name for port in layer.inputs), values, strict=False)))


def kills_tensorflow(layer: LayerType, params: dict[str, Any], inputs: Sequence[TensorSpec]) -> bool:
    """Adaptive maxima to 1 or of 1 divide by zero in TensorFlow's own code; a test of its own shows it."""
    wanted = params.get("output_size", 0)
    return layer.label.startswith("AdaptiveMax") and 1 in (
        *(wanted if isinstance(wanted, list) else [wanted]),
        *(inputs[0].shape[1:] if params.get("data_format") == "channels_first" else inputs[0].shape[:-1]),
    )


def can_try_on_values(layer: LayerType, params: dict[str, Any], inputs: Sequence[TensorSpec]) -> bool:
    """False for channels first, which needs a GPU, and where unknown sizes may not fit what is asked for."""
    any_size_fits = len(inputs) == 1 and not layer.label.startswith(("Reshape", "Cropping"))
    known = any_size_fits or all(None not in spec.shape for spec in inputs)
    # Images too small for CenterCrop come back in float32 whatever was promised.
    # Outside a network Keras cannot pad whole numbers; within one it can.
    pads = bool(params.get("pad_to_aspect_ratio")) and any(spec.dtype not in FLOATS for spec in inputs)
    return known and not pads and layer.label != "CenterCrop" and params.get("data_format") != "channels_first"


def _call_on_values(real: Any, layer: LayerType, inputs: Sequence[TensorSpec], output: Any) -> str:
    """The dtype of what really comes out. Symbolic calls pass that fail on values: only what runs counts."""
    from tensorflow import errors

    values = [np.ones([1, *(size or UNKNOWN_SIZE for size in spec.shape)], spec.dtype) for spec in inputs]
    try:
        result = called(real, layer, values)
    except (errors.NotFoundError, errors.InvalidArgumentError) as error:
        only_a_gpu = isinstance(error, errors.NotFoundError) or "Current CPU implementations" in str(error)
        if output.dtype == "float32" or not only_a_gpu:
            raise
        return str(output.dtype)  # a precision that only a GPU computes
    if result.shape[0] != 1:
        raise ValueError("changes the number of samples")
    if len(result.shape) != len(output.shape):
        raise ValueError("gives another number of axes than promised")
    for told, seen in zip(output.shape[1:], result.shape[1:], strict=True):
        if told not in (None, seen):
            raise ValueError(f"Keras said {output.shape} and gave {result.shape}")
    return str(result.dtype.name)
