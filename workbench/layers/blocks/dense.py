"""Densely connected blocks: Huang, Liu, van der Maaten and Weinberger (2016)."""

from __future__ import annotations

from workbench.graph import Graph
from workbench.layers.blocks.block import EPSILON, MOMENTUM, BlockBuilder, input_channels, make_block
from workbench.layers.params import Integer, Number, Param


def _dense_block(b: BlockBuilder) -> Graph:
    growth = b.call["growth_rate"]
    x = b.port_in()
    for number in range(1, b.call["layers"] + 1):
        y = b.act(f"{number}_0_relu", b.norm(f"{number}_0_bn", x))
        y = b.conv(f"{number}_1_conv", y, b.call["bottleneck"] * growth, use_bias=False)
        y = b.act(f"{number}_1_relu", b.norm(f"{number}_1_bn", y))
        y = b.conv(f"{number}_2_conv", y, growth, 3, use_bias=False)
        x = b.layer("Concatenate", f"{number}_concat", x, y)
    return b.port_out(x)


def _transition(b: BlockBuilder) -> Graph:
    channels = max(1, int(input_channels(b.call) * b.call["reduction"]))
    x = b.act("relu", b.norm("bn", b.port_in()))
    x = b.conv("conv", x, channels, use_bias=False)
    return b.port_out(b.layer("AveragePooling2D", "pool", x, pool_size=2, strides=2))


BLOCKS = (
    make_block(
        "dense.block",
        "Dense block",
        "Every layer sees all layers before it (DenseNet).",
        _dense_block,
        Param("layers", Integer(1, 256), doc="Number of layers", suggested=6),
        Param("growth_rate", Integer(1), 32, "Channels that each layer adds"),
        Param(
            "bottleneck",
            Integer(1),
            4,
            "Channels of the 1x1 convolution, as a multiple of the growth rate",
            advanced=True,
        ),
        MOMENTUM,
        EPSILON,
        shorthand=lambda p: f"{p['layers']} layers, +{p['growth_rate']}",
        search_words=("densenet",),
    ),
    make_block(
        "dense.transition",
        "Dense transition",
        "Fewer channels and half the size, between two dense blocks (DenseNet).",
        _transition,
        Param("reduction", Number(0, 1), 0.5, "Share of the channels that is kept"),
        MOMENTUM,
        EPSILON,
        shorthand=lambda p: f"{p['reduction']:.0%} channels",
        search_words=("densenet",),
    ),
)
