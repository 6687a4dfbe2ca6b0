"""The types that a project can draw with: the catalogue and the project's own blocks."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.layers import CATALOGUE, Catalogue
from workbench.project.blocks import Block, block_type


def project_catalogue(blocks: Iterable[Block], base: Catalogue = CATALOGUE) -> Catalogue:
    """The base catalogue with a type for each block."""
    return Catalogue((*base, *(block_type(block) for block in blocks)))
