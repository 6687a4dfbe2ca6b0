"""Built-in blocks by family; each expands into primitives and has no rules of its own."""

from workbench.layers.blocks import convolution, dense, gan, inception, residual, unet

BLOCKS = tuple(block for family in (convolution, residual, inception, dense, unet, gan) for block in family.BLOCKS)

__all__ = ["BLOCKS"]
