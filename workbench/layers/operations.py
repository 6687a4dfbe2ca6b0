"""Functions of `keras.ops` on tensors of a model: `x + 1` in a functional model is a node like any layer.

Which argument is a tensor and which a constant is in the parameters: `{"tensor": 0}` stands for the first wire.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, Port, ShapeError
from workbench.layers.merge import broadcast
from workbench.layers.opaque import Configuration, Record
from workbench.layers.operation_costs import COSTS
from workbench.layers.operation_names import WITHOUT_RULES
from workbench.layers.params import Choice, Optional, Param, ShapeOf
from workbench.layers.spec import DTYPE_BYTES, Shape, TensorSpec
from workbench.layers.supplied import supplied_spec

PREFIX = "keras.ops."
TENSOR = "tensor"
SLICE = "slice"
ARRAYS = ("__numpy__", "__tensor__")
"""Classes of the records that Keras writes for constant arrays: value and dtype."""
ELLIPSIS = "__ellipsis__"
_SPEC = Record((ShapeOf(), Choice(tuple(DTYPE_BYTES))))


@dataclass(frozen=True)
class Arguments:
    """A list of positional arguments in which tensors have placeholders."""

    expected: str = 'a list of arguments, with {"tensor": 0} for the first wire'

    def accepts(self, value: Any) -> bool:
        return isinstance(value, list | tuple)


def template(value: Any, first: int = 0) -> Any:
    """A call's arguments as JSON; tensors, told by their `layer`, become placeholders counted from `first`."""
    counter = iter(range(first, first + 10_000))

    def placed(item: Any) -> Any:
        if hasattr(item, "layer") and hasattr(item, "output"):
            return {TENSOR: next(counter)}
        if isinstance(item, Mapping) and item.get("class_name") == "__slice__":
            return {SLICE: [item["config"].get(end) for end in ("start", "stop", "step")]}
        if isinstance(item, Mapping):
            return {str(key): placed(inner) for key, inner in item.items()}
        return [placed(inner) for inner in item] if isinstance(item, list | tuple) else item

    return placed(value)


def filled(value: Any, tensors: list[Any]) -> Any:
    """The opposite of `template`: placeholders replaced. Raises IndexError where a wire is missing."""
    if isinstance(value, Mapping):
        if set(value) == {TENSOR}:
            return tensors[value[TENSOR]]
        if set(value) == {SLICE}:
            return slice(*value[SLICE])
        return {key: filled(item, tensors) for key, item in value.items()}
    return [filled(item, tensors) for item in value] if isinstance(value, list | tuple) else value


def operation_key(class_name: str) -> str:
    """The type of an operation from the class that Keras records: `Add` is `keras.ops.add`."""
    name = re.sub("([a-z0-9])([A-Z])", r"\1_\2", class_name).lower()
    return PREFIX + _OTHER_NAMES.get(name, name)


_OTHER_NAMES = {
    "abs": "absolute",
    "all_close": "allclose",
    "is_in": "isin",
    "search_sorted": "searchsorted",
    "batch_norm": "batch_normalization",
    "ctcloss": "ctc_loss",
    "ctcdecode": "ctc_decode",
    "rmsnorm": "rms_normalization",
    "layer_norm": "layer_normalization",
    "rgbto_grayscale": "image.rgb_to_grayscale",
    "rgbto_hsv": "image.rgb_to_hsv",
    "hsvto_rgb": "image.hsv_to_rgb",
    "resize": "image.resize",
    "affine_transform": "image.affine_transform",
    "extract_patches": "image.extract_patches",
    "map_coordinates": "image.map_coordinates",
    "pad_images": "image.pad_images",
    "crop_images": "image.crop_images",
    "perspective_transform": "image.perspective_transform",
    "gaussian_blur": "image.gaussian_blur",
    "elastic_transform": "image.elastic_transform",
    "scale_and_translate": "image.scale_and_translate",
    "sobel_edges": "image.sobel_edges",
    "ssim": "image.ssim",
}
"""Where the name of the function does not follow from that of the class."""
LEADING = {PREFIX + "einsum": ("subscripts",)}
"""Arguments that precede the tensors, although Keras keeps them in the configuration."""


def _unary(call: Call) -> TensorSpec:
    return TensorSpec(call.all[0].shape, call.dtype)


def _binary(call: Call) -> TensorSpec:
    shape: Shape = ()
    for spec in call.all:
        merged = broadcast(shape, spec.shape)
        if merged is None:
            raise ShapeError(
                "merge.shapes-differ",
                f"Expected tensors of shapes that fit each other. Received: {' and '.join(map(str, call.all))}",
                port="inputs",
            )
        shape = merged
    return TensorSpec(shape, call.dtype)


def _reduction(call: Call, key: str = "") -> TensorSpec:
    given = {**dict(zip(("x", "axis"), call["args"] or (), strict=False)), **(call["kwargs"] or {})}
    axis, keep = given.get("axis"), bool(given.get("keepdims", False))
    shape = call.all[0].shape
    if axis is None:
        return _recorded(call, key)
    axes = {each % (len(shape) + 1) for each in (axis if isinstance(axis, list | tuple) else [axis])}
    if 0 in axes:
        return _recorded(call, key)
    sizes = [1 if index in axes else size for index, size in enumerate(shape, 1) if keep or index not in axes]
    return TensorSpec(tuple(sizes), call.dtype)


def _recorded(call: Call, key: str = "") -> TensorSpec:
    """What was recorded when the model was saved: there is no rule of ours for this function."""
    if call["output_spec"] is not None:
        shape, dtype = call["output_spec"]
        return TensorSpec(tuple(shape), dtype)
    supplied = supplied_spec(key, call)
    if supplied is None:
        raise ShapeError(
            "operation.shape-unknown",
            f"Expected an operation with a rule for its shape or a recorded output. Received: {key} with neither",
            hint="Import the model where TensorFlow is installed, or set output_spec.",
        )
    return supplied


def _operation(name: str, shape: Callable[..., TensorSpec], category: Category) -> LayerType:
    return LayerType(
        key=PREFIX + name,
        label=f"ops.{name}",
        category=category,
        doc=f"The function keras.ops.{name} on tensors of the model.",
        params=(
            Param("args", Optional(Arguments(), "every wire in order"), None, "Positional arguments", advanced=True),
            Param("kwargs", Optional(Configuration(), "none"), None, "Named arguments", advanced=True),
            Param("output_spec", Optional(_SPEC, "not recorded"), None, "Shape and dtype as recorded", advanced=True),
        ),
        inputs=(Port("inputs", variadic=True, minimum=1),),
        shape=partial(shape, key=PREFIX + name) if shape in (_recorded, _reduction) else shape,
        macs=COSTS.get(name, lambda _, __: 0),
        window=lambda _: None if shape in (_unary, _binary) else WHOLE_INPUT,
        shorthand=_shorthand,
        integers=Integers.KEPT,
        stem=name.rpartition(".")[2],
        search_words=("operation", "function", "ops"),
    )


def _shorthand(params: Mapping[str, Any]) -> str:
    constants = [str(value) for value in params["args"] or () if isinstance(value, int | float)]
    return " ".join(constants[:2])


_UNARY = (
    "absolute", "cast", "ceil", "celu", "clip", "cos", "elu", "erf", "exp", "expm1", "flip", "floor", "gelu",
    "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "log", "log1p", "log_sigmoid", "log_softmax",
    "negative", "normalize", "nan_to_num", "reciprocal", "relu", "relu6", "round", "rsqrt", "selu", "sigmoid",
    "sign", "silu", "sin", "softmax", "softplus", "softsign", "sqrt", "square", "tanh", "roll", "stop_gradient",
)  # fmt: skip
_BINARY = (
    "add", "divide", "floor_divide", "maximum", "minimum", "mod", "multiply", "power", "subtract", "true_divide",
)  # fmt: skip
_REDUCTIONS = ("mean", "sum", "max", "min", "prod", "std", "var", "logsumexp", "average", "median", "norm")
_RECORDED = (
    "argmax", "argmin", "broadcast_to", "concatenate", "dot", "einsum", "expand_dims", "get_item", "matmul", "moveaxis",
    "one_hot", "pad", "repeat", "reshape", "split", "squeeze", "stack", "swapaxes", "take", "tensordot", "tile",
    "top_k", "transpose", "where", "equal", "greater", "less", "logical_and", "logical_not", "cumsum", "conv",
    "depthwise_conv", "average_pool", "max_pool", "shape", "unstack", "zeros_like", "ones_like",
)  # fmt: skip
LAYERS = (
    *(_operation(name, _unary, Category.ACTIVATION) for name in _UNARY),
    *(_operation(name, _binary, Category.MERGE) for name in _BINARY),
    *(_operation(name, _reduction, Category.SHAPE) for name in _REDUCTIONS),
    *(_operation(name, _recorded, Category.SHAPE) for name in (*_RECORDED, *WITHOUT_RULES)),
)
