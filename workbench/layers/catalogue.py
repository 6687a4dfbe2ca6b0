"""The catalogue: every primitive and every built-in block."""

from __future__ import annotations

from workbench.layers.blocks import BLOCKS
from workbench.layers.primitives import PRIMITIVES
from workbench.layers.registry import Catalogue

CATALOGUE = Catalogue((*PRIMITIVES, *BLOCKS))
