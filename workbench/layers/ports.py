"""The ends of a block as nodes of the graph that it expands into. A node's name is its port's."""

from __future__ import annotations

from workbench.layers.layer_type import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    Call,
    Category,
    Integers,
    LayerType,
    ShapeError,
)
from workbench.layers.spec import TensorSpec


def _unknown(_: Call) -> TensorSpec:
    raise ShapeError("block.port-open", "What comes in is known only where the block is used", port=None)


INPUT_PORT = LayerType(
    key=BLOCK_INPUT,
    label="Block input",
    category=Category.INPUT_OUTPUT,
    doc="What comes into the block; its name is the port's.",
    inputs=(),
    shape=_unknown,
    stem="input",
)

OUTPUT_PORT = LayerType(
    key=BLOCK_OUTPUT,
    label="Block output",
    category=Category.INPUT_OUTPUT,
    doc="What leaves the block; its name is the port's.",
    outputs=(),
    shape=lambda call: call.input,
    integers=Integers.KEPT,
    stem="output",
)

LAYERS = (INPUT_PORT, OUTPUT_PORT)
