"""Builders for plugins: they know every type, those of plugins too."""

from __future__ import annotations

from workbench.layers import Call
from workbench.layers.blocks import block
from workbench.project.catalogue import project_catalogue


class BlockBuilder(block.BlockBuilder):
    """Writes the expansion of a plugin's block, out of any layers and blocks that are on."""

    def __init__(self, call: Call) -> None:
        super().__init__(call, project_catalogue(()))
