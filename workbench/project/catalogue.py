"""The types that a project can draw with: the catalogue, what plugins add, and the project's own blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from workbench.layers import CATALOGUE, Catalogue, Deferred, NodeType, plugin_of
from workbench.project.blocks import Block, block_type

_PLUGGED_IN: dict[str, tuple[NodeType | Deferred, ...]] = {}
_WHY_ABSENT: dict[str, Callable[[], str]] = {}


def plug_in(plugin: str, types: Iterable[NodeType | Deferred], absent: Callable[[], str]) -> None:
    """Adds a plugin's types to the catalogue of every project, replacing those that it added before.

    `absent` says why a type of this plugin that is not among them is not there, and what to do.
    """
    _PLUGGED_IN[plugin] = tuple(types)
    _WHY_ABSENT[plugin] = absent


def unplug(plugin: str) -> None:
    """Takes a plugin's types out again."""
    _PLUGGED_IN.pop(plugin, None)
    _WHY_ABSENT.pop(plugin, None)


def project_catalogue(blocks: Iterable[Block], base: Catalogue = CATALOGUE) -> Catalogue:
    """The base catalogue with what plugins add and a type for each block."""
    plugged_in = (kind for types in _PLUGGED_IN.values() for kind in types)
    types = base.including((*plugged_in, *(block_type(block) for block in blocks)))
    return types.explaining(lambda key: _WHY_ABSENT.get(plugin_of(key), partial(base.why_missing, key))())
