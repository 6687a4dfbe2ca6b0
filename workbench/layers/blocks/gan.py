"""Up-sampling by transposed convolution, and the stages of a DCGAN: Radford, Metz and Chintala (2015)."""

from __future__ import annotations

from workbench.graph import Graph
from workbench.layers.blocks.block import ACTIVATION, EPSILON, FILTERS, MOMENTUM, NORMALISE, BlockBuilder, make_block
from workbench.layers.params import Choice, Number, Param, Sizes

KERNEL_SIZE = Param("kernel_size", Sizes(2), 4, "Kernel size; a multiple of the stride leaves no checkerboard")
STRIDES = Param("strides", Sizes(2), 2, "By how much the size changes")
PADDING = Param("padding", Choice(("same", "valid")), "same", "valid for the first stage, which starts from 1x1")


def _upsample(b: BlockBuilder) -> Graph:
    p = b.call
    x = b.layer(
        "Conv2DTranspose",
        "up",
        b.port_in(),
        filters=p["filters"],
        kernel_size=p["kernel_size"],
        strides=p["strides"],
        padding=p["padding"],
        use_bias=not p["normalise"],
    )
    if p["normalise"]:
        x = b.norm("norm", x)
    return b.port_out(b.act("activation", x, p["activation"]))


def _discriminator_stage(b: BlockBuilder) -> Graph:
    p = b.call
    x = b.conv(
        "conv",
        b.port_in(),
        p["filters"],
        p["kernel_size"],
        strides=p["strides"],
        padding=p["padding"],
        use_bias=False,
    )
    if p["normalise"]:
        x = b.norm("norm", x)
    return b.port_out(b.layer("LeakyReLU", "activation", x, negative_slope=p["negative_slope"]))


_NORM = (NORMALISE, MOMENTUM, EPSILON)

BLOCKS = (
    make_block(
        "transposed.upsample",
        "Transposed up-sampling",
        "Transposed convolution, batch normalisation, activation.",
        _upsample,
        FILTERS,
        KERNEL_SIZE,
        STRIDES,
        PADDING,
        ACTIVATION,
        *_NORM,
        search_words=("deconvolution", "decoder"),
    ),
    make_block(
        "dcgan.generator-stage",
        "DCGAN generator stage",
        "4x4 transposed convolution, batch normalisation, ReLU.",
        _upsample,
        FILTERS,
        KERNEL_SIZE,
        STRIDES,
        PADDING,
        ACTIVATION,
        *_NORM,
        search_words=("gan",),
    ),
    make_block(
        "dcgan.discriminator-stage",
        "DCGAN discriminator stage",
        "4x4 convolution with stride 2, batch normalisation, leaky ReLU.",
        _discriminator_stage,
        FILTERS,
        KERNEL_SIZE,
        STRIDES,
        PADDING,
        Param("negative_slope", Number(0), 0.2, "Slope of the leaky ReLU"),
        *_NORM,
        search_words=("gan",),
    ),
)
