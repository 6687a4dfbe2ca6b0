"""Every primitive layer, by family."""

from __future__ import annotations

from workbench.layers import (
    activation,
    attention,
    augmentation,
    convolution,
    core,
    margins,
    merge,
    normalisation,
    opaque,
    operations,
    pooling,
    ports,
    preprocessing,
    regularisation,
    separable_convolution,
    shape,
    transposed_convolution,
    upsampling,
)
from workbench.layers.registry import Catalogue

FAMILIES = (
    core,
    convolution,
    separable_convolution,
    transposed_convolution,
    pooling,
    normalisation,
    preprocessing,
    activation,
    merge,
    shape,
    margins,
    upsampling,
    regularisation,
    attention,
    augmentation,
    opaque,
    operations,
    ports,
)

PRIMITIVES = Catalogue(entry for family in FAMILIES for entry in family.LAYERS)
