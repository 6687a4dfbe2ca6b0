"""What the backward pass reads again: for each layer its input, its output, or values it made on the way.

Found in TensorFlow's gradient functions, layer by layer; XLA and other frameworks keep other things. A tensor that
nothing reads again (one that is only added, joined, padded, reshaped or averaged) is freed in the forward pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.layers import Category


class Kept(NamedTuple):
    """What one layer keeps; `made` counts tensors of the output's size that are neither input nor output."""

    input: bool = False
    output: bool = False
    made: float = 0


_NOTHING = Kept()
_INPUT = Kept(input=True)
_OUTPUT = Kept(output=True)
_MASK = Kept(made=0.25)  # a byte for each value of four

_BY_CATEGORY: Mapping[Category, Kept] = {
    Category.CONVOLUTION: _INPUT,  # for the gradient of the kernel
    Category.CORE: _INPUT,
    Category.NORMALISATION: _INPUT,
    Category.ATTENTION: Kept(input=True, made=3),  # query, key and value; what is left out is quadratic in positions
    Category.REGULARISATION: _MASK,
    Category.OPAQUE: Kept(input=True, output=True),  # not known: as much as is usual
}
_BY_LABEL: Mapping[str, Kept] = {
    "Multiply": _INPUT,
    "Dot": _INPUT,
    "Maximum": _MASK,
    "Minimum": _MASK,
    "ReLU": _OUTPUT,
    "ELU": _OUTPUT,
    "Softmax": _OUTPUT,
    "LeakyReLU": _INPUT,
    "PReLU": Kept(made=2),  # both halves
    "LayerNormalization": Kept(input=True, made=1),
    "RMSNormalization": Kept(input=True, made=1),
    "Normalization": _NOTHING,  # nothing learns
    "GaussianNoise": _NOTHING,
    "ActivityRegularization": _INPUT,
    "Identity": _NOTHING,
    **{f"MaxPooling{rank}D": Kept(input=True, output=True) for rank in (1, 2, 3)},
    **{f"GlobalMaxPooling{rank}D": Kept(input=True, output=True) for rank in (1, 2, 3)},
    **{f"SeparableConv{rank}D": Kept(input=True, made=1) for rank in (1, 2)},  # between its two convolutions
}
_FUNCTIONS: Mapping[str, Kept] = {
    "linear": _NOTHING,
    "leaky_relu": _INPUT,
    "silu": _INPUT,  # its gradient works the sigmoid out again, so as not to keep it
    "swish": _INPUT,
    "gelu": Kept(made=3),
    "hard_silu": Kept(input=True, made=2),
    "hard_swish": Kept(input=True, made=2),
    "mish": Kept(input=True, made=2),
    "softplus": Kept(made=1),
}
"""Activation functions that do not read their output alone, as relu, sigmoid, tanh and softmax do."""


def kept_of(label: str, category: Category) -> Kept:
    """What a layer keeps, its activation function left out."""
    return _BY_LABEL.get(label) or _BY_CATEGORY.get(category, _NOTHING)


def kept_of_function(function: Any) -> Kept:
    """What an activation parameter keeps: a Keras name, a configuration or None for no function."""
    name = function.get("class_name") if isinstance(function, Mapping) else function
    return _NOTHING if name is None else _FUNCTIONS.get(str(name), _OUTPUT)
