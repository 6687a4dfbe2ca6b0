"""Where images come from: one module for each kind of SPEC."""

from workbench.data.sources.open import open_source

__all__ = ["open_source"]
