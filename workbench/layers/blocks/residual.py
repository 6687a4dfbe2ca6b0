"""Residual blocks: He, Zhang, Ren and Sun, "Deep residual learning" (2015) and "Identity mappings" (2016).

The strides are on the first convolution, as in the paper and in keras.applications.
"""

from __future__ import annotations

from workbench.graph import Graph, NodeId
from workbench.layers.blocks.block import (
    ACTIVATION,
    EPSILON,
    FILTERS,
    MOMENTUM,
    STRIDES,
    USE_BIAS,
    BlockBuilder,
    make_block,
)
from workbench.layers.params import Choice, Integer, Param

SHORTCUT = Param(
    "shortcut",
    Choice(("identity", "projection")),
    "identity",
    "identity: the input itself; projection: a 1x1 convolution, where channels or size change",
)
EXPANSION = Param("expansion", Integer(1), 4, "Output channels, as a multiple of filters", advanced=True)


def _shortcut(b: BlockBuilder, entry: NodeId, channels: int) -> NodeId:
    p = b.call
    if p["shortcut"] == "identity":
        return entry
    x = b.conv("shortcut_conv", entry, channels, strides=p["strides"], use_bias=p["use_bias"])
    return b.norm("shortcut_bn", x)


def _basic(b: BlockBuilder) -> Graph:
    p = b.call
    entry = b.port_in()
    x = b.conv_norm_act("1", entry, p["filters"], 3, p["activation"], strides=p["strides"], use_bias=p["use_bias"])
    x = b.conv_norm_act("2", x, p["filters"], 3, None, use_bias=p["use_bias"])
    x = b.layer("Add", "add", _shortcut(b, entry, p["filters"]), x)
    return b.port_out(b.act("out", x, p["activation"]))


def _bottleneck(b: BlockBuilder) -> Graph:
    p = b.call
    entry, channels = b.port_in(), p["filters"] * p["expansion"]
    x = b.conv_norm_act("1", entry, p["filters"], 1, p["activation"], strides=p["strides"], use_bias=p["use_bias"])
    x = b.conv_norm_act("2", x, p["filters"], 3, p["activation"], use_bias=p["use_bias"])
    x = b.conv_norm_act("3", x, channels, 1, None, use_bias=p["use_bias"])
    x = b.layer("Add", "add", _shortcut(b, entry, channels), x)
    return b.port_out(b.act("out", x, p["activation"]))


def _preactivation(b: BlockBuilder) -> Graph:
    p = b.call
    entry, channels = b.port_in(), p["filters"] * p["expansion"]
    ready = b.act("preact", b.norm("preact_bn", entry), p["activation"])
    x = b.conv_norm_act("1", ready, p["filters"], 1, p["activation"])
    x = b.conv_norm_act("2", x, p["filters"], 3, p["activation"], strides=p["strides"])
    x = b.conv("3_conv", x, channels)
    projected = p["shortcut"] == "projection"
    skip = b.conv("shortcut_conv", ready, channels, strides=p["strides"]) if projected else entry
    return b.port_out(b.layer("Add", "add", skip, x))


_SHARED = (FILTERS, STRIDES, SHORTCUT)

BLOCKS = (
    make_block(
        "residual.basic",
        "Residual",
        "Two 3x3 convolutions and a shortcut around them (He et al., 2015).",
        _basic,
        *_SHARED,
        ACTIVATION,
        USE_BIAS,
        MOMENTUM,
        EPSILON,
        search_words=("resnet", "skip", "shortcut"),
    ),
    make_block(
        "residual.bottleneck",
        "Residual bottleneck",
        "1x1, 3x3, 1x1 convolutions and a shortcut around them (He et al., 2015).",
        _bottleneck,
        *_SHARED,
        EXPANSION,
        ACTIVATION,
        USE_BIAS,
        MOMENTUM,
        EPSILON,
        search_words=("resnet", "skip", "shortcut"),
    ),
    make_block(
        "residual.preactivation",
        "Residual pre-activation",
        "Bottleneck with normalisation and activation before each convolution (He et al., 2016).",
        _preactivation,
        *_SHARED,
        EXPANSION,
        ACTIVATION,
        MOMENTUM,
        EPSILON,
        search_words=("resnet v2", "skip", "identity mapping"),
    ),
)
