"""U-Net's two sides: Ronneberger, Fischer and Brox (2015)."""

from __future__ import annotations

from workbench.graph import Graph, NodeId
from workbench.layers.blocks.block import ACTIVATION, FILTERS, PADDING, BlockBuilder, make_block
from workbench.layers.layer_type import Port, ShapeError
from workbench.layers.params import Boolean, Param

NORMALISE = Param("normalise", Boolean(), False, "Batch normalisation after each convolution; the paper has none")


def _double_conv(b: BlockBuilder, x: NodeId) -> NodeId:
    p = b.call
    for name in ("conv_1", "conv_2"):
        x = b.conv(name, x, p["filters"], 3, padding=p["padding"], use_bias=not p["normalise"])
        if p["normalise"]:
            x = b.norm(f"{name}_bn", x)
        x = b.act(f"{name}_act", x, p["activation"])
    return x


def _down(b: BlockBuilder) -> Graph:
    skip = _double_conv(b, b.port_in())
    b.port_out(skip, "skip")
    return b.port_out(b.layer("MaxPooling2D", "pool", skip))


def _up(b: BlockBuilder) -> Graph:
    deep, skip = b.port_in(), b.port_in("skip")
    x = b.layer("Conv2DTranspose", "up", deep, filters=b.call["filters"], kernel_size=2, strides=2, padding="same")
    cropping = _cropping(b)
    if any(side for pair in cropping for side in pair):
        skip = b.layer("Cropping2D", "crop", skip, cropping=cropping)
    x = b.layer("Concatenate", "concat", skip, x)
    return b.port_out(_double_conv(b, x))


def _cropping(b: BlockBuilder) -> list[list[int]]:
    """What to cut from the skip so that it fits the up-sampled input; with valid convolutions the skip is larger."""
    if b.call["padding"] == "same":
        return [[0, 0], [0, 0]]
    deep, skip = (b.call.inputs[port][0].shape for port in ("input", "skip"))
    return [_margins(size, wide) for size, wide in zip(deep[:2], skip[:2], strict=True)]


def _margins(deep: int | None, skip: int | None) -> list[int]:
    if deep is None or skip is None:
        raise ShapeError("unet.size-unknown", "Expected known sizes, to crop the skip connection. Received: ?")
    extra = skip - 2 * deep
    if extra < 0:
        raise ShapeError(
            "unet.skip-too-small",
            f"Expected a skip connection of at least {2 * deep}. Received: {skip}",
            port="skip",
            hint="Connect the skip output of the Down block at the same depth.",
        )
    return [extra // 2, extra - extra // 2]


BLOCKS = (
    make_block(
        "unet.down",
        "U-Net down",
        "Two 3x3 convolutions, kept for the skip connection, then 2x2 max pooling.",
        _down,
        FILTERS,
        PADDING,
        ACTIVATION,
        NORMALISE,
        outputs=(Port("output"), Port("skip")),
        search_words=("encoder", "segmentation"),
    ),
    make_block(
        "unet.up",
        "U-Net up",
        "2x2 transposed convolution, the skip connection cropped and joined, two 3x3 convolutions.",
        _up,
        FILTERS,
        PADDING,
        ACTIVATION,
        NORMALISE,
        inputs=(Port("input"), Port("skip")),
        search_words=("decoder", "segmentation"),
    ),
)
