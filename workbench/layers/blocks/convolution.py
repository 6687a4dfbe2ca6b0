"""Convolution with what usually follows it, and cheaper forms of it."""

from __future__ import annotations

from workbench.graph import Graph, NodeId
from workbench.layers.blocks.block import (
    ACTIVATION,
    EPSILON,
    FILTERS,
    KERNEL_SIZE,
    MOMENTUM,
    PADDING,
    STRIDES,
    USE_BIAS,
    BlockBuilder,
    count,
    input_channels,
    make_block,
)
from workbench.layers.params import Integer, Param


def _conv_norm_activation(b: BlockBuilder) -> Graph:
    p = b.call
    x = b.conv(
        "conv",
        b.port_in(),
        p["filters"],
        p["kernel_size"],
        strides=p["strides"],
        padding=p["padding"],
        use_bias=p["use_bias"],
    )
    return b.port_out(b.act("activation", b.norm("norm", x), p["activation"]))


def _mlpconv(b: BlockBuilder) -> Graph:
    p = b.call
    x = b.conv(
        "conv",
        b.port_in(),
        p["filters"],
        p["kernel_size"],
        strides=p["strides"],
        padding=p["padding"],
        activation="relu",
    )
    x = b.conv("cccp_1", x, p["filters_1x1_a"], activation="relu")
    return b.port_out(b.conv("cccp_2", x, p["filters_1x1_b"], activation="relu"))


def _depthwise_separable(b: BlockBuilder) -> Graph:
    p = b.call
    x = b.layer(
        "DepthwiseConv2D",
        "depthwise",
        b.port_in(),
        kernel_size=p["kernel_size"],
        strides=p["strides"],
        padding="same",
        use_bias=False,
    )
    x = b.act("depthwise_act", b.norm("depthwise_bn", x), p["activation"])
    return b.port_out(b.conv_norm_act("pointwise", x, p["filters"], 1, p["activation"]))


def _inverted_residual(b: BlockBuilder) -> Graph:
    p = b.call
    channels = input_channels(p)
    entry = x = b.port_in()
    if p["expansion"] != 1:
        x = b.conv_norm_act("expand", x, channels * p["expansion"], 1, p["activation"])
    x = b.layer(
        "DepthwiseConv2D",
        "depthwise",
        x,
        kernel_size=p["kernel_size"],
        strides=p["strides"],
        padding="same",
        use_bias=False,
    )
    x = b.act("depthwise_act", b.norm("depthwise_bn", x), p["activation"])
    x = b.conv_norm_act("project", x, p["filters"], 1, None)
    keeps_shape = p["filters"] == channels and p["strides"] in (1, [1, 1], (1, 1))
    return b.port_out(b.layer("Add", "add", entry, x) if keeps_shape else x)


def _squeeze_excitation(b: BlockBuilder) -> Graph:
    channels = input_channels(b.call)
    entry = b.port_in()
    x: NodeId = b.layer("GlobalAveragePooling2D", "squeeze", entry, keepdims=True)
    x = b.conv("reduce", x, max(1, channels // b.call["ratio"]), activation="relu")
    x = b.conv("excite", x, channels, activation="sigmoid")
    return b.port_out(b.layer("Multiply", "scale", entry, x))


BLOCKS = (
    make_block(
        "conv-norm-activation",
        "Conv + norm + activation",
        "Convolution, batch normalisation, activation (Ioffe and Szegedy, 2015).",
        _conv_norm_activation,
        FILTERS,
        KERNEL_SIZE,
        STRIDES,
        PADDING,
        ACTIVATION,
        USE_BIAS,
        MOMENTUM,
        EPSILON,
        search_words=("bn", "relu"),
    ),
    make_block(
        "mlpconv",
        "MLP convolution",
        "A convolution and two 1x1 convolutions: a small network slid over the image (Lin, Chen and Yan, 2013).",
        _mlpconv,
        FILTERS,
        count("filters_1x1_a", "Channels of the first 1x1 convolution", 64),
        count("filters_1x1_b", "Channels of the second 1x1 convolution", 64),
        KERNEL_SIZE,
        STRIDES,
        PADDING,
        shorthand=lambda p: f"{p['filters']}-{p['filters_1x1_a']}-{p['filters_1x1_b']}",
        search_words=("network in network", "nin", "cccp"),
    ),
    make_block(
        "depthwise-separable",
        "Depthwise separable",
        "One filter a channel, then a 1x1 convolution over the channels (Howard et al., 2017).",
        _depthwise_separable,
        FILTERS,
        KERNEL_SIZE,
        STRIDES,
        ACTIVATION,
        MOMENTUM,
        EPSILON,
        search_words=("mobilenet", "xception"),
    ),
    make_block(
        "inverted-residual",
        "Inverted residual",
        "Expand, filter each channel, project back; added to the input where shapes agree (Sandler et al., 2018).",
        _inverted_residual,
        FILTERS,
        Param("expansion", Integer(1), 6, "How many times the channels are expanded"),
        KERNEL_SIZE,
        STRIDES,
        Param("activation", ACTIVATION.kind, "relu6", "Activation"),
        MOMENTUM,
        EPSILON,
        search_words=("mobilenet", "mbconv"),
    ),
    make_block(
        "squeeze-excitation",
        "Squeeze and excitation",
        "Scales each channel by what the whole image says (Hu, Shen and Sun, 2018).",
        _squeeze_excitation,
        Param("ratio", Integer(1), 16, "By how much the channels are squeezed"),
        shorthand=lambda p: f"/{p['ratio']}",
        search_words=("se", "attention", "channel"),
    ),
)
