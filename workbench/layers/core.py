"""Input, dense layers, identity."""

from __future__ import annotations

from workbench.layers.arguments import ACTIVATION, DTYPE, USE_BIAS, kernel_and_bias
from workbench.layers.einsum import EINSUM_DENSE
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, ShapeError, Window
from workbench.layers.params import MAX_SIZE, Choice, Integer, Param, ShapeOf
from workbench.layers.spec import DTYPE_BYTES, TensorSpec, WeightSpec

INPUT = LayerType(
    key="input",
    label="Input",
    category=Category.INPUT_OUTPUT,
    doc="Where data enters the network.",
    params=(
        Param("shape", ShapeOf(), doc="Shape of one sample: height, width, channels", suggested=[32, 32, 3]),
        Param("dtype", Choice(tuple(DTYPE_BYTES)), "float32", "Data type of the samples", advanced=True),
    ),
    inputs=(),
    shape=lambda call: TensorSpec(tuple(call["shape"]), call["dtype"]),
    shorthand=lambda params: str(TensorSpec(tuple(params["shape"]))),
    stem="input",
    search_words=("start", "image"),
)


def _dense_inputs(call: Call) -> int:
    shape = call.input.shape
    if not shape or shape[-1] is None:
        raise ShapeError(
            "input.features-unknown",
            f"Expected an input whose last axis has a known size. Received: {call.input}",
            port="input",
        )
    return shape[-1]


def _dense_shape(call: Call) -> TensorSpec:
    _dense_inputs(call)
    return call.output((*call.input.shape[:-1], call["units"]))


def _dense_weights(call: Call) -> tuple[WeightSpec, ...]:
    kernel = call.weight("kernel", (_dense_inputs(call), call["units"]))
    return (kernel, call.weight("bias", (call["units"],))) if call["use_bias"] else (kernel,)


def _dense_macs(call: Call, output: TensorSpec) -> int | None:
    elements = output.elements
    return None if elements is None else elements * _dense_inputs(call)


def _dense_window(call: Call) -> Window | str | None:
    """A Dense on a vector sees all of it; on an image it works position by position."""
    return WHOLE_INPUT if len(call.input.shape) == 1 else None


DENSE = LayerType(
    key="keras.layers.Dense",
    label="Dense",
    category=Category.CORE,
    doc="Every output is a weighted sum of every input feature.",
    params=(
        Param("units", Integer(1, MAX_SIZE), doc="Number of output features", suggested=10),
        ACTIVATION,
        USE_BIAS,
        *kernel_and_bias(2),
        DTYPE,
    ),
    shape=_dense_shape,
    weights=_dense_weights,
    macs=_dense_macs,
    window=_dense_window,
    shorthand=lambda params: f"{params['units']} units",
    integers=Integers.MADE_FLOAT,
    stem="dense",
    search_words=("fully connected", "linear", "fc"),
)

IDENTITY = LayerType(
    key="keras.layers.Identity",
    label="Identity",
    category=Category.CORE,
    doc="Passes its input on.",
    params=(DTYPE,),
    shape=lambda call: call.input,
    integers=Integers.KEPT,
    stem="identity",
    search_words=("pass through", "nothing", "no operation"),
)

LAYERS = (INPUT, DENSE, EINSUM_DENSE, IDENTITY)
