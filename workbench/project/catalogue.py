"""The types that a project can draw with: the catalogue, what plugins add, and the project's own blocks."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.layers import CATALOGUE, Catalogue, Deferred, NodeType
from workbench.project.blocks import Block, block_type

_PLUGGED_IN: dict[str, tuple[NodeType | Deferred, ...]] = {}


def plug_in(plugin: str, types: Iterable[NodeType | Deferred]) -> None:
    """Adds a plugin's types to the catalogue of every project, in the place of those that it had added before."""
    _PLUGGED_IN[plugin] = tuple(types)


def unplug(plugin: str) -> None:
    """Takes a plugin's types out again."""
    _PLUGGED_IN.pop(plugin, None)


def project_catalogue(blocks: Iterable[Block], base: Catalogue = CATALOGUE) -> Catalogue:
    """The base catalogue with what plugins add and a type for each block."""
    plugged_in = (kind for types in _PLUGGED_IN.values() for kind in types)
    return base.including((*plugged_in, *(block_type(block) for block in blocks)))
