"""Every primitive layer, by family."""

from __future__ import annotations

from workbench.layers import (
    activation,
    convolution,
    core,
    merge,
    normalisation,
    pooling,
    ports,
    regularisation,
    shape,
)
from workbench.layers.registry import Catalogue

FAMILIES = (core, convolution, pooling, normalisation, activation, merge, shape, regularisation, ports)

PRIMITIVES = Catalogue(entry for family in FAMILIES for entry in family.LAYERS)
