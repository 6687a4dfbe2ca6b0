"""Functions of TensorFlow in models of Keras 2, as the operations of `keras.ops` that compute the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from workbench.layers import CATALOGUE
from workbench.layers.operations import operation_key

CLASSES = ("TFOpLambda", "SlicingOpLambda")
"""What Keras 2 makes of a call of TensorFlow on a tensor of a model."""
GRAPH_CLASS = "TensorFlowOpLayer"
"""What TensorFlow 2.0 to 2.3 make of it: a node of TensorFlow's own graph."""


class Function(NamedTuple):
    """An operation, and the names that TensorFlow and Keras give its arguments, in TensorFlow's order."""

    operation: str
    arguments: Mapping[str, str]
    fixed: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    """Arguments that Keras does not have, with the values for which both compute the same."""


def _unary(operation: str, argument: str = "x") -> Function:
    return Function(operation, {argument: "x"})


def _binary(operation: str) -> Function:
    return Function(operation, {"x": "x1", "y": "x2"})


def _reduction(operation: str) -> Function:
    return Function(operation, {"input_tensor": "x", "axis": "axis", "keepdims": "keepdims"})


_AXIS = {"axis": "axis"}
_LAST_CHANNELS = {"data_format": ("NHWC", "N...C")}
_COMPARISONS = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
_SAME_UNARY = (
    "abs", "ceil", "cos", "erf", "exp", "expm1", "floor", "log", "log1p", "negative", "reciprocal", "rint", "round",
    "rsqrt", "sigmoid", "sign", "sin", "softplus", "sqrt", "square", "tan", "tanh", "logical_not",
)  # fmt: skip
_SAME_BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "mod", "logical_and", "logical_or")
_RENAMED = {"abs": "absolute", "rint": "round"}

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        **{f"math.{name}": _unary(_RENAMED.get(name, name)) for name in _SAME_UNARY},
        **{f"math.{name}": _binary(name) for name in (*_SAME_BINARY, *_COMPARISONS)},
        **{f"__operators__.{name}": _binary(name) for name in ("add", "eq", "ne")},
        **{f"math.reduce_{name}": _reduction(name) for name in ("mean", "sum", "max", "min", "prod", "any", "all")},
        "math.reduce_std": _reduction("std"),
        "math.reduce_variance": _reduction("var"),
        "math.reduce_logsumexp": _reduction("logsumexp"),
        "math.truediv": _binary("true_divide"),
        "math.floordiv": _binary("floor_divide"),
        "math.floormod": _binary("mod"),
        "math.pow": _binary("power"),
        "math.argmax": Function("argmax", {"input": "x", **_AXIS}, {"output_type": ("int64",)}),
        "math.cumsum": Function("cumsum", {"x": "x", **_AXIS}, {"exclusive": (False,), "reverse": (False,)}),
        "math.l2_normalize": Function("normalize", {"x": "x", **_AXIS}, {"epsilon": (1e-12,)}),
        "nn.l2_normalize": Function("normalize", {"x": "x", **_AXIS}, {"epsilon": (1e-12,)}),
        **{f"nn.{name}": _unary(name, "features") for name in ("relu", "relu6", "elu", "selu", "softplus", "softsign")},
        "nn.sigmoid": _unary("sigmoid"),
        "nn.tanh": _unary("tanh"),
        "nn.silu": Function("silu", {"features": "x"}, {"beta": (1, 1.0)}),
        "nn.swish": Function("silu", {"features": "x"}, {"beta": (1, 1.0)}),
        "nn.gelu": Function("gelu", {"features": "x", "approximate": "approximate"}),
        "nn.leaky_relu": Function("leaky_relu", {"features": "x", "alpha": "negative_slope"}),
        "nn.softmax": Function("softmax", {"logits": "x", **_AXIS}),
        "nn.log_softmax": Function("log_softmax", {"logits": "x", **_AXIS}),
        "nn.bias_add": Function("add", {"value": "x1", "bias": "x2"}, _LAST_CHANNELS),
        "reshape": Function("reshape", {"tensor": "x", "shape": "newshape"}),
        "transpose": Function("transpose", {"a": "x", "perm": "axes"}, {"conjugate": (False,)}),
        "expand_dims": Function("expand_dims", {"input": "x", **_AXIS}),
        "squeeze": Function("squeeze", {"input": "x", **_AXIS}, {"squeeze_dims": ()}),
        "concat": Function("concatenate", {"values": "xs", **_AXIS}),
        "stack": Function("stack", {"values": "x", **_AXIS}),
        "tile": Function("tile", {"input": "x", "multiples": "repeats"}),
        "pad": Function(
            "pad", {"tensor": "x", "paddings": "pad_width", "mode": "mode", "constant_values": "constant_values"}
        ),
        "reverse": Function("flip", {"tensor": "x", **_AXIS}),
        "clip_by_value": Function("clip", {"t": "x", "clip_value_min": "x_min", "clip_value_max": "x_max"}),
        "cast": Function("cast", {"x": "x", "dtype": "dtype"}),
        "where": Function("where", {"condition": "condition", "x": "x1", "y": "x2"}),
        "linalg.matmul": Function(
            "matmul",
            {"a": "x1", "b": "x2"},
            dict.fromkeys((f"{how}_{side}" for how in ("transpose", "adjoint") for side in "ab"), (False,))
            | dict.fromkeys(("a_is_sparse", "b_is_sparse"), (False,)),
        ),
        "image.resize": Function(
            "resize",
            {"images": "images", "size": "size", "method": "interpolation", "antialias": "antialias"},
            {"preserve_aspect_ratio": (False,)},
        ),
        "nn.depth_to_space": Function("depth_to_space", {"input": "x", "block_size": "block_size"}, _LAST_CHANNELS),
        "nn.space_to_depth": Function("space_to_depth", {"input": "x", "block_size": "block_size"}, _LAST_CHANNELS),
        "stop_gradient": Function("stop_gradient", {"input": "variable"}),
        "identity": Function("stop_gradient", {"input": "variable"}),
        "__operators__.getitem": Function("get_item", {"tensor": "x", "slice_spec": "key"}),
    }
)  # fmt: skip
"""By what Keras 2 calls them; those of `compat.v1` have the same names behind it."""


GRAPH_OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "Add": "math.add", "AddV2": "math.add", "Sub": "math.subtract", "Mul": "math.multiply",
        "RealDiv": "math.truediv",
        "Maximum": "math.maximum", "Minimum": "math.minimum", "Pow": "math.pow", "BiasAdd": "nn.bias_add",
        "Relu": "nn.relu", "Relu6": "nn.relu6", "LeakyRelu": "nn.leaky_relu", "Elu": "nn.elu", "Softmax": "nn.softmax",
        "Sigmoid": "math.sigmoid", "Tanh": "math.tanh", "Exp": "math.exp", "Log": "math.log", "Sqrt": "math.sqrt",
        "Rsqrt": "math.rsqrt", "Square": "math.square", "Abs": "math.abs", "Neg": "math.negative",
        "Mean": "math.reduce_mean", "Sum": "math.reduce_sum", "Max": "math.reduce_max", "Min": "math.reduce_min",
        "Reshape": "reshape", "Transpose": "transpose", "ExpandDims": "expand_dims", "Pad": "pad", "Tile": "tile",
        "ClipByValue": "clip_by_value", "Identity": "identity", "MatMul": "linalg.matmul",
        "BatchMatMulV2": "linalg.matmul",
    }
)  # fmt: skip
"""Nodes of TensorFlow's graph by their operation; their inputs are the function's arguments in order."""
_ATTRIBUTES = {"keep_dims": "keepdims", "alpha": "alpha", "transpose_a": "transpose_a", "transpose_b": "transpose_b"}


class NoCounterpart(ValueError):
    """A call of TensorFlow that `keras.ops` has no function for. The message says which."""


def operation_of(function: str, tensors: Any, named: Mapping[str, Any]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """The operation, its positional and its named arguments. Raises NoCounterpart.

    `tensors` is the first argument, `named` the others by TensorFlow's names.
    """
    known = FUNCTIONS.get(function.removeprefix("compat.v1."))
    if known is None or operation_key(known.operation) not in CATALOGUE:
        raise NoCounterpart(f"the function tf.{function} of TensorFlow has no counterpart here")
    others = list(known.arguments.values())[1:]
    kwargs = {}
    for name, value in named.items():
        if name == "name" or value is None:
            continue
        if name not in known.arguments:
            if value not in known.fixed.get(name, ()):
                raise NoCounterpart(f"tf.{function} with {name}={value!r} has no counterpart here")
            continue
        kwargs[known.arguments[name]] = _argument(name, value)
    positional = [tensors]
    for theirs in others:  # what keras.ops names `x2` and the like is told by its place
        if theirs not in kwargs or not theirs.startswith("x") or theirs in ("x_min", "x_max"):
            break
        positional.append(_constant(kwargs.pop(theirs)))
    return known.operation, tuple(positional), kwargs


def graph_operation(
    node: Mapping[str, Any], constants: Mapping[str, Any], tensors: Any
) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """The same for a node of TensorFlow's graph; `constants` are by the number of the input. Raises NoCounterpart."""
    operation = str(node.get("op"))
    function = GRAPH_OPERATIONS.get(operation)
    if function is None:
        raise NoCounterpart(f"the operation {operation} of TensorFlow's graph has no counterpart here")
    waiting = iter(tensors if isinstance(tensors, list) else [tensors])
    count = len(node.get("input", ()))
    values = [constants[str(at)] if str(at) in constants else next(waiting, None) for at in range(count)]
    named = dict(zip(FUNCTIONS[function].arguments, values, strict=False))
    for name, value in node.get("attr", {}).items():
        if name in _ATTRIBUTES and isinstance(value, Mapping):
            named[_ATTRIBUTES[name]] = next(iter(value.values()), None)
    first = named.pop(next(iter(FUNCTIONS[function].arguments)))
    return operation_of(function, first, named)


def _argument(name: str, value: Any) -> Any:
    if name == "mode":
        return str(value).lower()
    if name == "slice_spec":
        return [_slice(item) for item in value] if isinstance(value, list) else _slice(value)
    return value


def _constant(value: Any) -> Any:
    """A list of numbers beside a tensor, in the form in which Keras 3 saves an array."""
    if not isinstance(value, list) or not value or not all(isinstance(item, int | float | list) for item in value):
        return value
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}


def _slice(item: Any) -> Any:
    if isinstance(item, Mapping) and {"start", "stop", "step"} <= set(item):
        return {"class_name": "__slice__", "config": {end: item[end] for end in ("start", "stop", "step")}}
    return item
