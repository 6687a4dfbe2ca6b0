"""How a built-in block is written down: parameters that blocks share, and the usual sequences of layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.graph import Graph, Json, NodeId
from workbench.layers.arguments import ACTIVATIONS
from workbench.layers.builder import GraphBuilder, Source
from workbench.layers.layer_type import REPEAT, BlockType, Call, Port, ShapeError
from workbench.layers.params import Boolean, Choice, Integer, KerasObject, Number, Optional, Param, Sizes
from workbench.layers.primitives import PRIMITIVES
from workbench.layers.registry import Catalogue

FILTERS = Param("filters", Integer(1), doc="Number of output channels", suggested=64)
KERNEL_SIZE = Param("kernel_size", Sizes(2), 3, "Kernel size for each spatial axis")
STRIDES = Param("strides", Sizes(2), 1, "Step of the convolution that shrinks the input")
PADDING = Param("padding", Choice(("same", "valid")), "same", "same: zeros around the input; valid: none")
ACTIVATION = Param("activation", Optional(KerasObject("an activation", ACTIVATIONS)), "relu", "Activation")
USE_BIAS = Param("use_bias", Boolean(), False, "Biases in the convolutions; normalisation makes them idle")
MOMENTUM = Param("momentum", Number(0, 1), 0.99, "Momentum of the batch normalisations", advanced=True)
EPSILON = Param("epsilon", Number(0), 0.001, "Epsilon of the batch normalisations", advanced=True)
NORMALISE = Param("normalise", Boolean(), True, "Batch normalisation after each convolution")
REPETITIONS = Param(REPEAT, Integer(1, 1000), 1, "Copies in a chain, each with weights of its own")


def count(name: str, doc: str, suggested: int) -> Param:
    """A number of channels that a block asks for by name."""
    return Param(name, Integer(1), doc=doc, suggested=suggested)


class BlockBuilder(GraphBuilder):
    """Writes an expansion; knows the block's parameters, so that sequences of layers stay short."""

    def __init__(self, call: Call, types: Catalogue = PRIMITIVES) -> None:
        super().__init__(types, "block")
        self.call = call

    def conv(self, name: str, x: Source, filters: int, kernel: Json = 1, **params: Json) -> NodeId:
        """A convolution, with `same` padding unless told."""
        return self.layer("Conv2D", name, x, **{"filters": filters, "kernel_size": kernel, "padding": "same", **params})

    def norm(self, name: str, x: Source, **params: Json) -> NodeId:
        """A batch normalisation with the block's momentum and epsilon."""
        shared = {key: self.call[key] for key in ("momentum", "epsilon") if key in self.call.params}
        return self.layer("BatchNormalization", name, x, **{**shared, **params})

    def act(self, name: str, x: NodeId, activation: Json = "relu") -> NodeId:
        """An activation layer; nothing for None."""
        return x if activation is None else self.layer("Activation", name, x, activation=activation)

    def conv_norm_act(
        self, name: str, x: Source, filters: int, kernel: Json = 1, activation: Json = "relu", **params: Json
    ) -> NodeId:
        """Convolution without bias, batch normalisation, activation."""
        x = self.conv(f"{name}_conv", x, filters, kernel, **{"use_bias": False, **params})
        return self.act(f"{name}_act", self.norm(f"{name}_bn", x), activation)


def input_channels(call: Call) -> int:
    """Channels (the last axis) of what comes in. Raises ShapeError when they are not known."""
    channels = call.input.shape[-1] if call.input.shape else None
    if channels is None:
        raise ShapeError(
            "input.channels-unknown",
            f"Expected an input with a known number of channels. Received: {call.input}",
            port="input",
        )
    return channels


def make_block(
    name: str,
    label: str,
    doc: str,
    expand: Callable[[BlockBuilder], Graph],
    *params: Param,
    inputs: tuple[Port, ...] = (Port("input"),),
    outputs: tuple[Port, ...] = (Port("output"),),
    shorthand: Callable[[Mapping[str, Any]], str] = lambda params: str(params.get("filters", "")),
    search_words: tuple[str, ...] = (),
) -> BlockType:
    """A block type from a function that writes its expansion."""
    return BlockType(
        key=f"block:{name}",
        label=label,
        doc=doc,
        params=(*params, REPETITIONS),
        inputs=inputs,
        outputs=outputs,
        expand=lambda call: expand(BlockBuilder(call)),
        shorthand=lambda values: _with_repeat(shorthand(values), values[REPEAT]),
        stem=name.rpartition(".")[2].replace("-", "_"),
        search_words=(*name.split("."), *search_words),
    )


def _with_repeat(text: str, repeat: int) -> str:
    return f"{text} x {repeat}".strip() if repeat > 1 else text
