"""The types that a project can draw with: the catalogue, what plugins add, and the project's own blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from workbench.layers import CATALOGUE, Catalogue, Deferred, NodeType, plugin_of
from workbench.project.blocks import Block, block_type


@dataclass(frozen=True)
class PluggedIn:
    """What a plugin adds to every project."""

    types: tuple[NodeType | Deferred, ...]
    absent: Callable[[], str]
    """Why a type of this plugin that is not among them is not there, and what to do."""
    keras_source: Callable[[], str]
    """The Python text that defines KERAS_LAYERS, its Keras classes by type; "" where it has none."""


_PLUGGED_IN: dict[str, PluggedIn] = {}


def plug_in(plugin: str, added: PluggedIn) -> None:
    """Adds a plugin's types to the catalogue of every project, replacing those that it added before."""
    _PLUGGED_IN[plugin] = added


def keras_source(plugin: str) -> str:
    """The Python text with a plugin's Keras classes; "" where it is not there."""
    added = _PLUGGED_IN.get(plugin)
    return added.keras_source() if added else ""


def unplug(plugin: str) -> None:
    """Takes a plugin's types out again."""
    _PLUGGED_IN.pop(plugin, None)


def project_catalogue(blocks: Iterable[Block], base: Catalogue = CATALOGUE) -> Catalogue:
    """The base catalogue with what plugins add and a type for each block."""
    plugged_in = (kind for plugin in _PLUGGED_IN.values() for kind in plugin.types)
    types = base.including((*plugged_in, *(block_type(block) for block in blocks)))
    return types.explaining(partial(_why_absent, base))


def _why_absent(base: Catalogue, key: str) -> str:
    added = _PLUGGED_IN.get(plugin_of(key))
    return added.absent() if added else base.why_missing(key)
